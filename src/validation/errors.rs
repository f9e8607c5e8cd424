//! Gathers field errors in upstream's order, and writes their values as upstream does.

use std::borrow::{Borrow, Cow};
use std::fmt::{self, Display};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::IndexSet;

use crate::names::Problems;
use crate::quote::Quoted;
use crate::span::{FieldError, FieldErrorKind, FieldPath, SourceMap};
use crate::version::{Behaviour, KubeVersion};

/// The errors of one object: those of the hand-written checks as they come, and after them all those of the declarative ones.
#[derive(Debug)]
pub(super) struct Errors {
    version: KubeVersion,
    hand_written: Vec<FieldError>,
    declarative: Vec<FieldError>,
}

impl Errors {
    /// No errors yet; they will be in the words of the version.
    pub(super) const fn of(version: KubeVersion) -> Self {
        Self { version, hand_written: Vec::new(), declarative: Vec::new() }
    }

    /// Whether the version behaves so.
    pub(super) fn has(&self, behaviour: Behaviour) -> bool {
        self.version.has(behaviour)
    }

    pub(super) fn required(&mut self, path: FieldPath, detail: &'static str) {
        self.push(FieldErrorKind::Required, path, None, detail.into());
    }

    /// A missing value that the declarative checks found: they give no detail, and come last.
    pub(super) fn required_by_declaration(&mut self, path: FieldPath) {
        let (kind, detail) = (FieldErrorKind::Required, Cow::Borrowed(""));
        self.declarative.push(FieldError { kind, path, value: None, detail, place: None });
    }

    pub(super) fn invalid(&mut self, path: FieldPath, value: impl Display, detail: impl Into<Cow<'static, str>>) {
        self.push(FieldErrorKind::Invalid, path, Some(value.to_string().into()), detail.into());
    }

    /// One error for each problem of a string.
    pub(super) fn names(&mut self, path: impl FnOnce() -> FieldPath, value: &str, problems: Problems) {
        if problems.is_empty() {
            return;
        }
        let (path, value): (_, Arc<str>) = (path(), Quoted(value).to_string().into());
        for problem in problems {
            let problem = self.in_words_of_the_time(problem);
            self.push(FieldErrorKind::Invalid, path.clone(), Some(Arc::clone(&value)), problem);
        }
    }

    /// What is wrong with a name, as the version words it.
    fn in_words_of_the_time(&self, problem: Cow<'static, str>) -> Cow<'static, str> {
        let mut problem = problem;
        if !self.version.has(Behaviour::LabelLengthsAreInBytes) && problem.ends_with(" bytes") {
            problem = problem.replace(" bytes", " characters").into();
        }
        if !self.version.has(Behaviour::NamesFollowRfc1123) && problem.contains("a lowercase RFC 1123") {
            problem = problem.replace("a lowercase RFC 1123", "a DNS-1123").into();
        }
        problem
    }

    /// The same for a value that is written already.
    pub(super) fn shared(&mut self, path: FieldPath, value: &Arc<str>, detail: String) {
        self.push(FieldErrorKind::Invalid, path, Some(Arc::clone(value)), detail.into());
    }

    pub(super) fn not_supported(&mut self, path: FieldPath, value: impl Display, supported: &[&str]) {
        let mut detail = "supported values: ".to_owned();
        for (i, value) in supported.iter().enumerate() {
            detail.push_str(if i == 0 { "" } else { ", " });
            detail.push_str(&Quoted(value).to_string());
        }
        self.push(FieldErrorKind::NotSupported, path, Some(value.to_string().into()), detail.into());
    }

    pub(super) fn forbidden(&mut self, path: FieldPath, detail: impl Into<Cow<'static, str>>) {
        self.push(FieldErrorKind::Forbidden, path, None, detail.into());
    }

    pub(super) fn too_long(&mut self, path: FieldPath, max: usize) {
        let limit = if self.version.has(Behaviour::TooLongMayNotBeMore) { "may not be more than" } else { "must have at most" };
        self.push(FieldErrorKind::TooLong, path, None, format!("{limit} {max} bytes").into());
    }

    fn push(&mut self, kind: FieldErrorKind, path: FieldPath, value: Option<Arc<str>>, detail: Cow<'static, str>) {
        self.hand_written.push(FieldError { kind, path, value, detail, place: None });
    }

    /// Whether anything was found.
    pub(super) fn is_empty(&self) -> bool {
        self.hand_written.is_empty() && self.declarative.is_empty()
    }

    /// The errors in order, each once if the version does so, with the place of each where the object was read from text.
    pub(super) fn finish(self, source: Option<&SourceMap>) -> Vec<FieldError> {
        let mut errors = self.hand_written;
        if self.version.has(Behaviour::TellsErrorsOnce) {
            let distinct: IndexSet<Distinct<FieldError>> = errors.into_iter().map(Distinct).collect();
            errors = distinct.into_iter().map(|Distinct(error)| error).collect();
        }
        errors.extend(self.declarative);
        if let Some(source) = source {
            for error in &mut errors {
                error.place = Some(source.nearest(error.path.as_str()));
            }
        }
        errors
    }
}

/// An error that is told once. Long values take no part in the hash: one value may stand in many errors.
pub(super) struct Distinct<T>(pub(super) T);

const HASHED: usize = 1024;

impl<T: Borrow<FieldError>> PartialEq for Distinct<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.borrow() == other.0.borrow()
    }
}

impl<T: Borrow<FieldError>> Eq for Distinct<T> {}

impl<T: Borrow<FieldError>> Hash for Distinct<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let FieldError { path, value, detail, .. } = self.0.borrow();
        (path, detail, value.as_ref().map(|value| value.len())).hash(state);
        value.as_ref().filter(|value| value.len() <= HASHED).hash(state);
    }
}

/// A value that may be absent, which `encoding/json` writes as `null`.
pub(super) struct JsonOption<T>(pub(super) Option<T>);

impl<T: Display> Display for JsonOption<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}
