//! `habit sweep` and `habit merge`: however a sweep is cut, the same bytes come out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use crate::{command, habit, printed};

/// 2 x 3 settings of 20 seeds: 12 parts.
const SWEEP: &str =
    "sweep cliff-walking --set epsilon=0.05,0.2 --set step_size=0.25,0.5,1 --seeds 20 --steps 15 --every 5";

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sweep-{name}"));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn words<'a>(out: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let sweep: Vec<_> = SWEEP.split(' ').chain(["--out", out.to_str().unwrap()]).collect();
    [&sweep[..], more].concat()
}

/// Every file below a folder, with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The sweep that nothing interrupted.
fn whole(name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = folder(name);
    printed(&words(&out, &[]));
    tree(&out)
}

#[test]
fn a_row_is_what_a_run_of_that_setting_and_seed_says() {
    let files = whole("rows");
    assert_eq!(files.len(), 12 + 2, "{:?}", files.keys());
    let text = String::from_utf8(files[Path::new("results.csv")].clone()).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("epsilon,step_size,t,seed,contender,return,length,greedy_path,digest"),
        "{text:.200}"
    );
    let contenders = text.lines().skip(1).take_while(|line| line.starts_with("0.05,0.25,5,1,")).count();
    assert_eq!(lines.count(), 6 * 20 * 3 * contenders);
    for (epsilon, step_size, seed) in [("0.05", "0.25", "1"), ("0.2", "0.5", "17"), ("0.2", "1", "20")] {
        let set = format!("epsilon={epsilon},step_size={step_size}");
        let run = ["run", "cliff-walking", "--set", &set, "--seed", seed, "--steps", "15", "--every", "5"];
        let run = printed(&[&run[..], &["--format", "csv"]].concat());
        let digest = run.err.trim().trim_start_matches("habit: digest ");
        for line in run.out.lines().skip(1) {
            let digest = if line.starts_with("15,") { digest } else { "" };
            let row = format!("{epsilon},{step_size},{line},{digest}\n");
            assert!(text.contains(&row), "no {row}");
        }
    }
}

#[test]
fn a_sweep_that_is_killed_again_and_again_ends_in_the_same_bytes() {
    let begun = Instant::now();
    let expected = whole("uninterrupted");
    let length = begun.elapsed();
    let out = folder("killed");
    let mut kills = 0;
    // At another point every time, in parts of what the whole takes.
    for attempt in 0..10 {
        let mut child = command(&words(&out, &["--threads", "2"])).stdout(Stdio::null()).spawn().unwrap();
        sleep(length * (attempt * 37 % 100) / 300);
        child.kill().unwrap();
        kills += i32::from(!child.wait().unwrap().success());
    }
    assert!(kills > 0);
    printed(&words(&out, &[]));
    assert!(tree(&out) == expected);
    let again = printed(&words(&out, &[]));
    assert!(again.out.contains("12 of 12 parts are there already"), "{}", again.out);
    assert!(tree(&out) == expected);
}

#[test]
fn shards_merge_to_the_bytes_of_the_whole() {
    let expected = whole("unsplit");
    let shards: Vec<_> = (1..=3).map(|shard| folder(&format!("shard-{shard}"))).collect();
    for (index, shard) in shards.iter().enumerate() {
        let which = format!("{}/3", index + 1);
        let answer = printed(&words(shard, &["--shard", &which]));
        assert!(answer.out.contains("8 of 12 parts still missing"), "{}", answer.out);
    }
    let out = folder("merged");
    let [one, two, three] = [0, 1, 2].map(|index: usize| shards[index].to_str().unwrap());
    let partly = habit(&["merge", out.to_str().unwrap(), one, three]);
    assert!(partly.code == 2 && partly.err.contains("4 of 12 parts are missing"), "{}", partly.err);
    printed(&["merge", out.to_str().unwrap(), two]);
    assert!(tree(&out) == expected);

    // And in one folder that all share.
    let shared = folder("shared");
    let children: Vec<_> = (1..=3)
        .map(|shard| {
            let which = format!("{shard}/3");
            command(&words(&shared, &["--shard", &which])).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    printed(&words(&shared, &[]));
    assert!(tree(&shared) == expected);
}

#[test]
fn a_reader_that_has_had_enough_does_not_stop_a_sweep() {
    let out = folder("pipe");
    let mut child = command(&words(&out, &["--shard", "1/4"])).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_dir(out.join("parts")).unwrap().count(), 3);
}

#[test]
fn another_sweep_and_other_files_are_left_alone() {
    let out = folder("other");
    printed(&["sweep", "dynlin-ucb", "--steps", "9", "--out", out.to_str().unwrap()]);
    let before = tree(&out);
    let other = habit(&["sweep", "dynlin-ucb", "--steps", "10", "--out", out.to_str().unwrap()]);
    assert!(other.code == 2 && other.err.contains("holds another sweep; choose another folder"), "{}", other.err);
    let cliff = folder("cliff");
    printed(&words(&cliff, &["--shard", "1/4"]));
    let merged = folder("mixed");
    let [a, b] = [&out, &cliff].map(|path| path.to_str().unwrap());
    let mixed = habit(&["merge", merged.to_str().unwrap(), a, b]);
    assert!(mixed.code == 2 && mixed.err.contains("are of different sweeps"), "{}", mixed.err);
    assert!(!merged.exists() && tree(&out) == before);
}

#[test]
fn a_full_disk_and_a_folder_that_cannot_be_written_cost_nothing() {
    let expected = whole("room");
    let out = folder("full");
    // So little may be written that no part fits, then so that the results do not.
    let part = expected[Path::new("parts/00000000.csv")].len();
    let results = expected[Path::new("results.csv")].len();
    assert!(part > 1024 && part < 32 * 1024 && results > 32 * 1024, "{part} {results}");
    for (kilobytes, kept) in [("1", "0 of 12 parts are kept"), ("32", "cannot write")] {
        let limit = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
        let mut limited = Command::new("bash");
        limited.args(["-c", &limit, env!("CARGO_BIN_EXE_habit")]).args(words(&out, &["--threads", "1"]));
        let output = limited.stdin(Stdio::null()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{err}");
        assert!(err.lines().count() == 1 && err.contains("File too large") && err.contains(kept), "{err}");
    }
    assert!(!out.join("results.csv").exists() && out.join("parts/00000011.csv").exists());
    printed(&words(&out, &[]));
    assert!(tree(&out) == expected);

    let file = folder("file");
    fs::write(&file, "old").unwrap();
    for place in [file.clone(), file.join("below"), "/proc/nowhere".into()] {
        let answer = habit(&words(&place, &[]));
        assert!(matches!(answer.code, 2 | 3) && answer.err.lines().count() == 1, "{}", answer.err);
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "old");
}
