//! Runs images in emulators.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use habit_tests::root;

/// Ends what hangs; nothing is asserted on it.
const PATIENCE: Duration = Duration::from_secs(300);

/// The emulator that these words start, with an image. All of them understand the options of QEMU that are used here.
fn emulator(words: &[&str], image: &Path) -> Command {
    let [program, options @ ..] = words else { panic!("no emulator is named") };
    let mut command = Command::new(program);
    command.args(options).args(["-nographic", "-kernel"]).arg(image).current_dir(root());
    command
}

fn qemu(machine: &str, image: &Path) -> Command {
    emulator(&["qemu-system-arm", "-machine", machine], image)
}

fn start(mut command: Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.spawn().unwrap_or_else(|error| {
        let program = command.get_program().to_string_lossy();
        panic!("{program} cannot be started ({error}): install it, or let `cargo xtask test firmware` do so")
    })
}

/// Lines as they come, until the emulator ends.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Runs an image that prints and ends by semihosting, and returns what it printed.
pub fn run(machine: &str, image: &Path) -> String {
    watch(machine, qemu(machine, image))
}

/// As [`run`], with a clock that counts instructions: one a nanosecond.
pub fn count(machine: &str, image: &Path) -> String {
    let mut command = qemu(machine, image);
    command.args(["-icount", "shift=0"]);
    watch(machine, command)
}

fn watch(machine: &str, mut command: Command) -> String {
    command.args(["-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native"]);
    let mut child = start(command);
    let lines = lines(child.stdout.take().expect("a pipe"));
    let mut text = String::new();
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => text += &(line + "\n"),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill().expect("an end");
                panic!("the image on {machine} hangs after\n{text}");
            }
        }
    }
    let status = child.wait().expect("an end");
    assert!(status.success(), "the image on {machine} failed after\n{text}");
    text
}

/// A line that a board answers whatever it is doing, and the answer; another one for every attempt.
pub type Question = fn(u64) -> (String, String);

/// A board in its emulator, its serial line in our hands.
pub struct Emulated {
    child: Child,
    image: PathBuf,
    input: ChildStdin,
    lines: Receiver<String>,
    /// Where the emulator's monitor calls.
    monitor: TcpListener,
    /// Its call, once it was answered.
    call: Option<TcpStream>,
    question: Question,
}

impl Emulated {
    /// Switches the board on and waits until it answers.
    pub fn start(words: &[&str], image: &Path, question: Question) -> Self {
        let mut board = Self::switch_on(words, image, "stdio", question);
        board.answers();
        board
    }

    fn switch_on(words: &[&str], image: &Path, serial: &str, question: Question) -> Self {
        let monitor = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = monitor.local_addr().expect("a bound port").port();
        let mut command = emulator(words, image);
        command.args(["-serial", serial, "-monitor", &format!("tcp:127.0.0.1:{port}")]);
        let mut child = start(command);
        let input = child.stdin.take().expect("a pipe");
        let lines = lines(child.stdout.take().expect("a pipe"));
        let image = image.to_owned();
        Self { child, image, input, lines, monitor, call: None, question }
    }

    /// Switches the board on with its serial line at a pseudo-terminal, and returns the terminal's path. Nobody asks whether it
    /// answers.
    pub fn at_terminal(words: &[&str], image: &Path) -> (Self, String) {
        let mut board = Self::switch_on(words, image, "pty", |_| Default::default());
        writeln!(board.monitor(), "info chardev").expect("it listens");
        let mut told = BufReader::new(board.monitor().try_clone().expect("a connection")).lines();
        let path = told.find_map(|line| Some(line.expect("text").split_once("filename=pty:")?.1.trim().to_owned()));
        (board, path.expect("a terminal"))
    }

    /// The image that runs.
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// Waits until the board answers, and returns what it says before. What is sent to a board that does not listen is
    /// lost, so it is asked again and again.
    pub fn answers(&mut self) -> Vec<String> {
        let mut before = Vec::new();
        for attempt in 0..PATIENCE.as_secs() {
            let (question, answer) = (self.question)(attempt);
            self.say(&format!("\n{question}"));
            // Soon at first, and never too soon for a slow one for long.
            let wait = Duration::from_millis(1000.min(100 * (attempt + 1)));
            while let Ok(line) = self.lines.recv_timeout(wait) {
                if line == answer {
                    return before;
                }
                before.push(line);
            }
        }
        panic!("the board does not answer; it said {before:#?}");
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).and_then(|()| self.input.flush()).expect("the emulator runs");
    }

    /// Sends a line.
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\n").as_bytes());
    }

    /// The next line.
    pub fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("the board says nothing more: {error}"))
    }

    /// The lines up to one that contains `end`, included.
    pub fn until(&mut self, end: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.line());
            if lines.last().is_some_and(|line| line.contains(end)) {
                return lines;
            }
        }
    }

    fn monitor(&mut self) -> &mut TcpStream {
        let monitor = &self.monitor;
        self.call.get_or_insert_with(|| monitor.accept().expect("the monitor's call").0)
    }

    /// Resets the board, whatever it is doing, as a power cut would, and waits until it answers.
    pub fn reset(&mut self) -> Vec<String> {
        writeln!(self.monitor(), "system_reset").expect("it listens");
        self.answers()
    }

    /// Switches the board off and returns `length` bytes of its memory from `address` on.
    pub fn memory(mut self, address: u32, length: usize) -> Vec<u8> {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("memory-{}", self.child.id()));
        write!(self.monitor(), "stop\nmemsave {address:#x} {length} \"{}\"\nquit\n", file.display())
            .expect("it listens");
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        let memory = std::fs::read(&file).unwrap_or_else(|error| panic!("the emulator saved no memory: {error}"));
        let _ = std::fs::remove_file(&file);
        assert_eq!(memory.len(), length, "the emulator saved only a part of the memory");
        memory
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
