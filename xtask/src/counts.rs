//! How many tests passed, read from what test programs print.

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed, or did not finish.
    pub failed: u32,
}

/// Who prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Nobody counts: the command is one test.
    One,
    /// `cargo nextest`.
    Nextest,
    /// Rust's own harness, for doc tests.
    Harness,
    /// `node --test` with the reporter `spec`.
    Node,
    /// `pytest`.
    Pytest,
}

/// The counts in a program's output. A program that failed without saying that a test did counts as one failed test.
pub fn read(format: Format, success: bool, text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        match format {
            Format::One => {}
            Format::Nextest if line.trim_start().starts_with("Summary [") => {
                counts.passed += before(line, " passed");
                counts.failed += before(line, " failed") + before(line, " timed out");
            }
            Format::Harness if line.starts_with("test result: ") => {
                counts.passed += before(line, " passed");
                counts.failed += before(line, " failed");
            }
            Format::Node => {
                counts.passed += after(line, "ℹ pass ");
                counts.failed += after(line, "ℹ fail ") + after(line, "ℹ cancelled ");
            }
            // Its last line: `1 failed, 2 passed, 1 error in 0.12s`, with `=` around it unless it is quiet.
            Format::Pytest
                if line.trim_matches(['=', ' ']).starts_with(|c: char| c.is_ascii_digit()) && line.contains(" in ") =>
            {
                counts.passed += before(line, " passed");
                counts.failed += before(line, " failed") + before(line, " error");
            }
            Format::Nextest | Format::Harness | Format::Pytest => {}
        }
    }
    if format == Format::One && success {
        counts.passed = 1;
    }
    if !success && counts.failed == 0 {
        counts.failed = 1;
    }
    counts
}

fn before(line: &str, word: &str) -> u32 {
    let Some((head, _)) = line.split_once(word) else {
        return 0;
    };
    head.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn after(line: &str, word: &str) -> u32 {
    line.strip_prefix(word).and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read() {
        let nextest = "     Summary [   0.042s] 36 tests run: 33 passed (1 slow), 2 failed, 1 timed out, 0 skipped\n";
        assert_eq!(read(Format::Nextest, false, nextest), Counts { passed: 33, failed: 3 });
        let harness =
            "test result: ok. 5 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        assert_eq!(read(Format::Harness, false, harness), Counts { passed: 6, failed: 2 });
        let node = "ℹ tests 12\nℹ pass 10\nℹ fail 1\nℹ cancelled 1\n";
        assert_eq!(read(Format::Node, false, node), Counts { passed: 10, failed: 2 });
        let pytest = "test_a.py .F.E  [100%]\n1 failed, 2 passed, 1 error in 0.12s\n";
        assert_eq!(read(Format::Pytest, false, pytest), Counts { passed: 2, failed: 2 });
        let loud = "collected 3 items\n===== 3 passed, 1 warning in 61.20s (0:01:01) =====\n";
        assert_eq!(read(Format::Pytest, true, loud), Counts { passed: 3, failed: 0 });
    }

    #[test]
    fn a_program_without_tests_is_one() {
        assert_eq!(read(Format::One, true, "test result: ok. 5 passed"), Counts { passed: 1, failed: 0 });
        assert_eq!(read(Format::One, false, ""), Counts { passed: 0, failed: 1 });
    }

    #[test]
    fn failing_without_a_count_is_a_failure() {
        assert_eq!(read(Format::Nextest, false, "error: could not compile"), Counts { passed: 0, failed: 1 });
        assert_eq!(read(Format::Nextest, true, ""), Counts::default());
    }
}
