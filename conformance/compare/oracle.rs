//! The oracle as a child whose lines are read until they are enough.

use std::io::{BufRead, BufReader, Error, Result};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The cases of a line, for the kinds whose lines hold several.
pub const CASES_A_LINE: u64 = 20;

/// A running oracle. It is stopped when this is dropped.
pub struct Oracle {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts a stream of one kind that does not end by itself.
    pub fn start(kind: &str, seed: u64) -> Result<Self> {
        let mut command = Command::new("oracle/oracle");
        command.args(["-seed", &seed.to_string(), "-policies", &i32::MAX.to_string()]);
        command.args(["-requests", &CASES_A_LINE.to_string(), kind]);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| Error::other("the oracle has no output"))?;
        Ok(Self { child, lines: BufReader::with_capacity(1 << 20, output) })
    }

    /// The next line in place of what `line` held.
    pub fn read_line(&mut self, line: &mut String) -> Result<()> {
        line.clear();
        match self.lines.read_line(line)? {
            0 => Err(Error::other("the oracle stopped early")),
            _ => Ok(()),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It has nothing to save, and no other way to hear that its reader is done.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
