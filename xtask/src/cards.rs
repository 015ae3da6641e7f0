//! What the gallery's cards need beside the descriptors: a picture of a run of each experiment, and the recorded verdicts.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::House;
use crate::process::output;

/// Points of a picture's line, and its levels; the page reads them in `web/src/card.rs`.
const POINTS: usize = 40;
const LEVELS: f64 = 42.0;
/// A line is the mean over so many seeds.
const SEEDS: u32 = 4;

/// Whether each claim is recorded as holding, by experiment and sentence.
pub type Verdicts = BTreeMap<(String, String), bool>;

/// Reads `tests/claims.toml`.
pub fn verdicts(house: &House) -> Result<Verdicts, String> {
    let path = house.root.join("tests/claims.toml");
    let unreadable = |reason: String| format!("cannot read {}: {}", path.display(), reason.replace('\n', " "));
    let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| unreadable(error.to_string()))?;
    let claims = table.get("claim").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let read = |claim: &toml::Value| {
        let text = |key| Some(claim.get(key)?.as_str()?.to_owned());
        Some(((text("id")?, text("claim")?), claim.get("holds")?.as_bool()?))
    };
    claims.iter().map(|claim| read(claim).ok_or_else(|| unreadable("a claim lacks a field".into()))).collect()
}

/// Runs an experiment at its defaults and returns a line a contender: its first curve, 40 points on 43 levels, as characters from
/// `0` on; a space where nothing was measured.
pub fn picture(house: &House, descriptor: &Value) -> Result<Vec<String>, String> {
    let unexpected = || "`habit run --format json` did not print samples".to_string();
    let text = |key: &str| descriptor.get(key).and_then(Value::as_str).ok_or_else(unexpected);
    let list = |key: &str| descriptor.get(key).and_then(Value::as_array).ok_or_else(unexpected);
    let curve = |view: &Value| Some(view.get("metric")?.as_str()?.to_owned());
    let Some(metric) = list("views")?.iter().find_map(curve) else { return Ok(Vec::new()) };
    let steps = descriptor.pointer("/steps/default").and_then(Value::as_u64).ok_or_else(unexpected)?;
    let every = steps.div_ceil(10 * POINTS as u64).to_string();
    // Built a moment ago, for the table of experiments.
    let mut run = Command::new(house.target.join("release").join(format!("habit{}", std::env::consts::EXE_SUFFIX)));
    run.args(["run", text("id")?, "--format", "json", "--every", &every, "--seeds", &SEEDS.to_string()]);
    let samples = output(&mut run)?;
    let names: Vec<&str> = list("contenders")?.iter().filter_map(Value::as_str).collect();
    let mut sums = vec![[(0.0, 0u32); POINTS]; names.len()];
    for line in samples.lines() {
        let sample: Value = serde_json::from_str(line).map_err(|_| unexpected())?;
        let Some(contender) = sample.get("contender").and_then(Value::as_str) else { continue };
        let place = names.iter().position(|name| *name == contender).ok_or_else(unexpected)?;
        let (t, value) = (sample.get("t").and_then(Value::as_u64), sample.get(&metric).and_then(Value::as_f64));
        if let Some((t, value)) = t.zip(value) {
            let point = (t.saturating_sub(1) * POINTS as u64 / steps) as usize;
            let (sum, count) = &mut sums[place][point.min(POINTS - 1)];
            (*sum, *count) = (*sum + value, *count + 1);
        }
    }
    Ok(levels(&sums))
}

/// One scale for all lines; a fortieth of the points may lie off it.
fn levels(sums: &[[(f64, u32); POINTS]]) -> Vec<String> {
    let mean = |&(sum, count): &(f64, u32)| (count > 0).then(|| sum / f64::from(count));
    let mut all: Vec<f64> = sums.iter().flatten().filter_map(mean).collect();
    all.sort_by(f64::total_cmp);
    let off = all.len() / 40;
    let (Some(low), Some(high)) = (all.get(off), all.len().checked_sub(1 + off).and_then(|last| all.get(last))) else {
        return sums.iter().map(|_| " ".repeat(POINTS)).collect();
    };
    let level = |point| match mean(point) {
        None => ' ',
        Some(_) if high <= low => char::from(b'0' + LEVELS as u8 / 2),
        Some(value) => char::from(b'0' + (((value - low) / (high - low)).clamp(0.0, 1.0) * LEVELS).round() as u8),
    };
    sums.iter().map(|line| filled(line.iter().map(level).collect())).collect()
}

/// A run with fewer steps than points leaves gaps: a straight line leads from one sample to the next.
fn filled(line: Vec<char>) -> String {
    let known: Vec<usize> = (0..line.len()).filter(|&point| line[point] != ' ').collect();
    let level = |point: usize| f64::from(line[point] as u32);
    let fill = |point: usize| {
        let next = known.partition_point(|&sample| sample < point);
        match (next.checked_sub(1).map(|last| known[last]), known.get(next)) {
            (Some(last), Some(&next)) => {
                let share = (point - last) as f64 / (next - last) as f64;
                char::from((level(last) + share * (level(next) - level(last))).round() as u8)
            }
            (Some(last), None) => line[last],
            (None, _) => line[point],
        }
    };
    (0..line.len()).map(fill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_share_a_scale_and_gaps_are_filled() {
        let mut sums = vec![[(0.0, 0); POINTS]; 2];
        for point in (1..POINTS).step_by(2) {
            sums[0][point] = (2.0, 2);
            sums[1][point] = (2.0 * point as f64 / (POINTS - 1) as f64, 1);
        }
        let lines = levels(&sums);
        assert!(lines.iter().all(|line| line.len() == POINTS && line.starts_with(' ')));
        assert!(lines[1].ends_with('Z') && lines[1].trim_start().bytes().is_sorted(), "{}", lines[1]);
        assert!(lines[0].trim_start().bytes().all(|level| level == lines[0].as_bytes()[1]));
        assert_eq!(levels(&[[(0.0, 0); POINTS]]), [" ".repeat(POINTS)]);
    }
}
