//! A claim's measurement in words.

use crate::descriptor::{Claim, Descriptor, Measure, Quantity, Requirement};
use crate::number;

/// What is measured and what it must satisfy, on one line.
pub fn requirement(claim: &Claim, descriptor: &Descriptor) -> String {
    let steps = &descriptor.step;
    let measured = match &claim.measure {
        Measure::Value(a) => quantity(a, steps),
        Measure::Ratio(a, b) => format!("{} ÷ {}", quantity(a, steps), quantity(b, steps)),
        Measure::Difference(a, b) => format!("{} − {}", quantity(a, steps), quantity(b, steps)),
        Measure::RatioOfLeast(a, b) => format!("{} ÷ {}", least(a, steps), least(b, steps)),
    };
    let plural = if claim.seeds == 1 { "" } else { "s" };
    let runs = format!("{} seed{plural} × {}", claim.seeds, descriptor.steps_in_words(f64::from(claim.steps)));
    format!("{measured} {}; {runs}", bound(claim.required))
}

fn bound(required: Requirement) -> String {
    let n = number::exact;
    match required {
        Requirement::Below(limit) => format!("< {}", n(limit)),
        Requirement::Above(limit) => format!("> {}", n(limit)),
        Requirement::AtLeast(limit) => format!("≥ {}", n(limit)),
        Requirement::AtMost(limit) => format!("≤ {}", n(limit)),
        Requirement::Within(low, high) => format!("in [{}, {}]", n(low), n(high)),
        Requirement::Equal(value) => format!("= {}", n(value)),
    }
}

/// The least of several: what they share is said once.
fn least(of: &[Quantity], step: &str) -> String {
    let Some(first) = of.first() else { return String::new() };
    let any = |text: fn(&Quantity) -> &str| {
        let mut different: Vec<&str> = Vec::new();
        for quantity in of {
            if !different.contains(&text(quantity)) {
                different.push(text(quantity));
            }
        }
        different.join(" or ")
    };
    let contender = any(|quantity| &quantity.contender);
    let all = Quantity { contender, set: any(|quantity| &quantity.set), ..first.clone() };
    format!("least {}", quantity(&all, step))
}

fn quantity(quantity: &Quantity, step: &str) -> String {
    let Quantity { contender, metric, reduction, set, steps, percentile } = quantity;
    let n = |step: u32| number::count(step.into());
    let window = match reduction.from.saturating_add(1) {
        first if first == reduction.to => format!("{step} {}", n(first)),
        first => format!("{step}s {}–{}", n(first), n(reduction.to)),
    };
    let runs = steps.map_or(String::new(), |steps| format!(" of {}", n(steps)));
    let set = if set.is_empty() { String::new() } else { format!(", {}", set.replace(',', ", ")) };
    let seeds = percentile.map_or(String::new(), |percentile| format!("percentile {percentile} over the seeds of "));
    format!("{seeds}{} of {} {} ({window}{runs}{set})", reduction.kind, contender, metric.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Reduction;
    use crate::settings::tests::example;

    #[test]
    fn reads_as_a_sentence() {
        let of = |contender: &str, set: &str| Quantity {
            contender: contender.into(),
            metric: "greedy_path".into(),
            reduction: Reduction { kind: "mean".into(), from: 400, to: 500 },
            set: set.into(),
            steps: None,
            percentile: None,
        };
        assert_eq!(
            quantity(
                &Quantity { reduction: Reduction { kind: "mean".into(), from: 9, to: 10 }, ..of("A", "") },
                "round"
            ),
            "mean of A greedy path (round 10)"
        );
        assert_eq!(
            quantity(&Quantity { steps: Some(2000), ..of("A", "rate=1") }, "round"),
            "mean of A greedy path (rounds 401–500 of 2000, rate=1)"
        );
        assert_eq!(
            quantity(&Quantity { percentile: Some(25), ..of("A", "") }, "round"),
            "percentile 25 over the seeds of mean of A greedy path (rounds 401–500)"
        );
        assert_eq!(
            least(&[of("A", "rate=1"), of("B", "rate=1"), of("B", "rate=2")], "round"),
            "least mean of A or B greedy path (rounds 401–500, rate=1 or rate=2)"
        );
        let claim = Claim {
            sentence: String::new(),
            measure: Measure::Difference(of("A", ""), of("B", "rate=1,x=2")),
            required: Requirement::AtLeast(-2.0),
            seeds: 48,
            steps: 500,
            full: false,
            recorded: None,
        };
        assert_eq!(
            requirement(&claim, &example()),
            "mean of A greedy path (episodes 401–500) − mean of B greedy path (episodes 401–500, rate=1, x=2) ≥ −2; \
             48 seeds × 500 episodes"
        );
        // A threshold is shown as it is, however near to a rounder number.
        let near = Claim { required: Requirement::Within(0.9999, 1.0001), ..claim };
        assert!(requirement(&near, &example()).contains("in [0.9999, 1.0001]"));
    }
}
