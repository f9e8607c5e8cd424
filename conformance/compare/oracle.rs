//! The oracle as a child process: a stream of cases of its own, or its answers to lines that it is given.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The cases of a line, for the kinds whose lines hold several.
pub const CASES_A_LINE: u64 = 20;

/// A stream of random lines that does not end by itself.
pub struct Stream(Running);

impl Stream {
    pub fn start(kind: &str, seed: u64) -> Result<Self> {
        let (seed, requests) = (seed.to_string(), CASES_A_LINE.to_string());
        Running::start(&["-seed", &seed, "-policies", "2147483647", "-requests", &requests, kind]).map(Self)
    }

    /// The next line in place of what `line` held.
    pub fn read_line(&mut self, line: &mut String) -> Result<()> {
        self.0.read_line(line)
    }
}

/// The answers to lines that are given one by one.
pub struct Answers {
    questions: ChildStdin,
    oracle: Running,
}

impl Answers {
    pub fn start(kind: &str) -> Result<Self> {
        let mut oracle = Running::start(&["answer", kind])?;
        let questions = oracle.child.stdin.take().ok_or_else(|| Error::other("the oracle has no input"))?;
        Ok(Self { questions, oracle })
    }

    /// The line with upstream's answers, or `null` where it has none.
    pub fn ask(&mut self, line: &str) -> Result<String> {
        writeln!(self.questions, "{line}")?;
        let mut answered = String::new();
        self.oracle.read_line(&mut answered).map(|()| answered)
    }
}

/// A running oracle. It is stopped when this is dropped.
struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// What upstream's code logs on the way is no answer, and is not shown.
    fn start(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new("oracle/oracle");
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or_else(|| Error::other("the oracle has no output"))?;
        Ok(Self { child, lines: BufReader::with_capacity(1 << 20, output) })
    }

    fn read_line(&mut self, line: &mut String) -> Result<()> {
        line.clear();
        match self.lines.read_line(line)? {
            0 => Err(Error::other("the oracle stopped early")),
            _ => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has nothing to save, and no other way to hear that its reader is done.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
