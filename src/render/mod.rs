//! Answers as text for people and for other programs: nothing here decides anything.
//!
//! [`Diagnostic`] shows a finding with its source line, in the look of `rustc`. What is shown comes from the rooms that find it.

use std::fmt;

use crate::span::{Place, SourceText};

mod excerpt;
mod findings;
mod graph;
mod problem;
#[cfg(feature = "sarif")]
#[cfg_attr(docsrs, doc(cfg(feature = "sarif")))]
pub mod sarif;
mod table;

pub use findings::findings;
pub use graph::{Dot, Mermaid};
pub use problem::{loaded, problem};
pub use table::table;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// It keeps something from being done.
    Error,
    /// It is done all the same.
    Warning,
    /// It explains.
    Note,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// A finding with its place in the source, to be printed.
///
/// `Display` shows the message, the source line with the place underlined, and other places beneath. Lines are cut to a window around the
/// place, so that the cost does not grow with a line's length; what is not printable is shown as `·`. A character counts as one column.
///
/// ```
/// use k8s_rbac::render::{Diagnostic, Level, Mark};
/// use k8s_rbac::span::SourceText;
/// let text = SourceText::new("a.yaml", "rules:\n- verbs: [on]\n");
/// let place = text.place(17..19);
/// let mark = Mark { place: &place, text: Some(&text), label: "a boolean" };
/// let diagnostic = Diagnostic { level: Level::Error, message: "expected a string", main: mark, others: vec![], notes: vec![] };
/// assert_eq!(diagnostic.to_string(), "\
/// error: expected a string
///  --> a.yaml:2:11
///   |
/// 2 | - verbs: [on]
///   |           ^^ a boolean
/// ");
/// ```
#[derive(Debug, Clone)]
pub struct Diagnostic<'a> {
    /// How bad it is.
    pub level: Level,
    /// What is found.
    pub message: &'a str,
    /// Where.
    pub main: Mark<'a>,
    /// Other places that belong to it.
    pub others: Vec<Mark<'a>>,
    /// Further lines at the end.
    pub notes: Vec<String>,
}

/// A place, and what is said of it.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The place.
    pub place: &'a Place,
    /// The text that it is in; without it only the name, the line and the column are shown.
    pub text: Option<&'a SourceText>,
    /// What is said beside the underlining; may be empty.
    pub label: &'a str,
}
