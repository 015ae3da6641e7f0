//! A walker on the 5 x 5 lights that a child teaches with two buttons.

use core::fmt::{Error as Unwritten, Result as Written, Write};
use habit::interact::{Outcome, Transition};
use habit::learn::{Control, FixedQLearning, TdParameters};
use habit::policy::EpsilonGreedy;
use habit::protocol::{Fault, Fields, KERNEL, Kind, Storage, VERSION};
use habit::rng::{Generator, stream};
use habit::state::Persist;
use habit::{Error, checkpoint};
use habit_firmware::{Board, Button, Conversation, Light, Picture};

/// What the walker can do, in the order of its table.
const ACTIONS: [&str; 5] = ["up", "right", "down", "left", "stay"];
/// Rows and columns.
const SIDE: usize = 5;
const CELLS: usize = SIDE * SIDE;
/// The middle.
const START: usize = CELLS / 2;

/// One move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// From this cell, counted from the top left.
    pub from: usize,
    /// An index of up, right, down, left, stay.
    pub action: usize,
    /// To this one; at a wall the same.
    pub to: usize,
}

/// Learns what a person thinks of each action in each cell, and does what is thought best; among equals it draws. As in TAMER (Knox and
/// Stone 2009) a judgement is of the move alone: Q-learning with a discount of 0, which has no reason to walk in circles for praise.
///
/// The table is of integers: no float is touched while it walks and learns. On a chip of 32 bits 250 bytes and 100 or less.
pub struct Walker {
    judged: FixedQLearning<CELLS, { ACTIONS.len() }, i16, 12>,
    cell: usize,
    last: Option<Move>,
    /// Once started.
    rng: Option<Generator>,
}

const _: () = assert!(usize::BITS > 32 || size_of::<Walker>() <= 2 * CELLS * ACTIONS.len() + 100);

impl Walker {
    /// Not started.
    pub const EMPTY: Self = Self { judged: FixedQLearning::EMPTY, cell: START, last: None, rng: None };

    /// Starts in the middle, knowing nothing.
    ///
    /// # Errors
    /// None with these constants.
    pub fn start(&mut self, seed: u32) -> Result<(), Error> {
        self.judged.start(TdParameters { step_size: 0.5, discount: 0.0 }, EpsilonGreedy::GREEDY, 0.0)?;
        self.rng = Some(stream(seed, 1));
        self.go_home();
        Ok(())
    }

    /// Back to the middle; what was learned stays.
    pub fn go_home(&mut self) {
        (self.cell, self.last) = (START, None);
    }

    /// Where it is.
    pub const fn cell(&self) -> usize {
        self.cell
    }

    /// One move.
    ///
    /// # Errors
    /// [`Error::NotStarted`].
    pub fn walk(&mut self) -> Result<Move, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let (from, action) = (self.cell, self.judged.act(self.cell, rng)?);
        let moved = Move { from, action, to: Self::beside(from, action) };
        (self.cell, self.last) = (moved.to, Some(moved));
        Ok(moved)
    }

    /// Takes in what a person thinks of the last move, and returns the move; `None` before the first.
    ///
    /// # Errors
    /// [`Error::NotStarted`].
    pub fn judge(&mut self, is_good: bool) -> Result<Option<Move>, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let Some(Move { from, action, to }) = self.last else { return Ok(None) };
        let reward = if is_good { 1.0 } else { -1.0 };
        let transition = Transition { state: from, action, reward, next_state: to, outcome: Outcome::Continue };
        self.judged.learn(&transition, rng)?;
        Ok(self.last)
    }

    /// The best action of a cell and what is thought of it, from -1 to 1.
    fn best(&self, cell: usize) -> (usize, f32) {
        self.judged.table().greedy(cell).map_or((0, 0.0), |(action, value)| (action, value.to_f32()))
    }

    /// The cell that an action leads to.
    fn beside(cell: usize, action: usize) -> usize {
        match action {
            0 if cell >= SIDE => cell - SIDE,
            1 if cell % SIDE + 1 < SIDE => cell + 1,
            2 if cell + SIDE < CELLS => cell + SIDE,
            3 if !cell.is_multiple_of(SIDE) => cell - 1,
            _ => cell,
        }
    }

    /// The cells that it would walk through from a cell on, as far as it was praised, as bits.
    fn way(&self, mut cell: usize) -> u32 {
        let mut way = 0;
        for _ in 0..CELLS {
            way |= 1 << cell;
            match self.best(cell) {
                (action, value) if value > 0.0 => cell = Self::beside(cell, action),
                _ => break,
            }
        }
        way
    }

    /// What the lights show.
    fn picture(&self, view: View) -> Picture {
        let way = self.way(if view == View::Policy { START } else { self.cell });
        let mut picture = Picture::DARK;
        for cell in 0..CELLS {
            let (value, on_way) = (self.best(cell).1, way >> cell & 1 == 1);
            let light = match view {
                View::Agent if cell == self.cell => Light::Bright,
                View::Agent if on_way => Light::Dim,
                View::Values if value > 0.75 => Light::Bright,
                View::Values if value > 0.0 => Light::Dim,
                View::Policy if on_way => Light::Bright,
                View::Policy if value > 0.0 => Light::Dim,
                _ => Light::Off,
            };
            picture.set(cell, light);
        }
        picture
    }
}

/// What the lights show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// The agent, and dimly the way that it would go from here.
    Agent,
    /// The cells in which something was praised, brightly where it was praised again.
    Values,
    /// The way from the middle, and dimly where else something was praised.
    Policy,
}

impl View {
    const ALL: [(&str, Self); 3] = [("agent", Self::Agent), ("values", Self::Values), ("policy", Self::Policy)];
}

/// What fingers have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    One(Button),
    Both,
}

impl Press {
    const NAMES: [(&str, Self); 3] = [("a", Self::One(Button::A)), ("b", Self::One(Button::B)), ("both", Self::Both)];
}

/// Two buttons as they are pressed, together or alone. A press counts when all are released, and only then is it known which it was.
#[derive(Clone, Copy)]
struct Fingers {
    /// As they were seen last, and since when.
    raw: [bool; 2],
    since: u32,
    /// As they were when they had stopped to bounce.
    down: [bool; 2],
    /// Which have been down since all were released.
    seen: [bool; 2],
}

impl Fingers {
    /// Microseconds in which a button may bounce.
    const BOUNCE: u32 = 20_000;

    const OFF: Self = Self { raw: [false; 2], since: 0, down: [false; 2], seen: [false; 2] };

    /// A look at the buttons.
    fn look(&mut self, down: [bool; 2], now: u32) -> Option<Press> {
        if down != self.raw {
            (self.raw, self.since) = (down, now);
        }
        if down == self.down || now.wrapping_sub(self.since) < Self::BOUNCE {
            return None;
        }
        self.down = down;
        for (seen, down) in self.seen.iter_mut().zip(down) {
            *seen |= down;
        }
        if down != [false; 2] {
            return None;
        }
        match core::mem::take(&mut self.seen) {
            [true, true] => Some(Press::Both),
            [true, false] => Some(Press::One(Button::A)),
            [false, true] => Some(Press::One(Button::B)),
            [false, false] => None,
        }
    }
}

/// The fields of a command.
const FIELDS: [(&str, Kind); 6] = [
    ("cmd", Kind::Text),
    ("seed", Kind::Whole),
    ("n", Kind::Whole),
    ("name", Kind::Text),
    ("ms", Kind::Whole),
    ("what", Kind::Text),
];

type Line<'a> = Fields<'a, { FIELDS.len() }>;

/// The walker behind buttons, lights and a line. Made [`EMPTY`](Conversation::EMPTY) in its place.
pub struct Teaching {
    walker: Walker,
    view: View,
    seed: Option<u32>,
    t: u32,
    /// Microseconds between moves; 0: only when the line says so.
    pace: u32,
    moved: u32,
    fingers: Fingers,
    /// Whether the lights show what is no longer so.
    is_stale: bool,
}

impl Teaching {
    /// Microseconds between moves: time to think, and to press.
    const PACE: u32 = 1_500_000;

    fn start(&mut self, seed: u32, out: &mut impl Write) -> Result<Written, Error> {
        self.is_stale = true;
        self.walker.start(seed)?;
        (self.seed, self.t) = (Some(seed), 0);
        Ok(writeln!(out, r#"{{"event":"started","id":"teaching","seed":{seed},"cell":{START}}}"#))
    }

    fn walk(&mut self, out: &mut impl Write) -> Result<Written, Error> {
        self.is_stale = true;
        let Move { from, action, to } = self.walker.walk()?;
        self.t = self.t.wrapping_add(1);
        let (t, action) = (self.t, ACTIONS.get(action).copied().unwrap_or_default());
        Ok(writeln!(out, r#"{{"event":"moved","t":{t},"from":{from},"action":"{action}","cell":{to}}}"#))
    }

    /// The same for a finger and for the line.
    fn press(&mut self, press: Press, out: &mut impl Write) -> Result<Written, Error> {
        self.is_stale = true;
        let is_good = match press {
            Press::Both => {
                self.walker.go_home();
                return Ok(writeln!(out, r#"{{"event":"home","t":{},"cell":{START}}}"#, self.t));
            }
            Press::One(button) => button == Button::A,
        };
        let (t, reward) = (self.t, if is_good { 1 } else { -1 });
        Ok(match self.walker.judge(is_good)? {
            Some(Move { from, action, .. }) => {
                let action = ACTIONS.get(action).copied().unwrap_or_default();
                writeln!(out, r#"{{"event":"judged","t":{t},"cell":{from},"action":"{action}","reward":{reward}}}"#)
            }
            None => writeln!(out, r#"{{"event":"ignored","t":{t}}}"#),
        })
    }

    fn obey(&mut self, line: &Line<'_>, storage: &mut impl Storage, out: &mut impl Write) -> Result<Written, Fault> {
        let whole = |error| Fault::at(0, error);
        let digest = |walker: &Walker| walker.judged.digest();
        Ok(match line.text("cmd")? {
            "hello" => {
                let (bytes, [a, b]) = (size_of::<Self>(), self.fingers.down.map(u32::from));
                write!(out, r#"{{"event":"hello","protocol":{VERSION},"kernel":"{KERNEL}","example":"teaching","#)
                    .and_then(|()| writeln!(out, r#""buttons":[{a},{b}],"state_bytes":{bytes}}}"#))
            }
            "start" => self.start(line.whole("seed")?, out).map_err(whole)?,
            "step" => {
                let n = if line.place("n") == 0 { 1 } else { line.whole("n")? };
                if !(1..=1000).contains(&n) {
                    return Err(Fault::at(line.place("n"), Error::CountOutOfRange));
                }
                for _ in 0..n {
                    if let Err(unwritten) = self.walk(out).map_err(whole)? {
                        return Ok(Err(unwritten));
                    }
                }
                Ok(())
            }
            "button" => {
                let press = named(line, "name", &Press::NAMES)?;
                self.press(press, out).map_err(whole)?
            }
            "show" => {
                let view = named(line, "what", &View::ALL)?;
                (self.view, self.is_stale) = (view, true);
                writeln!(out, r#"{{"event":"showing","what":"{}"}}"#, line.text("what")?)
            }
            "pace" => {
                let ms = line.whole("ms")?;
                if ms > 60_000 {
                    return Err(Fault::at(line.place("ms"), Error::ParameterOutOfRange));
                }
                self.pace = 1000 * ms;
                writeln!(out, r#"{{"event":"pace","ms":{ms}}}"#)
            }
            "digest" => {
                writeln!(out, r#"{{"event":"digest","t":{},"digest":"{:016x}"}}"#, self.t, digest(&self.walker))
            }
            "save" => {
                storage.save(&self.walker.judged).map_err(whole)?;
                writeln!(out, r#"{{"event":"saved","t":{},"digest":"{:016x}"}}"#, self.t, digest(&self.walker))
            }
            "load" => {
                let kept = storage.load().map_err(whole)?;
                checkpoint::load(&mut self.walker.judged, kept).map_err(whole)?;
                self.is_stale = true;
                writeln!(out, r#"{{"event":"loaded","t":{},"digest":"{:016x}"}}"#, self.t, digest(&self.walker))
            }
            _ => return Err(Fault::at(line.place("cmd"), Error::UnknownCommand)),
        })
    }
}

fn named<T: Copy>(line: &Line<'_>, field: &str, names: &[(&str, T)]) -> Result<T, Fault> {
    let text = line.text(field)?;
    let found = names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or(Fault::at(line.place(field), Error::UnknownChoice))
}

/// A fault of the walker itself, which nothing that is pressed or said can bring about.
fn told(done: Result<Written, Error>, out: &mut impl Write) -> Written {
    done.unwrap_or_else(|error| Fault::at(0, error).write(out))
}

impl Conversation for Teaching {
    const EMPTY: Self = Self {
        walker: Walker::EMPTY,
        view: View::Agent,
        seed: None,
        t: 0,
        pace: Self::PACE,
        moved: 0,
        fingers: Fingers::OFF,
        is_stale: true,
    };

    fn line(&mut self, line: &[u8], storage: &mut impl Storage, out: &mut impl Write) -> Written {
        Fields::answer(line, &FIELDS, out, |line, out| self.obey(line, storage, out))
    }

    fn advance(&mut self, board: &mut impl Board) -> Result<bool, Unwritten> {
        let now = board.clock();
        if self.seed.is_none() {
            let seed = board.entropy().unwrap_or(1);
            let mut out = habit_firmware::Line(board);
            let started = self.start(seed, &mut out);
            told(started, &mut out)?;
            self.moved = now;
        }
        let down = [Button::A, Button::B].map(|button| board.pressed(button).unwrap_or(false));
        if let Some(press) = self.fingers.look(down, now) {
            let mut out = habit_firmware::Line(board);
            let pressed = self.press(press, &mut out);
            told(pressed, &mut out)?;
        }
        if self.pace > 0 && now.wrapping_sub(self.moved) >= self.pace {
            self.moved = now;
            let mut out = habit_firmware::Line(board);
            let walked = self.walk(&mut out);
            told(walked, &mut out)?;
        }
        if core::mem::take(&mut self.is_stale) {
            board.show(&self.walker.picture(self.view));
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
