//! The places of fields, gathered while an object is read.

use crate::span::{Written, WrittenStep};

/// The last step of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// A field that the type names.
    Field(&'static str),
    /// A field that the type carries, or does not know.
    Flat(&'a str),
    /// An entry of a map.
    Key(&'a str),
    /// An element of a list, from 0.
    Index(usize),
}

/// Fields that are finished, and those whose parent is still being read.
#[derive(Debug, Default)]
pub(super) struct Places {
    table: Vec<Written>,
    waiting: Vec<Written>,
}

impl Places {
    /// Begins a field; what is closed from now on until it is closed itself is below it.
    pub(super) fn open(&mut self) -> usize {
        self.waiting.len()
    }

    /// Ends the field that was opened when this many were waiting.
    pub(super) fn close(&mut self, opened: usize, step: Step<'_>, key: (u32, u32), value: (u32, u32)) {
        let below = self.settle(opened);
        let step = match step {
            Step::Field(name) => WrittenStep::Field(name.into()),
            Step::Flat(name) => WrittenStep::Field(name.to_owned().into()),
            Step::Key(key) => WrittenStep::Key(key.into()),
            Step::Index(index) => WrittenStep::Index(u32::try_from(index).unwrap_or(u32::MAX)),
        };
        self.waiting.push(Written { step, key, value, below });
    }

    /// The range of the object's own fields, and the table.
    pub(super) fn finish(mut self) -> ((u32, u32), Vec<Written>) {
        (self.settle(0), self.table)
    }

    fn settle(&mut self, opened: usize) -> (u32, u32) {
        if let Some(siblings) = self.waiting.get_mut(opened..) {
            siblings.sort_by(|a, b| a.step.cmp(&b.step));
        }
        let start = count(&self.table);
        self.table.extend(self.waiting.drain(opened..));
        (start, count(&self.table))
    }
}

/// There are fewer fields than nodes, and nodes are counted in 32 bits.
fn count(table: &[Written]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}
