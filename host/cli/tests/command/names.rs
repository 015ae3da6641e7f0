//! What an experiment may be called.

use habit::lab::EXPERIMENTS;

use crate::{habit, printed};

#[test]
fn an_id_and_a_last_part_are_the_same_run_and_a_specification_is_all_of_its_experiments() {
    let rest = ["--steps", "5", "--format", "json"];
    let of = |name: &str| printed(&[&["run", name][..], &rest].concat()).out;
    assert_eq!(of("cliff-walking"), of("tabular-td.cliff-walking"));
    let all: Vec<_> = EXPERIMENTS.iter().filter(|d| d.id.starts_with("tabular-td.")).map(|d| of(d.id)).collect();
    assert!(all.len() > 1);
    assert_eq!(of("tabular-td"), all.concat());
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    for (line, hint) in [
        (&["run", "clif-walking"][..], "did you mean 'cliff-walking'?"),
        (&["show", "dynlin-ubc"], "did you mean 'dynlin-ucb'?"),
        (&["claims", "tabular-dt"], "did you mean 'tabular-td'?"),
        (&["run", "cliff-walking", "--set", "epsilom=0.1"], "did you mean 'epsilon'?"),
        (&["run", "dynlin-ucb", "--set", "system=sinthetic"], "did you mean 'synthetic'?"),
        (&["rnu", "dynlin-ucb"], "did you mean 'run'?"),
        (&["claim"], "did you mean 'claims'?"),
        (&["run", "dynlin-ucb", "--sed", "1"], "did you mean '--seed'?"),
        (&["list", "--format", "jsn"], "did you mean 'json'?"),
        (&["show", "zzz"], "`habit list`"),
    ] {
        let answer = habit(line);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{line:?}");
        assert!(answer.err.contains(hint), "{line:?}: {}", answer.err);
    }
}
