use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use super::*;
use crate::rng::{below, stream};

/// Answers of independent methods: enumeration of paths, subsets, plans or policies, and closed forms.
const PROBLEMS: [(&str, &str, f64); 13] = [
    ("stagecoach", include_str!("../../../problems/stagecoach.dp"), 11.0),
    ("knapsack", include_str!("../../../problems/knapsack.dp"), 20.0),
    ("allocation", include_str!("../../../problems/allocation.dp"), 24.0),
    ("replacement", include_str!("../../../problems/replacement.dp"), 430.0),
    ("inventory", include_str!("../../../problems/inventory.dp"), 16.3163),
    ("lot-sizing", include_str!("../../../problems/lot-sizing.dp"), 17.0),
    ("asset-selling", include_str!("../../../problems/asset-selling.dp"), 4.3408),
    ("secretary", include_str!("../../../problems/secretary.dp"), 0.409_821),
    ("gambler", include_str!("../../../problems/gambler.dp"), 0.256),
    ("maintenance", include_str!("../../../problems/maintenance.dp"), 65.793),
    ("toymaker-average", include_str!("../../../problems/toymaker-average.dp"), 2.0),
    ("toymaker-discounted", include_str!("../../../problems/toymaker-discounted.dp"), 22.1978),
    ("salesman", include_str!("../../../problems/salesman.dp"), 35.0),
];

const WORKED: &str = "dp 1\nhorizon finite 3\nstates 3\nactions 1\nsense max\nstart 0\n\
                      p 0 0 1 .5 1\np 0 0 2 .5 0\np 1 0 0 1 2\nterminal 2 10\n";

struct Memory(Vec<DeclaredTransition>, Vec<f32>);

impl Memory {
    fn for_text(text: &str) -> Self {
        let size = DynamicProgram::size(text).unwrap_or(ProblemSize { states: 8, transitions: 8 });
        Self(vec![DeclaredTransition::EMPTY; size.transitions], vec![0.0; size.states.min(1000)])
    }

    fn parse(&mut self, text: &str) -> Result<DynamicProgram<'_>, Fault> {
        DynamicProgram::parse(text, &mut self.0, &mut self.1)
    }
}

fn answer(text: &str) -> Result<Answer, Error> {
    let mut memory = Memory::for_text(text);
    let program = memory.parse(text).map_err(|fault| fault.error)?;
    let (mut values, mut scratch) = (vec![0.0; program.states()], vec![0.0; program.states()]);
    program.solve(&mut values, &mut scratch)
}

#[test]
fn textbook_problems_have_their_answers() {
    for (name, text, expected) in PROBLEMS {
        let found = f64::from(answer(text).unwrap().value);
        let miss = (found - expected).abs();
        assert!(miss <= 1e-4_f64.max(1e-4 * expected.abs()), "{name}: {found} for {expected}");
    }
}

#[test]
fn the_worked_example_comes_out() {
    let found = answer(WORKED).unwrap();
    assert_eq!((found.value, found.first_action, found.sweeps), (9.25, Some(0), 3));
    // Nothing is decided where there is no stage, or no action.
    let none = answer(&WORKED.replace("finite 3", "finite 0").replace("terminal 2", "terminal 0")).unwrap();
    assert_eq!((none.value, none.first_action), (10.0, None));
    let end = answer(&WORKED.replace("start 0", "start 2")).unwrap();
    assert_eq!((end.value, end.first_action), (10.0, None));
}

#[test]
fn a_printed_program_reads_back_as_the_same() {
    for (name, text, _) in PROBLEMS {
        let mut memory = Memory::for_text(text);
        let program = memory.parse(text).unwrap();
        let printed = program.to_string();
        let mut again = Memory::for_text(&printed);
        assert_eq!(again.parse(&printed), Ok(program), "{name}");
    }
}

#[test]
fn a_fault_is_told_with_its_place() {
    let with = |from: &str, to: &str| WORKED.replace(from, to);
    for (text, error, line, column) in [
        (with("dp 1", "dp 2"), Error::UnknownHeader, 1, 4),
        (with("dp 1", "dp 1 x"), Error::UnknownHeader, 1, 6),
        (String::new(), Error::UnknownHeader, 1, 1),
        (with("actions", "  action"), Error::UnknownKeyword, 4, 3),
        (with("finite", "long"), Error::UnknownHorizon, 2, 9),
        (with("max", "most"), Error::UnknownSense, 5, 7),
        (with(".5 1", ".5 one"), Error::NotANumber, 7, 12),
        (with(".5 1", ".5 # 1"), Error::NotANumber, 7, 12),
        (with("p 1 0 0", "p 1 -1 0"), Error::NotAWholeNumber, 9, 5),
        (with("sense max\n", ""), Error::MissingLine, 10, 1),
        (with("start 0", "start 3"), Error::StateOutOfRange, 6, 7),
        (with("finite 3", "discounted 1"), Error::DiscountOutOfRange, 2, 20),
        (with("finite 3", "discounted NaN"), Error::DiscountOutOfRange, 2, 20),
        (with("finite 3", "average").replace("p 1 0", "pt 0 1 0"), Error::StageWithoutHorizon, 9, 1),
        (with("actions 1", "actions 256"), Error::BufferTooSmall, 4, 9),
        (with("terminal 2", "terminal 3"), Error::StateOutOfRange, 10, 10),
        (with("2 10", "2 inf"), Error::NonFinite, 10, 12),
        (with("p 1 0 0", "p 3 0 0"), Error::StateOutOfRange, 9, 3),
        (with("p 1 0 0", "p 1 1 0"), Error::ActionOutOfRange, 9, 5),
        (with("p 1 0 0", "p 1 0 3"), Error::StateOutOfRange, 9, 7),
        (with("p 1 0 0", "pt 3 1 0 0"), Error::StageOutOfRange, 9, 4),
        (with("0 1 2", "0 1 inf"), Error::NonFinite, 9, 11),
        (with("p 1 0 0 1", "p 1 0 0 1.5"), Error::ProbabilityOutOfRange, 9, 9),
        (with("p 0 0 2 .5 0", "p 0 0 2 .4 0"), Error::ProbabilityOutOfRange, 7, 9),
    ] {
        let found = Memory::for_text(&text).parse(&text).map(|_| ());
        assert_eq!(found, Err(Fault { error, line, column }), "{text}");
    }
    assert_eq!(answer(&with("finite 3", "average")), Err(Error::DeadEnd));
    let mut few = Memory(vec![DeclaredTransition::EMPTY; 2], vec![0.0; 3]);
    assert_eq!(few.parse(WORKED), Err(Fault { error: Error::BufferTooSmall, line: 9, column: 1 }));
    let mut few = Memory(vec![DeclaredTransition::EMPTY; 3], vec![0.0; 2]);
    assert_eq!(few.parse(WORKED), Err(Fault { error: Error::BufferTooSmall, line: 3, column: 8 }));
}

#[test]
fn no_text_disturbs_the_parser() {
    let pieces = [
        "dp 1\n", "\n", " ", "horizon ", "finite ", "states 3", "actions", "p ", "pt ", "0 ", "1 ", "-", ".5", "#",
        "\u{e4}",
    ];
    let mut rng = stream(3, 0);
    for _ in 0..3000 {
        let mut text = String::from(if below(2, &mut rng) == Ok(0) { WORKED } else { "dp 1\n" });
        for _ in 0..below(20, &mut rng).unwrap() {
            let mut place = below(text.len() as u32 + 1, &mut rng).unwrap() as usize;
            while !text.is_char_boundary(place) {
                place -= 1;
            }
            text.insert_str(place, pieces[below(pieces.len() as u32, &mut rng).unwrap() as usize]);
        }
        if let Err(fault) = Memory::for_text(&text).parse(&text) {
            assert!(
                fault.line as usize <= text.lines().count() + 1 && fault.column as usize <= text.len() + 1,
                "{text}"
            );
        }
    }
}
