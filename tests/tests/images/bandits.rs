//! The image with the bandits: what a board chooses and learns is what this host does.

use habit::bandit::{Bandit, Confidence, ContextualBandit, DisjointLinUcb, DynLinUcb, Optimistic};
use habit::checkpoint;
use habit::rng::{Generator, below, stream, unit_f32};
use habit::state::Persist;
use habit_firmware::Bandits;
use habit_tests::root;
use serde_json::{Value, json};

use crate::support::emulator::Emulated;
use crate::support::image::Board;

type Context = [f32; Bandits::FEATURES];

/// Learners of this host that were started as the board's are.
struct Twins {
    pages: DisjointLinUcb<{ Bandits::ARMS }, { Bandits::FEATURES }>,
    mixes: DynLinUcb<'static, { Bandits::ARMS }, { Bandits::FEATURES }>,
}

impl Twins {
    fn new() -> Self {
        static MIXES: [Context; Bandits::ARMS] = Bandits::MIXES;
        let (mut pages, mut mixes) = (DisjointLinUcb::EMPTY, DynLinUcb::EMPTY);
        pages.start(Bandits::LAMBDA, Optimistic(Bandits::RADIUS)).unwrap();
        let taught = std::fs::read(root().join("firmware/pages.habit")).unwrap();
        checkpoint::load(&mut pages, &taught).unwrap();
        let bounds = Bandits::BOUNDS;
        let constants = [bounds.transient(), bounds.bias(), bounds.variance()];
        let (norm, features) = (bounds.arm_norm, Bandits::FEATURES);
        let confidence = Confidence::new(constants, norm, features, Bandits::LAMBDA, Bandits::HORIZON).unwrap();
        mixes.start(&MIXES, confidence, Bandits::LAMBDA, bounds.spectral_radius).unwrap();
        Self { pages, mixes }
    }

    fn digest(&self) -> Value {
        let [linucb, dynlin] = [self.pages.digest(), self.mixes.digest()].map(|digest| format!("{digest:016x}"));
        json!({"event": "digest", "linucb": linucb, "dynlin": dynlin})
    }
}

/// A line that no object is, at fault at another place for every attempt.
pub fn nonsense(attempt: u64) -> (String, String) {
    let place = attempt as usize % 250;
    let answer =
        r#"{"event":"error","code":"not_an_object","message":"the line is not one flat JSON object","position":"#;
    (format!("{:place$}?", ""), format!("{answer}{place}}}"))
}

fn boards() -> impl Iterator<Item = (Board, Emulated)> {
    Board::all().into_iter().filter_map(|board| {
        let emulated = Emulated::start(&board.emulator(), &board.bandits()?, nonsense);
        Some((board, emulated))
    })
}

fn ask(board: &mut Emulated, line: &str) -> Value {
    board.say(line);
    let answer = board.line();
    serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{line}: {answer}: {error}"))
}

/// Lines that must be refused, with the reason; `{}` is a context.
const BAD: [(&str, &str); 10] = [
    ("nonsense", "not_an_object"),
    (r#"{"cmd":"run","x":{}}"#, "unknown_command"),
    (r#"{"cmd":"select","x":[0.5]}"#, "length_mismatch"),
    (r#"{"cmd":"select","x":7}"#, "not_numbers"),
    (r#"{"cmd":"select","x":{},"y":1}"#, "unknown_field"),
    (r#"{"cmd":"update","x":{},"arm":4,"reward":1}"#, "action_out_of_range"),
    (r#"{"cmd":"update","x":{},"arm":1,"reward":1e39}"#, "non_finite"),
    (r#"{"cmd":"update","x":{},"arm":1}"#, "missing_field"),
    (r#"{"cmd":"dynlin_update","arm":9,"reward":1}"#, "not_selected"),
    (r#"{"cmd":"dynlin_update","arm":"0","reward":1}"#, "not_a_whole_number"),
];

fn refuses(board: &mut Emulated, place: usize, context: &str) {
    let (line, code) = BAD[place % BAD.len()];
    let answer = ask(board, &line.replace("{}", context));
    assert_eq!((&answer["event"], &answer["code"]), (&json!("error"), &json!(code)), "{line}: {answer}");
}

/// A line of as many digits as tell a number from its neighbours.
fn written(context: &Context) -> String {
    format!("[{}]", context.map(|x| x.to_string()).join(","))
}

fn visitor(rng: &mut Generator) -> Context {
    let mut context = core::array::from_fn(|_| 2.0 * unit_f32(rng) - 1.0);
    context[0] = 1.0;
    context
}

#[test]
fn fifty_requests_with_late_rewards_end_in_the_state_of_the_host() {
    for (board, mut emulated) in boards() {
        let mut twins = Twins::new();
        let mut rng = stream(11, 0);
        let hello = ask(&mut emulated, r#"{"cmd":"hello"}"#);
        let sizes = (&hello["arms"], &hello["features"], &hello["rounds"]);
        assert_eq!(sizes, (&json!(Bandits::ARMS), &json!(Bandits::FEATURES), &json!(twins.pages.rounds())));
        assert_eq!(ask(&mut emulated, r#"{"cmd":"digest"}"#), twins.digest());

        let (mut waiting, mut arms) = (Vec::new(), [0; Bandits::ARMS]);
        for round in 0..50 {
            let context = visitor(&mut rng);
            let line = written(&context);
            let choice = twins.pages.select(&context, &mut stream(0, 0)).unwrap();
            let expected = json!({"event": "choice", "arm": choice.arm, "propensity": 1,
                "waiting": twins.pages.waiting()});
            assert_eq!(ask(&mut emulated, &format!(r#"{{"cmd":"select","x":{line}}}"#)), expected);
            arms[choice.arm] += 1;
            waiting.push((context, choice.arm));
            refuses(&mut emulated, round, &line);
            // Any of those that wait has its reward; the first ones of the day wait long, the last ones for ever.
            while waiting.len() > 5 && below(2, &mut rng).unwrap() == 0 {
                let (context, arm) = waiting.swap_remove(below(waiting.len() as u32, &mut rng).unwrap() as usize);
                let reward = unit_f32(&mut rng);
                twins.pages.update(&context, arm, reward).unwrap();
                let line = format!(r#"{{"cmd":"update","x":{},"arm":{arm},"reward":{reward}}}"#, written(&context));
                let (rounds, waiting) = (twins.pages.rounds(), twins.pages.waiting());
                assert_eq!(
                    ask(&mut emulated, &line),
                    json!({"event": "learned", "rounds": rounds, "waiting": waiting})
                );
            }
        }
        assert!(arms.iter().all(|plays| *plays > 0), "{arms:?}");
        assert_eq!(ask(&mut emulated, r#"{"cmd":"digest"}"#), twins.digest());
        stays(&board, emulated);
    }
}

#[test]
fn fifty_rounds_of_dynlin_ucb_end_in_the_state_of_the_host() {
    for (board, mut emulated) in boards() {
        let mut twins = Twins::new();
        let (mut rng, mut arms) = (stream(12, 0), [0; Bandits::ARMS]);
        // One choice of the other bandit waits all the while.
        twins.pages.select(&[0.0; Bandits::FEATURES], &mut rng).unwrap();
        ask(&mut emulated, r#"{"cmd":"select","x":[0,0,0,0,0,0,0,0]}"#);
        for round in 0..50 {
            let arm = twins.mixes.select(&mut rng).unwrap().arm;
            let expected = json!({"event": "choice", "arm": arm, "propensity": 1, "epochs": twins.mixes.epochs()});
            assert_eq!(ask(&mut emulated, r#"{"cmd":"dynlin_select"}"#), expected);
            arms[arm] += 1;
            refuses(&mut emulated, round, "[0,0,0,0,0,0,0,0]");
            let reward = 0.2 * arm as f32 + unit_f32(&mut rng);
            twins.mixes.update(arm, reward).unwrap();
            let line = format!(r#"{{"cmd":"dynlin_update","arm":{arm},"reward":{reward}}}"#);
            assert_eq!(ask(&mut emulated, &line), json!({"event": "learned", "epochs": twins.mixes.epochs()}));
            assert_eq!(ask(&mut emulated, &line)["code"], "not_selected");
        }
        assert!(arms.iter().all(|plays| *plays > 0), "{arms:?}");
        assert_eq!(ask(&mut emulated, r#"{"cmd":"digest"}"#), twins.digest());
        stays(&board, emulated);
    }
}

/// Numbers with more digits than a parser likes, then the look at the stack.
fn stays(board: &Board, mut emulated: Emulated) {
    let long = "0.1000000014901161193847656251";
    let context = [long, "1e-40", long, "3.4e38", long, "0", "0", "0"].join(",");
    ask(&mut emulated, &format!(r#"{{"cmd":"select","x":[{context}]}}"#));
    crate::stays_in_its_place(board, emulated);
}
