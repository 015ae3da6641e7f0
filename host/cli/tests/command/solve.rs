//! `habit solve`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{habit, printed};

fn problem(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernel/problems").join(name).display().to_string()
}

fn file(name: &str, text: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_program_as_text_has_its_answer() {
    let answer = printed(&["solve", &problem("knapsack.dp")]).out;
    assert_eq!(answer, "value         20\nfirst action  0\nstages        4\n");
    let answer = printed(&["solve", &problem("toymaker-average.dp"), "--format", "json"]).json();
    assert!((answer["gain"].as_f64().unwrap() - 2.0).abs() < 1e-4, "{answer}");
    assert_eq!((answer["first_action"].as_u64(), answer["values"].as_array().unwrap().len()), (Some(1), 2));
}

#[test]
fn a_fault_is_told_with_its_place() {
    let good = fs::read_to_string(problem("knapsack.dp")).unwrap();
    for (name, text, code, part) in [
        ("keyword.dp", good.replace("sense", "sence").into_bytes(), 2, "keyword.dp:5:1: a line begins with"),
        ("number.dp", good.replace("start 9", "start nine").into_bytes(), 2, "number.dp:6:7: "),
        ("many.dp", good.replace("states 10", "states 4000000000").into_bytes(), 2, "more than 65535 states"),
        ("bytes.dp", vec![0xff, 0xfe], 2, "is no text"),
        ("dead.dp", good.replace("finite 4", "average").replace("pt ", "# ").into_bytes(), 2, "a state has no action"),
    ] {
        let refused = habit(&["solve", file(name, &text).to_str().unwrap()]);
        assert!(refused.code == code && refused.err.contains(part), "{name}: {} {}", refused.code, refused.err);
        assert!(refused.err.lines().count() == 1 && refused.out.is_empty());
    }
    let missing = habit(&["solve", "nowhere.dp"]);
    assert!(missing.code == 3 && missing.err.contains("nowhere.dp cannot be read"), "{}", missing.err);
}
