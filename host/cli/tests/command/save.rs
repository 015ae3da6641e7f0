//! `habit run --save`.

use std::fs;
use std::path::{Path, PathBuf};

use habit::checkpoint;
use habit::lab::{EXPERIMENTS, Run, Values, find, fold_digests};

use crate::{habit, printed};

fn file(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("save-{name}"));
    let _ = fs::remove_file(&file);
    file
}

#[test]
fn what_is_saved_is_what_a_run_loads() {
    for (id, words) in [("tabular-td.cliff-walking", ["--set", "epsilon=0.2"]), ("dynlin-ucb", ["--threads", "2"])] {
        let file = file(id);
        let line = ["run", id, "--seed", "7", "--steps", "60", "--format", "json", "--save", file.to_str().unwrap()];
        let answer = printed(&[&line[..], &words].concat());
        let entry = find(id).unwrap();
        let mut run = Box::new(Run::EMPTY);
        run.start(entry, 1, EXPERIMENTS[entry].steps.default, &Values::DEFAULTS).unwrap();
        checkpoint::load(&mut *run, &fs::read(&file).unwrap()).unwrap();
        let digest = format!("{:016x}", fold_digests([run.digest()]));
        assert_eq!(answer.json_lines().last().unwrap()["digest"], digest.as_str());
    }
}

#[test]
fn a_file_that_cannot_be_written_stops_the_run_before_it_begins() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let answer = habit(&["run", "cliff-walking", "--save", folder]);
    assert_eq!((answer.code, answer.out.as_str()), (3, ""));
    assert!(
        answer.err.contains("cannot write the checkpoint to") && answer.err.contains("not a file"),
        "{}",
        answer.err
    );
}
