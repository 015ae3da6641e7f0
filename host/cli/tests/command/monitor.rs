//! `habit monitor` at a board that these tests play.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use crate::{command, habit};

/// Ends what hangs; nothing is asserted on it.
const PATIENCE: Duration = Duration::from_secs(120);
const STARTED: &str = r#"{"event":"started","id":"tabular-td.cliff-walking","seed":7,"steps":30,"every":1,"set":""}"#;
const DONE: &str = r#"{"done":true,"digest":"0123456789abcdef","id":"tabular-td.cliff-walking","summary":{}}"#;

/// Every parameter, in many digits.
const LONG: &str = "hint=good,step_size=0.0012345678,reward_step_size=0.000000012345678,discount_step_size=0.000000012345678,\
    discount_penalty=0.000000012345678,entropy_weight=0.000000012345678";

fn sample(step: u32) -> String {
    format!(r#"{{"t":{step},"seed":7,"contender":"SARSA","return":-{step},"length":17,"greedy_path":null}}"#)
}

/// A new terminal: whoever plays it, its device and the name of that. Closed in programs that are started.
fn terminal() -> (File, File, String) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let device = File::options().read(true).write(true).custom_flags(OFlags::NOCTTY.bits() as i32).open(&name);
    (terminal.into(), device.unwrap(), name)
}

/// A folder with a port in it that can be unplugged and plugged in again.
struct Board {
    folder: PathBuf,
    port: Option<File>,
}

impl Board {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("monitor-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut board = Self { folder, port: None };
        board.plug_in();
        board
    }

    fn plug_in(&mut self) {
        let (port, end, name) = terminal();
        let mut raw = tcgetattr(&end).unwrap();
        raw.make_raw();
        tcsetattr(&end, OptionalActions::Now, &raw).unwrap();
        std::os::unix::fs::symlink(name, self.path("next")).unwrap();
        fs::rename(self.path("next"), self.path("port")).unwrap();
        self.port = Some(port);
    }

    fn unplug(&mut self) {
        self.port = None;
        // A device goes with its name.
        fs::remove_file(self.path("port")).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn say(&mut self, line: &str) {
        self.port.as_mut().unwrap().write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    /// What the monitor says next, empty lines aside.
    fn hear(&mut self) -> String {
        let port = self.port.as_mut().unwrap();
        let mut line = String::new();
        loop {
            let mut byte = [0];
            // Until somebody opens the other end, there is none.
            if port.read(&mut byte).is_err() {
                thread::sleep(Duration::from_millis(10));
                continue;
            }
            match byte {
                [b'\n'] if line.is_empty() => {}
                [b'\n'] => return line,
                [byte] => line.push(char::from(byte)),
            }
        }
    }
}

/// Lines of a pipe as they come.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || BufReader::new(from).lines().try_for_each(|line| sender.send(line.unwrap())));
    receiver
}

/// A program that ends with its test, whatever becomes of that.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn monitor(board: &Board, words: &[&str]) -> (Running, Receiver<String>, Receiver<String>) {
    let mut command = command(&["monitor", &board.path("port")]);
    let mut child = command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    (Running(child), lines(out), lines(err))
}

#[test]
fn lines_are_passed_on_noise_is_told_and_an_unplugged_board_is_waited_for() {
    let mut board = Board::new("lines");
    let record = board.path("a.jsonl");
    let (mut child, out, err) = monitor(&board, &["--once", "--record", &record]);
    assert_eq!(board.hear(), r#"{"cmd":"hello"}"#);
    let next = |lines: &Receiver<String>| lines.recv_timeout(PATIENCE).unwrap();
    board.say("}{ nonsense \u{1b}[2J");
    assert_eq!(next(&err), "habit: not a line of the protocol: }{ nonsense \\u{1b}[2J");
    for line in [STARTED, &sample(1)] {
        board.say(line);
        assert_eq!(next(&out), line);
    }
    board.unplug();
    assert!(next(&err).contains("port is gone ("));
    board.plug_in();
    assert!(next(&err).ends_with("port is back"));
    assert_eq!(board.hear(), r#"{"cmd":"hello"}"#);
    for line in [&sample(2), DONE] {
        board.say(line);
        assert_eq!(next(&out), line);
    }
    assert!(child.0.wait().unwrap().success());
    assert_eq!(next(&err), format!("habit: 4 lines recorded in {record}"));
    let kept = [STARTED, &sample(1), &sample(2), DONE].map(|line| format!("{line}\n"));
    assert_eq!(fs::read_to_string(record).unwrap(), kept.concat());
}

#[test]
fn a_run_is_started_where_none_is_and_only_there() {
    let mut board = Board::new("run");
    let words = ["--once", "--run", "cliff-walking", "--steps", "30", "--seed", "7", "--set", "epsilon=0.2"];
    let (mut child, out, _err) = monitor(&board, &words);
    let refused = r#"{"event":"error","code":"not_started","message":"nothing runs","position":0}"#;
    assert_eq!(board.hear(), r#"{"cmd":"digest"}"#);
    board.say(refused);
    let run = board.hear();
    for part in [r#""cmd":"run""#, r#""id":"tabular-td.cliff-walking""#, r#""seed":7"#, r#""steps":30"#, "epsilon=0.2"]
    {
        assert!(run.contains(part), "{run}");
    }
    // As if that had been lost: it is asked again, and a run that is there is left alone.
    assert_eq!(board.hear(), r#"{"cmd":"digest"}"#);
    board.say(r#"{"event":"digest","t":12,"digest":"0123456789abcdef"}"#);
    board.say(DONE);
    assert!(child.0.wait().unwrap().success());
    let printed: Vec<_> = out.iter().collect();
    assert_eq!(printed.len(), 2, "{printed:?}");
}

#[test]
fn samples_are_kept_as_rows() {
    let mut board = Board::new("csv");
    let record = board.path("a.csv");
    for again in 1..=2 {
        let (mut child, _out, _err) = monitor(&board, &["--once", "--record", &record]);
        board.hear();
        for line in [STARTED, &sample(1), DONE] {
            board.say(line);
        }
        assert!(child.0.wait().unwrap().success());
        let rows = "1,7,SARSA,greedy_path,\n1,7,SARSA,length,17\n1,7,SARSA,return,-1\n".repeat(again);
        assert_eq!(fs::read_to_string(&record).unwrap(), format!("t,seed,contender,metric,value\n{rows}"));
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_what_is_wrong_never_begins_one() {
    let mut board = Board::new("wrong");
    let port = board.path("port");
    let other = board.path("other.csv");
    fs::write(&other, "a,b\n").unwrap();
    for (code, words, hint) in [
        (3, vec!["monitor", "/dev/no-such-port"], "there is no such port"),
        (3, vec!["monitor", &port, "--record", &other], "holds something else"),
        (2, vec!["monitor", &port, "--record", "a.txt"], "FILE.jsonl or a FILE.csv"),
        (2, vec!["monitor", &port, "--run", "tabular-td"], "name one of tabular-td."),
        (2, vec!["monitor", &port, "--run", "cliff-walking", "--steps", "0"], "not 0: set --steps"),
        (
            2,
            vec!["monitor", &port, "--run", "behavior-alignment-reward", "--set", LONG],
            "lines of 256 bytes, and this",
        ),
        (2, vec!["monitor", &port, "--seed", "3"], "--run <ID>"),
        (2, vec!["monitor"], "<PORT>"),
    ] {
        let answer = habit(&words);
        assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{words:?}: {}", answer.err);
        assert!(answer.err.lines().count() == 1 && answer.err.contains(hint), "{words:?}: {}", answer.err);
    }
    assert_eq!(fs::read_to_string(other).unwrap(), "a,b\n");

    // A kilobyte is all that may be written.
    let full = board.path("full.jsonl");
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_habit")]);
    limited.args(["monitor", &port, "--record", &full]).stdin(Stdio::null()).stdout(Stdio::null());
    let child = limited.stderr(Stdio::piped()).spawn().unwrap();
    board.hear();
    (1..=20).for_each(|step| board.say(&sample(step)));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    let kept = fs::read_to_string(&full).unwrap();
    let count = kept.lines().count() as u32;
    assert!(said.lines().count() == 1 && said.contains("File too large"), "{said}");
    assert!(said.contains(&format!("; {count} lines recorded in")), "{said}");
    assert_eq!(kept, (1..=count).map(|step| sample(step) + "\n").collect::<String>());
}

/// A monitor at a terminal of 120 times 30, and what it shows.
struct Screen {
    child: Running,
    terminal: File,
    shown: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    device: File,
    /// Those of the terminal before it was used.
    modes: LocalModes,
}

impl Screen {
    fn new(board: &Board) -> Self {
        let (terminal, device, _) = terminal();
        tcsetwinsize(&terminal, Winsize { ws_row: 30, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let modes = tcgetattr(&device).unwrap().local_modes;
        let ends = || Stdio::from(device.try_clone().unwrap());
        // In a session of its own, whose terminal this is.
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait", env!("CARGO_BIN_EXE_habit"), "monitor", &board.path("port")]);
        command.env("TERM", "xterm-256color").stdin(ends()).stdout(ends()).stderr(ends());
        let child = Running(command.spawn().unwrap());
        let mut from = terminal.try_clone().unwrap();
        let (sender, shown) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = from.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let size = |n| NonZeroU16::new(n).unwrap();
        Self { child, terminal, shown, parser: vt100::Parser::new(size(30), size(120), 0), device, modes }
    }

    /// Waits until all of these can be read.
    fn until(&mut self, parts: &[&str]) -> String {
        loop {
            let text = self.parser.screen().contents();
            if parts.iter().all(|part| text.contains(part)) {
                return text;
            }
            let Ok(bytes) = self.shown.recv_timeout(PATIENCE) else { panic!("no {parts:?} in\n{text}") };
            self.parser.process(&bytes);
        }
    }
}

#[test]
fn on_a_terminal_it_plots_survives_an_unplugged_board_and_leaves_all_as_it_was() {
    for end in ["q", "\u{3}"] {
        let mut board = Board::new(if end == "q" { "screen" } else { "screen-control-c" });
        let mut screen = Screen::new(&board);
        board.hear();
        board.say("}{");
        screen.until(&["not a line of the protocol: }{"]);
        board.say(STARTED);
        (1..=12).for_each(|step| board.say(&sample(step)));
        let text = screen.until(&["episode 12 of 30, seed 7", "SARSA -12", "episode 30", "greedy_path"]);
        assert!(text.contains("1 line not understood") && text.contains("q quit"), "{text}");
        assert!(text.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "{text}");
        assert!(screen.parser.screen().alternate_screen() && screen.parser.screen().hide_cursor());
        board.unplug();
        screen.until(&["is gone (", "waiting for it"]);
        board.plug_in();
        board.hear();
        board.say(&sample(13));
        screen.until(&["episode 13 of 30", "SARSA -13"]);
        screen.terminal.write_all(end.as_bytes()).unwrap();
        assert!(screen.child.0.wait().unwrap().success());
        // The cursor comes back last.
        while screen.parser.screen().alternate_screen() || screen.parser.screen().hide_cursor() {
            screen.parser.process(&screen.shown.recv_timeout(PATIENCE).expect("the terminal as it was"));
        }
        assert_eq!(tcgetattr(&screen.device).unwrap().local_modes, screen.modes);
    }
}
