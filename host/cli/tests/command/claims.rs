//! `habit claims`, on the experiment that is quick.

use habit::lab::{EXPERIMENTS, find};
use serde_json::Value;

use crate::{Answer, habit};

const ID: &str = "tabular-td.cliff-walking";

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json().as_array().unwrap().clone()
}

/// 0 when every claim holds, 1 when one does not.
fn expected_code(rows: &[Value]) -> i32 {
    i32::from(!rows.iter().all(|row| row["holds"] == true))
}

#[test]
fn json_is_one_array_with_a_row_a_claim() {
    let answer = habit(&["claims", ID, "--format", "json", "--threads", "1"]);
    let rows = rows(&answer);
    assert_eq!(answer.code, expected_code(&rows));
    let claims = EXPERIMENTS[find(ID).unwrap()].claims;
    assert_eq!(rows.len(), claims.len());
    for (row, claim) in rows.iter().zip(claims) {
        assert_eq!(row["id"], ID);
        assert_eq!(row["claim"], claim.sentence);
        assert_eq!(row["required"], claim.required.to_string());
        assert_eq!(row["holds"], claim.required.holds(row["measured"].as_f64().unwrap()));
        assert_eq!((row["seed"].clone(), row["seeds"].clone()), (1.into(), claim.seeds.into()));
    }
    // On more threads, the same.
    assert_eq!(habit(&["claims", "cliff-walking", "--format", "json", "--threads", "5"]).out, answer.out);
}

#[test]
fn other_seeds_give_other_figures() {
    let of = |seed| habit(&["claims", ID, "--format", "json", "--seed", seed]);
    let (first, other) = (of("1"), of("1000"));
    assert_eq!(other.code, expected_code(&rows(&other)));
    assert_ne!(rows(&first)[0]["measured"], rows(&other)[0]["measured"]);
    assert_eq!(rows(&other)[0]["seed"], 1000);
}

#[test]
fn the_table_and_csv_say_the_same() {
    let table = habit(&["claims", ID, "cliff-walking"]);
    for claim in EXPERIMENTS[find(ID).unwrap()].claims {
        assert_eq!(table.out.matches(claim.sentence).count(), 1, "{}", table.out);
    }
    assert_eq!(table.err, "");
    let csv = habit(&["claims", ID, "--format", "csv"]);
    assert!(csv.out.starts_with("id,claim,measured,required,holds,"), "{}", csv.out);
    assert!(csv.out.contains(",\"in [-35, -20]\","), "{}", csv.out);
    assert_eq!(csv.code, table.code);
}
