//! Experiments by what a user calls them, and the nearest name to one that is not known.

use habit::lab::Descriptor;

/// From this similarity on, a name is worth suggesting.
const SIMILAR: f64 = 0.75;
/// What one slip of the finger leaves of it.
const SLIP: f64 = 0.9;

/// The known name that is most like `word`, if one is like it at all.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let similarity = |name: &str| {
        let name = name.to_lowercase();
        let slip = word.len() > 1 && strsim::osa_distance(&word, &name) <= 1;
        strsim::jaro_winkler(&word, &name).max(if slip { SLIP } else { 0.0 })
    };
    let rated = known.into_iter().map(|name| (similarity(name), name));
    let best = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= SIMILAR).then_some(best.1)
}

/// "no `kind` is called `word`", with the nearest name, or all of them where none is near.
pub fn unknown<'a>(kind: &str, word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let hint = match nearest(word, known.clone()) {
        Some(name) => format!("did you mean '{name}'?"),
        None => format!("known: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    format!("no {kind} is called '{word}'; {hint}")
}

/// The places in `table` of what `word` names: an experiment by its id, all experiments of a specification, or one by the
/// last part of its id.
///
/// # Errors
/// One sentence, with the nearest name or with the candidates.
pub fn resolve(word: &str, table: &[Descriptor]) -> Result<Vec<usize>, String> {
    let places = |matches: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..table.len()).filter(|place| matches(table[*place].id)).collect()
    };
    let by_id = places(&|id| id == word);
    if !by_id.is_empty() {
        return Ok(by_id);
    }
    let by_specification = places(&|id| specification(id) == word);
    if !by_specification.is_empty() {
        return Ok(by_specification);
    }
    let by_part = places(&|id| last_part(id) == word);
    match by_part.len() {
        0 => {
            let ids = table.iter().map(|descriptor| descriptor.id);
            let known = ids.flat_map(|id| [last_part(id), id, specification(id)]);
            let hint = match nearest(word, known) {
                Some(name) => format!("did you mean '{name}'?"),
                None => "`habit list` shows them all".into(),
            };
            Err(format!("no experiment is called '{word}'; {hint}"))
        }
        1 => Ok(by_part),
        _ => {
            let candidates: Vec<_> = by_part.iter().map(|place| table[*place].id).collect();
            Err(format!("'{word}' could be any of {}; give the whole id", candidates.join(", ")))
        }
    }
}

/// As [`resolve`], where one experiment is meant.
///
/// # Errors
/// One sentence, with the candidates where there are several.
pub fn one(word: &str, table: &[Descriptor]) -> Result<usize, String> {
    match resolve(word, table)?[..] {
        [place] => Ok(place),
        ref places => {
            let ids: Vec<_> = places.iter().map(|place| table[*place].id).collect();
            Err(format!("'{word}' is several experiments; name one of {}", ids.join(", ")))
        }
    }
}

/// The shortest name that [`resolve`] takes for one experiment: the last part where it is unique, else the id.
pub fn short<'a>(descriptor: &'a Descriptor, table: &[Descriptor]) -> &'a str {
    let part = last_part(descriptor.id);
    if resolve(part, table).is_ok_and(|places| places.len() == 1) { part } else { descriptor.id }
}

fn specification(id: &str) -> &str {
    id.split_once('.').map_or(id, |(specification, _)| specification)
}

fn last_part(id: &str) -> &str {
    id.rsplit_once('.').map_or(id, |(_, part)| part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::EXPERIMENTS;

    fn table() -> Vec<Descriptor> {
        ["td.cliff-walking", "td.random-walk", "dyna.maze", "search.maze", "linear"]
            .map(|id| Descriptor { id, ..EXPERIMENTS[0] })
            .to_vec()
    }

    #[test]
    fn an_id_a_specification_and_a_unique_last_part_are_names() {
        let table = table();
        for (word, places) in [
            ("td.cliff-walking", vec![0]),
            ("td", vec![0, 1]),
            ("random-walk", vec![1]),
            ("linear", vec![4]),
            ("dyna", vec![2]),
        ] {
            assert_eq!(resolve(word, &table), Ok(places), "{word}");
        }
    }

    #[test]
    fn an_ambiguous_part_lists_its_candidates() {
        let sentence = resolve("maze", &table()).unwrap_err();
        assert!(sentence.contains("dyna.maze, search.maze"), "{sentence}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let table = table();
        for (word, name) in [
            ("clif-walking", "cliff-walking"),
            ("Cliff-Walking", "cliff-walking"),
            ("td.cliff-waking", "td.cliff-walking"),
            ("liner", "linear"),
            ("cliff", "cliff-walking"),
        ] {
            let sentence = resolve(word, &table).unwrap_err();
            assert!(sentence.ends_with(&format!("did you mean '{name}'?")), "{sentence}");
        }
        assert!(resolve("xyz", &table).unwrap_err().contains("habit list"));
        assert!(resolve("", &table).unwrap_err().contains("habit list"));
    }

    #[test]
    fn the_short_name_leads_back_to_the_experiment() {
        let table = table();
        let names: Vec<_> = table.iter().map(|descriptor| short(descriptor, &table)).collect();
        assert_eq!(names, ["cliff-walking", "random-walk", "dyna.maze", "search.maze", "linear"]);
    }

    #[test]
    fn where_nothing_is_near_all_are_named() {
        assert_eq!(unknown("option", "qqq", ["small", "large"]), "no option is called 'qqq'; known: small, large");
        assert_eq!(nearest("rnu", ["list", "show", "run", "claims"]), Some("run"));
        assert_eq!(unknown("option", "smal", ["small", "large"]), "no option is called 'smal'; did you mean 'small'?");
    }
}
