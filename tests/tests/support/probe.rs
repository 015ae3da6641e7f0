//! Fingers on an emulated board's pins, and eyes on its registers.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

/// QEMU's protocol for tests of devices, beside a core that runs.
pub struct Probe {
    listener: TcpListener,
    call: Option<BufReader<TcpStream>>,
}

impl Probe {
    /// Waits for the emulator's call.
    pub fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").expect("a free port"), call: None }
    }

    /// What the emulator must be told.
    pub fn words(&self) -> [String; 4] {
        let port = self.listener.local_addr().expect("a bound port").port();
        ["-qtest".into(), format!("tcp:127.0.0.1:{port}"), "-qtest-log".into(), "none".into()]
    }

    fn ask(&mut self, command: &str) -> String {
        let listener = &self.listener;
        let call = self.call.get_or_insert_with(|| BufReader::new(listener.accept().expect("the emulator's call").0));
        writeln!(call.get_mut(), "{command}").expect("it listens");
        loop {
            let mut line = String::new();
            assert!(call.read_line(&mut line).expect("it answers") > 0, "the emulator ended at {command}");
            // It tells of interrupts in between.
            if let Some(answer) = line.strip_prefix("OK") {
                return answer.trim().into();
            }
            assert!(!line.starts_with("FAIL") && !line.starts_with("ERR"), "{command}: {line}");
        }
    }

    /// Pulls a pin of the nRF51 up or down.
    pub fn pull(&mut self, pin: u32, up: bool) {
        self.ask(&format!("set_irq_in /machine/nrf51 unnamed-gpio-in {pin} {}", u8::from(up)));
    }

    /// Reads a register.
    pub fn read(&mut self, address: u32) -> u32 {
        let answer = self.ask(&format!("readl {address:#x}"));
        let digits = answer.trim_start_matches("0x");
        u64::from_str_radix(digits, 16).unwrap_or_else(|error| panic!("{answer}: {error}")) as u32
    }
}
