//! `habit completions` and `habit manual`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{habit, printed};

#[test]
fn every_shell_learns_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = printed(&["completions", shell]).out;
        for word in ["evaluate", "deploy", "completions", "propensity", "--seeds"] {
            // Help of columns is no word to complete.
            assert_eq!(
                text.contains(word) || text.contains(word.trim_start_matches('-')),
                word != "propensity",
                "{word}"
            );
        }
    }
}

/// What bash itself offers, where it is there.
#[cfg(target_os = "linux")]
#[test]
fn bash_completes_a_command_and_an_option() {
    let script = printed(&["completions", "bash"]).out;
    let ask = "COMP_WORDS=(habit run cliff --se); COMP_CWORD=3; _habit habit --se cliff; echo \"${COMPREPLY[*]}\"";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &format!("{script}\n{ask}")]).stdin(Stdio::null());
    let output = bash.output().expect("bash");
    let offered = String::from_utf8(output.stdout).unwrap();
    assert!(offered.contains("--seed") && offered.contains("--set"), "{offered}");
}

#[test]
fn there_is_a_page_for_the_whole_and_one_for_each_command() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manual/man1");
    let _ = fs::remove_dir_all(&folder);
    printed(&["manual", "--out", folder.to_str().unwrap()]);
    let page = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert!(page("habit.1").starts_with(".ie"), "{}", page("habit.1"));
    assert_eq!(page("habit-run.1"), printed(&["manual", "run"]).out);
    assert_eq!(page("habit.1"), printed(&["manual"]).out);
    let run = page("habit-run.1");
    for part in [".TH HABIT-RUN 1", "parquet", "Exit codes", "NAME=VALUE"] {
        assert!(run.contains(part) || run.contains(&part.replace('-', "\\-")), "no {part} in {run}");
    }
    let commands = printed(&["--help"]).out.lines().filter(|line| line.starts_with("  ") && line.len() > 4).count();
    assert!(fs::read_dir(&folder).unwrap().count() > 5 && commands > 5);
    let refused = habit(&["manual", "--out", folder.join("habit.1").to_str().unwrap()]);
    assert!(refused.code == 3 && refused.err.contains("cannot make the folder"), "{}", refused.err);
}
