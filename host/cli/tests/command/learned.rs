//! `habit evaluate --policy FILE`: what a contextual bandit has learned.

use std::fs;
use std::path::{Path, PathBuf};

use habit::bandit::{ContextualBandit, ContextualState, Disjoint, Estimates, FixedRadius, LinUcb, Optimistic, Shared};
use habit::checkpoint;
use habit::linalg::{Dyn, Mergeable, Owned, Ridge};
use habit::state::{Identify, Identity, Write};
use serde_json::Value;

use crate::evaluate::{file, found, piped};
use crate::{habit, printed};

#[allow(dead_code)]
#[path = "../../../../kernel/examples/request_loop.rs"]
mod request_loop;

const PLAIN: Ridge<Owned<2>> = Ridge::EMPTY;
const MERGEABLE: Ridge<Mergeable<Owned<2>>> = Ridge::MERGEABLE;

/// Two arms, two features: the first arm pays for the first feature, the second arm for the second. The last row is a tie.
const OF_ARMS: &str = "\
action,reward,propensity,target,x0,x1
0,1,0.5,1,1,0
1,2,0.5,0,1,0
1,4,0.25,1,0,1
0,3,0.5,0,0,1
1,5,0.5,1,0.25,0.5
0,0,0.5,1,0,0
";

/// The same choices where an arm has features of its own, and the first feature pays.
const OF_FEATURES: &str = "\
action,reward,propensity,target,x0,x1,x2,x3
0,1,0.5,1,1,0,0,1
1,2,0.5,0,1,0,0,1
1,4,0.25,1,0,1,1,0
0,3,0.5,0,0,1,1,0
1,5,0.5,1,0.25,1,0.5,1
0,0,0.5,1,0,1,0,1
";

/// Teaches so much and returns the checkpoint.
fn taught(estimates: impl Estimates, lessons: &[(&[f32], usize, f32)]) -> Vec<u8> {
    let mut bandit = ContextualState::new(estimates);
    bandit.start(1.0, Optimistic(FixedRadius(1.0))).unwrap();
    for (context, arm, reward) in lessons {
        bandit.learn(context, *arm, *reward).unwrap();
    }
    saved(&bandit)
}

fn saved(state: &impl Identify) -> Vec<u8> {
    let mut bytes = vec![0; checkpoint::size(state)];
    checkpoint::save(state, &mut bytes).unwrap();
    bytes
}

/// Both kinds of estimate, of two arms and two features, without and with what makes them mergeable.
fn checkpoints() -> [(&'static str, Vec<u8>, &'static str); 4] {
    let apart: &[(&[f32], usize, f32)] =
        &[(&[1.0, 0.0], 0, 1.0), (&[0.0, 1.0], 0, -1.0), (&[1.0, 0.0], 1, -1.0), (&[0.0, 1.0], 1, 1.0)];
    let shared: &[(&[f32], usize, f32)] = &[(&[1.0, 0.0, 0.0, 0.0], 0, 1.0), (&[0.0, 0.0, 1.0, 0.0], 1, 1.0)];
    [
        ("disjoint.habit", taught(Disjoint::new([PLAIN; 2]), apart), OF_ARMS),
        ("disjoint-mergeable.habit", taught(Disjoint::new([MERGEABLE; 2]), apart), OF_ARMS),
        ("shared.habit", taught(Shared::new(Dyn(2), PLAIN), shared), OF_FEATURES),
        ("shared-mergeable.habit", taught(Shared::new(Dyn(2), MERGEABLE), shared), OF_FEATURES),
    ]
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn what_was_learned_chooses_as_the_log_says_it_would() {
    for (name, bytes, log) in checkpoints() {
        let path = file(name, bytes);
        let (report, expected) = (found(log, &["--policy", text(&path)]), found(log, &["--policy", "column"]));
        for key in ["matched", "mean_weight", "effective_sample_size"] {
            assert_eq!(report[key], expected[key], "{name} {key}");
        }
        // Doubly robust differs: what was learned knows all arms, and each has a model of its own.
        assert_eq!(report["estimates"][0], expected["estimates"][0], "{name}");
        assert_eq!(report["estimates"][1], expected["estimates"][1], "{name}");
        assert_eq!((&report["policy"], &report["arms"]), (&text(&path).into(), &2.into()));
        assert_eq!(found(log, &["--policy", text(&path), "--arms", "2"]), report);
    }
}

#[test]
fn a_file_called_like_a_policy_is_named_by_its_place() {
    let (_, bytes, log) = checkpoints().into_iter().next().unwrap();
    let path = file("uniform", bytes);
    let mut command = crate::command(&["evaluate", "log-for-uniform.csv", "--policy", "./uniform"]);
    file("log-for-uniform.csv", log);
    let answer: crate::Answer = command.current_dir(path.parent().unwrap()).output().unwrap().into();
    assert!(answer.code == 0 && answer.out.contains("policy ./uniform, 2 arms"), "{}{}", answer.out, answer.err);
}

/// A whole and undamaged checkpoint of sizes that its payload may not have.
fn sealed(identity: Identity, payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"HABT\x01\0\0\0".to_vec();
    let [a, b, c] = identity.dimensions;
    for word in [identity.kind, identity.numerics, a, b, c, payload.len() as u32] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(payload);
    let mut crc = checkpoint::Crc32::new();
    crc.bytes(&bytes);
    bytes.extend(crc.value().to_le_bytes());
    bytes
}

#[test]
fn what_is_no_such_checkpoint_is_refused_with_the_reason() {
    let [(_, good, log), _, (_, shared, _), _] = checkpoints();
    let kind = |name, sizes| Identity::around("contextual", Identity::new(name, Identity::PLAIN, sizes));
    let other = LinUcb::<'_, 2, 2>::EMPTY;
    let huge = [u32::MAX as usize; 3];
    let payload = &good[32..good.len() - 4];
    let nan = [&f32::NAN.to_le_bytes()[..], &payload[4..]].concat();
    let longer = [&good[..], b"\0"].concat();
    for (bytes, hint) in [
        (&b""[..], "the bytes are not a checkpoint"),
        (log.as_bytes(), "the bytes are not a checkpoint"),
        (&good[..40], "the bytes end too early"),
        (&good[..good.len() - 1], "the bytes end too early"),
        (&longer, "the bytes do not hold a valid state"),
        (&saved(&other), "another kind of learner; a policy is read from that of a contextual bandit"),
        (&saved(&(LinUcb::<'_, 2, 2>::EMPTY, other)), "of another kind"),
        (&sealed(kind("joint", [2, 2, 0]), payload), "another kind"),
        (&sealed(kind("disjoint", [2, 3, 0]), payload), "the bytes do not hold a valid state"),
        (&sealed(kind("disjoint", [2, 2, 1]), payload), "the bytes do not hold a valid state"),
        (&sealed(kind("disjoint", [2, 2, 2]), payload), "of another size"),
        (&sealed(kind("disjoint", [0, 2, 0]), &[0; 8]), "of another size"),
        (&sealed(kind("disjoint", huge.map(|size| size >> 1)), payload), "of another size"),
        (&sealed(kind("shared", [2, huge[0], 1]), payload), "the bytes do not hold a valid state"),
        (&sealed(Identity { numerics: 7, ..kind("disjoint", [2, 2, 0]) }, payload), "with other functions"),
        (&sealed(kind("disjoint", [2, 2, 0]), &nan), "infinite or not a number"),
        // These are fine by themselves.
        (&shared, "there are 2 context columns, but "),
        (&shared, "shared-or-not.habit (2 arms) needs 4: x0 to x3"),
        (&sealed(kind("shared", [huge[0], 2, 0]), &shared[32..shared.len() - 4]), " needs 8589934590: x0 to"),
    ] {
        let path = file("shared-or-not.habit", bytes);
        let answer = piped(log, &["--policy", text(&path)]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{hint}: {}", answer.err);
        let is_named = answer.err.contains("shared-or-not.habit") && answer.err.lines().count() == 1;
        assert!(answer.err.contains(hint) && is_named, "{hint}: {}", answer.err);
    }
}

#[test]
fn a_flipped_bit_is_refused_wherever_it_is() {
    let [(_, good, log), ..] = checkpoints();
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (place % 8);
        let answer = piped(log, &["--policy", text(&file("flipped.habit", bytes))]);
        assert!(answer.code == 2 && answer.err.contains("flipped.habit: "), "{place}: {}", answer.err);
    }
}

#[test]
fn what_does_not_fit_the_log_is_said() {
    let [(_, good, log), ..] = checkpoints();
    let path = file("fitting.habit", good);
    let policy = ["--policy", text(&path)];
    for (log, rest, code, hint) in [
        (log.to_owned(), &policy[..], 0, ""),
        (log.to_owned(), &[policy[0], policy[1], "--arms", "3"], 2, "--arms says 3, but "),
        (log.replace(",x1", ",y"), &policy, 2, "line 1: there are 1 context column"),
        (log.replace("\n0,3,", "\n2,3,"), &policy, 2, "line 5: column action must be a whole number below 2, not '2'"),
        (log.replace("0,3,0.5,0,0,1", "0,3,0.5,0,3e38,3e38"), &policy, 0, ""),
        (log.to_owned(), &["--policy", "best"], 3, "best cannot be read: "),
        (
            log.to_owned(),
            &["--policy", "unifrom"],
            3,
            "; a policy is uniform, column, arm=K with K from 0 to 65535, or",
        ),
        (log.to_owned(), &["--policy", "."], 3, ". cannot be read: "),
    ] {
        let answer = piped(&log, rest);
        assert_eq!(answer.code, code, "{rest:?}: {}", answer.err);
        assert!(answer.err.contains(hint) && answer.err.lines().count() == usize::from(code > 0), "{}", answer.err);
    }
}

/// The folder into which the example has written.
fn example() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("request-loop-{}", std::process::id()));
    let said = request_loop::run(&folder).unwrap();
    assert!(said.contains("pages.habit") && said.contains("--policy uniform"), "{said}");
    folder
}

#[test]
fn the_request_loop_finds_what_is_better_than_chance_and_teaches_the_board() {
    let folder = example();
    let policy = folder.join("pages.habit");
    let board = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../firmware/pages.habit");
    assert!(
        fs::read(&policy).unwrap() == fs::read(board).unwrap(),
        "firmware/pages.habit is not what the example request_loop writes: run it and copy its pages.habit there"
    );
    let log = folder.join("day-2.csv");
    let evaluated =
        |policy: &str| -> Value { printed(&["evaluate", text(&log), "--policy", policy, "--format", "json"]).json() };
    let learned = evaluated(text(&policy));
    for other in ["uniform", "arm=0", "arm=1", "arm=2", "arm=3"] {
        let other = evaluated(other);
        for estimator in 0..3 {
            let side = |report: &Value, side: &str| report["estimates"][estimator][side].as_f64().unwrap();
            assert!(side(&learned, "low") > side(&other, "high"), "{learned} {other}");
        }
    }
    // What day 2 was served by is the policy learned but for the fifth that was chance.
    assert_eq!(learned["rows"], 20_000);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_request_loop_says_where_it_cannot_write() {
    let file = file("no-folder", "");
    let error = request_loop::run(&file).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{} cannot be made: ", text(&file))), "{error}");
    let answer = habit(&["evaluate", text(&file), "--policy", text(&file)]);
    assert!(answer.code == 2 && answer.err.contains("is empty"), "{}", answer.err);
}
