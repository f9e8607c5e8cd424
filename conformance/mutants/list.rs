//! The list of `cargo mutants --list --json`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Result;

#[derive(Debug, Deserialize)]
pub struct Mutant {
    pub name: String,
    pub file: String,
    pub span: Span,
    pub replacement: String,
    pub genre: Genre,
}

#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

#[derive(Debug, Deserialize)]
pub struct Span {
    pub start: Place,
}

/// Line and column, both from 1; the column in characters.
#[derive(Debug, Deserialize, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl From<proc_macro2::LineColumn> for Place {
    fn from(at: proc_macro2::LineColumn) -> Self {
        Self { line: at.line, column: at.column + 1 }
    }
}

pub fn read(path: &Path) -> Result<Vec<Mutant>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

impl Mutant {
    /// The room that it lies in: the first folder or file below `src`.
    pub fn room(&self) -> &str {
        let below = self.file.trim_start_matches("src/");
        below.split(['/', '.']).next().unwrap_or_default()
    }
}
