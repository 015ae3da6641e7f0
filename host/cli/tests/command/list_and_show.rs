//! `habit list` and `habit show`.

use habit::lab::EXPERIMENTS;
use serde_json::Value;

use crate::printed;

fn ids() -> Vec<&'static str> {
    EXPERIMENTS.iter().map(|descriptor| descriptor.id).collect()
}

#[test]
fn json_is_one_array_of_descriptors() {
    let list = printed(&["list", "--format", "json"]).json();
    let list = list.as_array().unwrap();
    assert!(list.iter().map(|descriptor| descriptor["id"].as_str().unwrap()).eq(ids()));
    for (descriptor, known) in list.iter().zip(EXPERIMENTS) {
        assert_eq!(descriptor["steps"]["default"], known.steps.default);
        assert_eq!(descriptor["claims"].as_array().unwrap().len(), known.claims.len());
    }
    let shown = printed(&["show", "cliff-walking", "--format", "json"]).json();
    assert_eq!(shown, Value::Array(vec![list[0].clone()]));
}

#[test]
fn csv_has_a_line_an_experiment() {
    let text = printed(&["list", "--format", "csv"]).out;
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("id,title,"));
    assert!(lines.map(|line| line.split(',').next().unwrap()).eq(ids()));
}

#[test]
fn the_table_names_every_experiment_and_its_contenders() {
    let text = printed(&["list"]).out;
    for descriptor in EXPERIMENTS {
        assert!(text.contains(descriptor.id) && text.contains(descriptor.contenders[0]), "{text}");
    }
}

#[test]
fn show_tells_everything_that_the_descriptor_says() {
    for descriptor in EXPERIMENTS {
        let text = printed(&["show", descriptor.id]).out;
        let mut parts = vec![descriptor.title, descriptor.summary, descriptor.citation];
        parts.extend(descriptor.contenders);
        parts.extend(descriptor.parameters.iter().flat_map(|parameter| [parameter.name, parameter.description]));
        parts.extend(descriptor.metrics.iter().flat_map(|metric| [metric.name, metric.unit, metric.description]));
        parts.extend(descriptor.claims.iter().map(|claim| claim.sentence));
        for part in parts {
            assert!(text.contains(part), "{} says nothing of: {part}", descriptor.id);
        }
        assert!(text.contains(&descriptor.steps.maximum.to_string()));
    }
}

#[test]
fn the_example_that_show_gives_can_be_run() {
    for descriptor in EXPERIMENTS {
        let text = printed(&["show", descriptor.id]).out;
        let example = text.lines().last().unwrap().trim();
        let (line, _plot) = example.strip_prefix("habit ").unwrap().split_once(" --plot ").unwrap();
        let mut words: Vec<_> = line.split(' ').collect();
        words.extend(["--steps", "2"]);
        printed(&words);
    }
}
