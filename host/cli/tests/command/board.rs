//! `habit deploy` and `habit fetch` without a board.

use std::fs;
use std::path::Path;

use crate::{habit, printed};

#[test]
fn what_cannot_be_done_is_said_in_one_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("board");
    fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (noise, cut, good, port) = (path("noise"), path("cut"), path("good"), path("no-port"));
    printed(&["run", "cliff-walking", "--steps", "2", "--save", &good]);
    let bytes = fs::read(&good).unwrap();
    fs::write(&noise, "noise").unwrap();
    fs::write(&cut, &bytes[..bytes.len() - 1]).unwrap();
    let damaged = path("damaged");
    fs::write(&damaged, bytes.iter().enumerate().map(|(i, byte)| byte ^ u8::from(i == 50)).collect::<Vec<_>>())
        .unwrap();
    for (code, words, hint) in [
        (2, ["deploy", &noise, "--port", &port], "the bytes are not a checkpoint"),
        (2, ["deploy", &cut, "--port", &port], "end too early"),
        (2, ["deploy", &damaged, "--port", &port], "damaged: "),
        (3, ["deploy", &path("missing"), "--port", &port], "cannot be read"),
        (3, ["deploy", &good, "--port", &port], "there is no such port"),
        (3, ["deploy", &good, "--port", &noise], "cannot be opened"),
        (3, ["fetch", &good, "--port", &port], "there is no such port"),
    ] {
        let answer = habit(&words);
        assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{words:?}: {}", answer.err);
        assert!(answer.err.lines().count() == 1 && answer.err.contains(hint), "{words:?}: {}", answer.err);
    }
    assert!(fs::read(&good).unwrap() == bytes, "what was there is kept");
}

#[cfg(unix)]
#[test]
fn a_port_that_is_in_use_and_one_that_nobody_answers_at_are_told_apart() {
    use serialport::{SerialPort, TTYPort};
    let (master, slave) = TTYPort::pair().unwrap();
    let port = slave.name().unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing.habit");
    let words = ["fetch", file.to_str().unwrap(), "--port", &port];
    drop(slave);
    let silent = habit(&words);
    assert!(silent.code == 3 && silent.err.contains("does not answer"), "{}", silent.err);
    let held = serialport::new(&port, 115_200).open().unwrap();
    let busy = habit(&words);
    assert!(busy.code == 3 && busy.err.contains("in use"), "{}", busy.err);
    assert!(!file.exists());
    drop((held, master));
}
