use super::*;
use habit::protocol::NoStorage;
use habit::rng::unit_f32;
use std::string::String;
use std::vec::Vec;

/// Who stands at the buttons: looks at so many moves of a hundred, and is wrong about so many of these.
struct Teacher {
    goal: usize,
    looks: f32,
    errs: f32,
    rng: Generator,
}

impl Teacher {
    fn distance(&self, cell: usize) -> usize {
        (cell % SIDE).abs_diff(self.goal % SIDE) + (cell / SIDE).abs_diff(self.goal / SIDE)
    }

    /// Nearer is good, and so is to stay there.
    fn likes(&self, moved: Move) -> bool {
        let (before, after) = (self.distance(moved.from), self.distance(moved.to));
        after < before || before == 0 && after == 0 && moved.action == 4
    }

    fn press(&mut self, moved: Move) -> Option<bool> {
        let (looks, errs) = (unit_f32(&mut self.rng) < self.looks, unit_f32(&mut self.rng) < self.errs);
        looks.then(|| self.likes(moved) != errs)
    }
}

/// Moves of a hundred that the teacher likes, without a press, in walks of twenty from the middle.
fn liked(walker: &mut Walker, teacher: &Teacher) -> u32 {
    (0..100)
        .map(|t| {
            if t % 20 == 0 {
                walker.go_home();
            }
            u32::from(teacher.likes(walker.walk().unwrap()))
        })
        .sum()
}

fn taught(seed: u32, goal: usize, looks: f32, errs: f32, moves: u32) -> (Walker, Teacher) {
    let mut teacher = Teacher { goal, looks, errs, rng: stream(seed, 0) };
    let mut walker = Walker::EMPTY;
    walker.start(seed).unwrap();
    for t in 0..moves {
        if t % 20 == 0 {
            walker.go_home();
        }
        let moved = walker.walk().unwrap();
        if let Some(is_good) = teacher.press(moved) {
            walker.judge(is_good).unwrap();
        }
    }
    (walker, teacher)
}

#[test]
fn a_taught_walker_goes_where_it_was_taught_and_stays() {
    for seed in 1..=10 {
        for goal in [0, 4, 7, 12, 20, 24] {
            let (mut walker, teacher) = taught(seed, goal, 0.8, 0.0, 150);
            walker.go_home();
            let nearest = teacher.distance(START);
            let cells: Vec<_> = (0..12).map(|_| walker.walk().unwrap().to).collect();
            assert!(cells.iter().skip(nearest.saturating_sub(1)).all(|cell| *cell == goal), "seed {seed}: {cells:?}");
        }
    }
}

#[test]
fn a_taught_walker_pleases_more_than_one_that_is_not_or_that_is_taught_at_random() {
    let mut sums = [0; 4];
    for seed in 1..=20 {
        let goal = [0, 4, 20, 24][seed as usize % 4];
        // Untaught; at random; taught by a child that errs in one press of ten; by one that does not.
        let likes = [(0.0, 0.0), (0.8, 0.5), (0.8, 0.1), (0.8, 0.0)].map(|(looks, errs)| {
            let (mut walker, teacher) = taught(seed, goal, looks, errs, 150);
            liked(&mut walker, &teacher)
        });
        std::println!("seed {seed}: {likes:?}");
        assert!(likes[3] > likes[0] && likes[3] > likes[1], "seed {seed}: {likes:?}");
        sums.iter_mut().zip(likes).for_each(|(sum, liked)| *sum += liked);
    }
    std::println!("means: {:?}", sums.map(|sum| f64::from(sum) / 20.0));
    assert!(sums[2] > 2 * sums[0].max(sums[1]), "{sums:?}");
}

/// A board of which the fingers, the clock and the lights are in our hands.
struct Desk {
    down: [bool; 2],
    now: u32,
    shown: Picture,
    sent: String,
}

impl Board for Desk {
    fn receive(&mut self) -> Option<u8> {
        None
    }

    fn send(&mut self, byte: u8) {
        self.sent.push(byte.into());
    }

    fn idle(&mut self) {}

    fn restart(&mut self) -> ! {
        panic!("restarted")
    }

    fn clock(&mut self) -> u32 {
        self.now
    }

    fn entropy(&mut self) -> Option<u32> {
        Some(7)
    }

    fn show(&mut self, picture: &Picture) {
        self.shown = *picture;
    }

    fn pressed(&mut self, button: Button) -> Option<bool> {
        Some(self.down[button as usize])
    }
}

impl Desk {
    const NEW: Self = Self { down: [false; 2], now: 0, shown: Picture::DARK, sent: String::new() };

    /// Lets the buttons be as they are for a while, and returns what is said.
    fn pass(&mut self, teaching: &mut Teaching, down: [bool; 2], microseconds: u32) -> String {
        self.down = down;
        for _ in 0..microseconds / 1000 {
            self.now = self.now.wrapping_add(1000);
            teaching.advance(self).unwrap();
        }
        core::mem::take(&mut self.sent)
    }
}

fn say(teaching: &mut Teaching, line: &str) -> String {
    let mut out = String::new();
    teaching.line(line.as_bytes(), &mut NoStorage, &mut out).unwrap();
    out
}

#[test]
fn fingers_and_lines_do_the_same() {
    let (mut by_finger, mut by_line, mut desk) = (Teaching::EMPTY, Teaching::EMPTY, Desk::NEW);
    // Across the wrap of the clock.
    desk.now = u32::MAX - 1_000_000;
    say(&mut by_finger, r#"{"cmd":"pace","ms":0}"#);
    let started = desk.pass(&mut by_finger, [false; 2], 30_000);
    assert_eq!(started, say(&mut by_line, r#"{"cmd":"start","seed":7}"#));
    let (a, b, both, none) = ([true, false], [false, true], [true; 2], [false; 2]);
    for (down, name) in [(a, "a"), (b, "b"), (a, "a"), (both, "both"), (a, "a"), (b, "b"), (b, "b"), (both, "both")] {
        let step = r#"{"cmd":"step"}"#;
        assert_eq!(say(&mut by_finger, step), say(&mut by_line, step));
        // Contacts bounce, and of two fingers one is late.
        let mut said = String::new();
        for down in [down, none, down, none, [down[0], false]] {
            said += &desk.pass(&mut by_finger, down, 3_000);
        }
        said += &desk.pass(&mut by_finger, [down[0], false], 40_000);
        said += &desk.pass(&mut by_finger, down, 60_000);
        assert_eq!(said, "", "a press counts when it ends");
        for down in [none, down, none, down] {
            said += &desk.pass(&mut by_finger, down, 3_000);
        }
        said += &desk.pass(&mut by_finger, none, 100_000);
        assert_eq!(said, say(&mut by_line, &std::format!(r#"{{"cmd":"button","name":"{name}"}}"#)));
    }
    let digest = r#"{"cmd":"digest"}"#;
    assert_eq!(say(&mut by_finger, digest), say(&mut by_line, digest));
}

#[test]
fn it_moves_when_it_is_time() {
    let (mut teaching, mut desk) = (Teaching::EMPTY, Desk::NEW);
    let moves = |said: String| said.matches("moved").count();
    assert_eq!(moves(desk.pass(&mut teaching, [false; 2], 1_400_000)), 0);
    assert_eq!(moves(desk.pass(&mut teaching, [false; 2], 3_200_000)), 3);
    say(&mut teaching, r#"{"cmd":"pace","ms":100}"#);
    assert_eq!(moves(desk.pass(&mut teaching, [false; 2], 1_000_000)), 10);
    say(&mut teaching, r#"{"cmd":"pace","ms":0}"#);
    assert_eq!(moves(desk.pass(&mut teaching, [false; 2], 9_000_000)), 0);
}

#[test]
fn the_lights_show_the_agent_the_values_and_the_way() {
    let (mut teaching, mut desk) = (Teaching::EMPTY, Desk::NEW);
    for line in [r#"{"cmd":"pace","ms":0}"#, r#"{"cmd":"start","seed":1}"#] {
        say(&mut teaching, line);
    }
    desk.pass(&mut teaching, [false; 2], 1000);
    assert_eq!(desk.shown, Picture::of(1 << START, 0));
    let moved = say(&mut teaching, r#"{"cmd":"step"}"#);
    assert!(moved.starts_with(r#"{"event":"moved","t":1,"from":12,"action":""#), "{moved}");
    say(&mut teaching, r#"{"cmd":"button","name":"a"}"#);
    let to = teaching.walker.cell();
    desk.pass(&mut teaching, [false; 2], 1000);
    assert_eq!(desk.shown, Picture::of(1 << to, 0), "nothing was praised from here on");
    say(&mut teaching, r#"{"cmd":"button","name":"both"}"#);
    desk.pass(&mut teaching, [false; 2], 1000);
    assert_eq!(desk.shown, Picture::of(1 << START, 1 << to & !(1 << START)));
    say(&mut teaching, r#"{"cmd":"show","what":"values"}"#);
    desk.pass(&mut teaching, [false; 2], 1000);
    assert_eq!(desk.shown, Picture::of(0, 1 << START));
    say(&mut teaching, r#"{"cmd":"show","what":"policy"}"#);
    desk.pass(&mut teaching, [false; 2], 1000);
    assert_eq!(desk.shown, Picture::of(1 << START | 1 << to, 0));
}

#[test]
fn what_cannot_be_obeyed_is_answered_with_its_place_and_changes_nothing() {
    let mut teaching = Teaching::EMPTY;
    for line in [r#"{"cmd":"start","seed":1}"#, r#"{"cmd":"step","n":9}"#, r#"{"cmd":"button","name":"a"}"#] {
        say(&mut teaching, line);
    }
    let before = say(&mut teaching, r#"{"cmd":"digest"}"#);
    for (line, code, position) in [
        ("walk", "not_an_object", 0),
        (r#"{"cmd":"walk"}"#, "unknown_command", 7),
        (r#"{"cmd":"button"}"#, "missing_field", 0),
        (r#"{"cmd":"button","name":"c"}"#, "unknown_choice", 23),
        (r#"{"cmd":"step","n":0}"#, "count_out_of_range", 18),
        (r#"{"cmd":"step","n":1001}"#, "count_out_of_range", 18),
        (r#"{"cmd":"pace","ms":60001}"#, "parameter_out_of_range", 19),
        (r#"{"cmd":"show","what":"nothing"}"#, "unknown_choice", 21),
        (r#"{"cmd":"start","seed":-1}"#, "not_a_whole_number", 22),
        (r#"{"cmd":"save"}"#, "no_storage", 0),
        (r#"{"cmd":"step","speed":1}"#, "unknown_field", 14),
    ] {
        let answer = say(&mut teaching, line);
        assert!(answer.contains(&std::format!(r#""code":"{code}","#)), "{line}: {answer}");
        assert!(answer.ends_with(&std::format!(",\"position\":{position}}}\n")), "{line}: {answer}");
        assert_eq!(say(&mut teaching, r#"{"cmd":"digest"}"#), before, "{line}");
    }
}
