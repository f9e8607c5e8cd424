//! The entries: text, bytes and files to [`Loaded`].

use std::path::Path;
use std::sync::Arc;

use super::cut::Piece;
use super::document::Leading;
use super::node::Failure;
use super::report::Report;
use super::{FieldValidation, LimitKind, Loaded, Loader, ProblemKind, cut, document};
use crate::span::SourceText;

impl Loader {
    /// Reads a text. `name` is what places in it are called by, its file name as a rule.
    ///
    /// Nothing is lost without a word: look at [`Loaded::problems`], or take [`Loaded::into_result`]. Cost: `O(text)`, within the limits.
    pub fn read_str(&self, name: &str, text: &str) -> Loaded {
        self.read_all([(name, text)])
    }

    /// Reads several texts, each with its name, as one: an object that stands in two of them is told.
    ///
    /// ```
    /// use k8s_rbac::load::Loader;
    /// let text = r#"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "dev"}}"#;
    /// let loaded = Loader::new().read_all([("a.json", text), ("b.json", text)]);
    /// let told = loaded.into_result().unwrap_err();
    /// assert_eq!(told.to_string(), "b.json:1:64: metadata.name: Namespace dev stands at a.json:1:64 already");
    /// ```
    pub fn read_all<'a>(&self, texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Loaded {
        let mut report = Report::new(self);
        for (name, text) in texts {
            read(&mut report, name, text);
        }
        report.finish()
    }

    /// Reads bytes, which must be UTF-8; what stands before the first byte that is not is read. Else as [`Loader::read_str`].
    ///
    /// ```
    /// use k8s_rbac::load::{Loader, ProblemKind};
    /// let loaded = Loader::new().read_bytes("a.yaml", b"kind: \xff\n");
    /// assert!(loaded.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::NotUtf8)));
    /// ```
    pub fn read_bytes(&self, name: &str, bytes: &[u8]) -> Loaded {
        let mut report = Report::new(self);
        read_bytes(&mut report, name, bytes);
        report.finish()
    }

    /// Reads files, as [`Loader::read_all`] reads texts. It does not look into folders.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read_paths<P: AsRef<Path>>(&self, paths: impl IntoIterator<Item = P>) -> std::io::Result<Loaded> {
        let mut report = Report::new(self);
        for path in paths {
            let path = path.as_ref();
            read_bytes(&mut report, &path.to_string_lossy(), &std::fs::read(path)?);
        }
        Ok(report.finish())
    }

    /// Reads one file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_path(&self, path: impl AsRef<Path>) -> std::io::Result<Loaded> {
        self.read_paths([path])
    }
}

fn read_bytes(report: &mut Report<'_>, name: &str, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(report, name, text),
        Err(error) => {
            let end = error.valid_up_to();
            let good = bytes.get(..end).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default();
            read(report, name, good);
            report.problem_at(good.len(), ProblemKind::NotUtf8);
        }
    }
}

fn read(report: &mut Report<'_>, name: &str, text: &str) {
    if text.len() > report.limits().bytes() {
        report.begin(SourceText::new(name, ""));
        return report.limit(0, LimitKind::Bytes);
    }
    let source = report.begin(SourceText::new(name, text));
    stream(report, &source);
}

fn stream(report: &mut Report<'_>, source: &Arc<SourceText>) {
    let text = source.text();
    let Leading { values, rest, mut failure } = document::leading(text, report.limits().documents, report);
    if rest >= text.len() && values > 0 {
        return;
    }
    if values > 1 {
        report.problem_at(rest, ProblemKind::Syntax { message: AFTER_JSON.to_owned() });
    }
    // What follows a value without a separator is no document more.
    let is_separated = text.get(rest..).is_some_and(|rest| rest.starts_with("---"));
    let mut documents = if is_separated { values } else { values.saturating_sub(1) };
    for piece in cut::pieces(text, rest) {
        let room = report.limits().documents.saturating_sub(documents);
        if room == 0 {
            return report.limit(piece.bytes.start, LimitKind::Documents);
        }
        let of_json = failure.take();
        documents += read_piece(text, piece, room, report).unwrap_or_else(|failure| {
            report.failure(of_json.unwrap_or(failure));
            1
        });
    }
}

/// Reads a piece as [`document::piece`] does, with what stands behind its dashes if that may be.
fn read_piece(text: &str, piece: Piece, room: usize, report: &mut Report<'_>) -> Result<usize, Failure> {
    let Some(behind) = piece.behind_dashes.clone() else {
        return document::piece(text, &piece, room, report);
    };
    if report.validation() == FieldValidation::Strict {
        let found = text.get(behind.clone()).unwrap_or_default().to_owned();
        report.problem_in(behind, ProblemKind::Separator { found });
        return Ok(1);
    }
    document::piece(text, &Piece { bytes: behind.start..piece.bytes.end, ..piece }, room, report)
}

/// After two JSON values `YAMLOrJSONDecoder` takes nothing else; after one it goes on with YAML.
const AFTER_JSON: &str = "expected another JSON value after two of them, found a line of dashes";
