//! Wrong input: one line that says what to do, the documented exit code, and nothing else.

use crate::habit;

/// What is wrong, and what the answer must say.
const WRONG: &[(&[&str], &str)] = &[
    (&[], "list, show, run, sweep, merge, claims"),
    (&["run"], "<ID>"),
    (&["show"], "`habit list` shows the experiments"),
    (&["list", "more"], "unexpected argument 'more'"),
    (&["run", "cliff-walking", "dynlin-ucb"], "unexpected argument 'dynlin-ucb'"),
    (&["run", ""], "no experiment is called ''"),
    (&["run", "cliff-walking", "--steps", "0"], "runs for 1 to 1000000 episodes, not 0: set --steps"),
    (&["run", "dynlin-ucb", "--steps", "1"], "runs for 2 to 10000000 rounds, not 1"),
    (&["run", "dynlin-ucb", "--steps", "10000001"], "runs for 2 to 10000000 rounds"),
    (&["run", "dynlin-ucb", "--steps", "many"], "'many' for '--steps"),
    (&["run", "dynlin-ucb", "--seed", "-1"], "'-1' for '--seed"),
    (&["run", "dynlin-ucb", "--seed", "1.5"], "'1.5' for '--seed"),
    (&["run", "dynlin-ucb", "--seeds", "0"], "0 is not in 1..=4294967295"),
    (&["run", "dynlin-ucb", "--seed", "4294967295", "--seeds", "2"], "at most --seeds 1"),
    (&["run", "dynlin-ucb", "--seed", "1", "--seeds", "4294967295", "--steps", "0"], "not 0: set --steps"),
    (&["run", "dynlin-ucb", "--every", "0"], "0 is not in 1..=4294967295"),
    (&["run", "dynlin-ucb", "--threads", "0"], "0 is not in 1..=4294967295"),
    (&["run", "cliff-walking", "--set", "epsilon"], "--set takes name=value, not 'epsilon'"),
    (&["run", "cliff-walking", "--set", ""], "--set takes name=value"),
    (&["run", "cliff-walking", "--set", "=0.5"], "no parameter of tabular-td.cliff-walking is called ''"),
    (&["run", "cliff-walking", "--set", "epsilon=1.5"], "epsilon must be a number from 0 to 1, not '1.5'"),
    (&["run", "cliff-walking", "--set", "epsilon=NaN"], "from 0 to 1, not 'NaN'"),
    (&["run", "cliff-walking", "--set", "epsilon=inf"], "from 0 to 1, not 'inf'"),
    (&["run", "cliff-walking", "--set", "epsilon=much"], "from 0 to 1, not 'much'"),
    (&["run", "cliff-walking", "--set", "epsilon=0.1,step_size=0"], "step_size must be a number from 0.01 to 1"),
    (&["run", "dynlin-ucb", "--set", "system="], "known: synthetic, advertising"),
    (&["run", "cliff-walking", "--format", "xml"], "[possible values: table, json, csv"),
    (&["show", "cliff-walking", "--format", "csv"], "[possible values: table, json]"),
    (&["run", "cliff-walking", "--plot", "a.pdf"], "draws a .svg or a .png, not a .pdf"),
    (&["run", "tabular-td", "--format", "csv"], "--plot, csv and parquet take one experiment; name one of tabular-td."),
    (&["sweep", "cliff-walking"], "--out <FOLDER>"),
    (&["sweep", "tabular-td", "--out", "x"], "name one of tabular-td."),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "epsilon"], "takes name=value,value,.. and not 'epsilon'"),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "epsilon=0.1,2"], "a number from 0 to 1, not '2'"),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "epsilon=0.1,"], "a number from 0 to 1, not ''"),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "epsilon=0.1,0.1"], "gives epsilon the value 0.1 twice"),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "epsilon=1", "--set", "epsilon=0"], "names epsilon twice"),
    (&["sweep", "cliff-walking", "--out", "x", "--set", "colour=red"], "known: step_size, epsilon, discount"),
    (&["sweep", "cliff-walking", "--out", "x", "--shard", "3/2"], "write I/N with I from 1 to N"),
    (&["sweep", "cliff-walking", "--out", "x", "--steps", "0"], "not 0: set --steps"),
    (&["sweep", "cliff-walking", "--out", "src", "--steps", "1"], "and no sweep; choose another folder"),
    (&["merge", "x"], "<FOLDER>"),
    (&["merge", "x", "src"], "src is no folder of a sweep: it has no sweep.json"),
    (&["completions", "csh"], "[possible values: bash, elvish, fish, powershell, zsh]"),
    (&["manual", "rnu"], "did you mean 'run'?"),
    (&["run", "cliff-walking", "--plot"], "a value is required for '--plot"),
    (&["run", "cliff-walking", "--save"], "a value is required for '--save"),
    (&["run", "cliff-walking", "--seeds", "2", "--save", "x"], "--save takes one experiment and one seed"),
    (&["run", "tabular-td", "--save", "x"], "--save takes one experiment and one seed"),
    (&["run", "cliff-walking", "--steps", "1000000", "--every", "1"], "--every 100 or more, or --format csv"),
    (&["claims", "cliff-walking", "--seed", "4294967295"], "take an earlier --seed"),
];

#[test]
fn one_line_says_what_to_do() {
    for (line, hint) in WRONG {
        let answer = habit(line);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{line:?}: {}", answer.err);
        assert!(answer.err.starts_with("habit: ") && answer.err.lines().count() == 1, "{line:?}: {}", answer.err);
        assert!(answer.err.contains(hint), "{line:?}: {}", answer.err);
    }
}
