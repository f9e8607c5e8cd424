//! The entries: text, bytes and files to [`Loaded`], and the report that everything below writes into.

use std::path::Path;
use std::sync::Arc;

use hashbrown::HashMap;

use super::node::{Failure, FailureKind};
use super::problem::{LimitKind, Problem, ProblemKind};
use super::{FieldValidation, Limits, Loaded, Loader, SameObject, Skipped, cut, document};
use crate::model::{Located, Object, ObjectKey};
use crate::span::{FieldPath, Place, SourceText};

impl Loader {
    /// Reads a text. `name` is what places in it are called by, its file name as a rule.
    ///
    /// Nothing is lost without a word: look at [`Loaded::problems`], or take [`Loaded::into_result`]. Cost: `O(text)`, within the limits.
    pub fn read_str(&self, name: &str, text: &str) -> Loaded {
        if text.len() > self.limits.bytes() {
            return self.too_long(name);
        }
        let source = SourceText::new(name, text);
        let mut report = Report::new(&source, self);
        report.stream();
        report.finish()
    }

    /// Reads bytes, which must be UTF-8; what stands before the first byte that is not is read. Else as [`Loader::read_str`].
    pub fn read_bytes(&self, name: &str, bytes: &[u8]) -> Loaded {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.read_str(name, text),
            Err(error) => self.read_until(name, bytes, error.valid_up_to()),
        }
    }

    /// Reads a file. Else as [`Loader::read_bytes`].
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_path(&self, path: impl AsRef<Path>) -> std::io::Result<Loaded> {
        let path = path.as_ref();
        let bytes = std::fs::read(path)?;
        Ok(self.read_bytes(&path.to_string_lossy(), &bytes))
    }

    fn read_until(&self, name: &str, bytes: &[u8], end: usize) -> Loaded {
        let good = bytes.get(..end).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default();
        if good.len() > self.limits.bytes() {
            return self.too_long(name);
        }
        let source = SourceText::new(name, good);
        let mut report = Report::new(&source, self);
        report.stream();
        let at = u32::try_from(end).unwrap_or(u32::MAX);
        report.problem((at, at), "", ProblemKind::NotUtf8);
        report.finish()
    }

    fn too_long(&self, name: &str) -> Loaded {
        let source = SourceText::new(name, "");
        let mut report = Report::new(&source, self);
        report.limit(0, LimitKind::Bytes);
        report.finish()
    }
}

/// What reading has come to so far.
pub(super) struct Report<'s> {
    source: &'s SourceText,
    loader: &'s Loader,
    pub(super) objects: Vec<Located<Object>>,
    pub(super) documents: usize,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    skipped: Vec<Skipped>,
    skipped_places: HashMap<(String, String), usize>,
}

impl<'s> Report<'s> {
    fn new(source: &'s SourceText, loader: &'s Loader) -> Self {
        Self {
            source,
            loader,
            objects: Vec::new(),
            documents: 0,
            problems: Vec::new(),
            warnings: Vec::new(),
            skipped: Vec::new(),
            skipped_places: HashMap::new(),
        }
    }

    fn stream(&mut self) {
        let text = self.source.text();
        for (number, piece) in cut::pieces(text).enumerate() {
            if number >= self.loader.limits.documents {
                return self.limit(piece.bytes.start, LimitKind::Documents);
            }
            match piece.behind_dashes {
                None => document::piece(piece.bytes, self),
                Some(behind) if self.loader.validation == FieldValidation::Strict => {
                    let found = text.get(behind.clone()).unwrap_or_default().to_owned();
                    self.problem((offset(behind.start), offset(behind.end)), "", ProblemKind::Separator { found });
                }
                Some(behind) => document::piece(behind.start..piece.bytes.end, self),
            }
        }
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.loader.limits
    }

    pub(super) const fn keeps_spans(&self) -> bool {
        !self.loader.without_spans
    }

    pub(super) const fn coerces(&self) -> bool {
        self.loader.coerce
    }

    pub(super) const fn text(&self) -> &'s str {
        self.source.text()
    }

    pub(super) fn name(&self) -> Arc<str> {
        Arc::clone(self.source.name())
    }

    pub(super) fn place(&self, bytes: (u32, u32)) -> Place {
        self.source.place(bytes.0 as usize..bytes.1 as usize)
    }

    pub(super) fn problem(&mut self, bytes: (u32, u32), path: &str, kind: ProblemKind) {
        let problem = Problem { place: self.place(bytes), path: FieldPath::new(path), kind };
        push(&mut self.problems, problem, self.loader.limits.problems);
    }

    /// Notes something that is a problem, a warning or nothing by the field validation; says whether it is a problem.
    pub(super) fn leniently(&mut self, bytes: (u32, u32), path: &str, kind: ProblemKind) -> bool {
        match self.loader.validation {
            FieldValidation::Strict => self.problem(bytes, path, kind),
            FieldValidation::Warn => {
                let warning = Problem { place: self.place(bytes), path: FieldPath::new(path), kind };
                push(&mut self.warnings, warning, self.loader.limits.problems);
            }
            FieldValidation::Ignore => {}
        }
        self.loader.validation == FieldValidation::Strict
    }

    pub(super) fn failure(&mut self, failure: Failure) {
        let kind = match failure.kind {
            FailureKind::Syntax(message) => ProblemKind::Syntax { message },
            FailureKind::Value(message) => ProblemKind::Value { message },
            FailureKind::Alias(message) => ProblemKind::Alias { message },
            FailureKind::Limit(limit) => return self.limit(failure.start, limit),
        };
        self.problem((offset(failure.start), offset(failure.end)), "", kind);
    }

    fn limit(&mut self, at: usize, limit: LimitKind) {
        let max = self.loader.limits.of(limit);
        self.problem((offset(at), offset(at)), "", ProblemKind::Limit { limit, max });
    }

    pub(super) fn skip(&mut self, api_version: String, kind: String, bytes: (u32, u32)) {
        let key = (api_version, kind);
        if let Some(skipped) = self.skipped_places.get(&key).and_then(|&place| self.skipped.get_mut(place)) {
            skipped.count += 1;
            return;
        }
        self.skipped_places.insert(key.clone(), self.skipped.len());
        let (api_version, kind) = key;
        self.skipped.push(Skipped { api_version, kind, count: 1, first: self.place(bytes) });
    }

    fn finish(self) -> Loaded {
        let Self { objects, documents, mut problems, mut warnings, skipped, .. } = self;
        sort(&mut problems);
        sort(&mut warnings);
        let mut loaded = Loaded { objects, problems, warnings, skipped, documents };
        loaded.settle_same_objects(self.loader.same_object, self.loader.limits.problems, self.source);
        loaded
    }
}

impl Loaded {
    /// Finds objects whose key was there before.
    fn settle_same_objects(&mut self, rule: SameObject, most: usize, source: &SourceText) {
        let mut places: HashMap<ObjectKey, usize> = HashMap::with_capacity(self.objects.len());
        let mut kept: Vec<Located<Object>> = Vec::with_capacity(self.objects.len());
        for object in std::mem::take(&mut self.objects) {
            let key = object.key();
            let first = if key.name.is_empty() { None } else { places.get(&key).copied() };
            let Some(first) = first.and_then(|place| kept.get_mut(place)) else {
                places.insert(key, kept.len());
                kept.push(object);
                continue;
            };
            let told = same_object(key, first, &object, source);
            match rule {
                SameObject::Refuse => push(&mut self.problems, told, most),
                SameObject::Replace => {
                    push(&mut self.warnings, told, most);
                    *first = object;
                }
            }
        }
        self.objects = kept;
        sort(&mut self.problems);
        sort(&mut self.warnings);
    }
}

fn same_object(key: ObjectKey, first: &Located<Object>, again: &Located<Object>, source: &SourceText) -> Problem {
    let name = |object: &Located<Object>| object.source().map(|map| map.nearest("metadata.name"));
    let place = name(again).unwrap_or_else(|| source.place(0..0));
    let path = FieldPath::new("metadata").child("name");
    Problem { place, path, kind: ProblemKind::DuplicateObject { object: key, first: name(first) } }
}

/// Adds a problem as long as there is room, and once that there is none.
fn push(problems: &mut Vec<Problem>, problem: Problem, most: usize) {
    match problems.len().cmp(&most) {
        std::cmp::Ordering::Less => problems.push(problem),
        std::cmp::Ordering::Equal => {
            let kind = ProblemKind::Limit { limit: LimitKind::Problems, max: most };
            problems.push(Problem { place: problem.place, path: FieldPath::default(), kind });
        }
        std::cmp::Ordering::Greater => {}
    }
}

/// By place; what is told twice of a place, because an alias leads there, is told once.
fn sort(problems: &mut Vec<Problem>) {
    problems.sort_by(|a, b| a.place.cmp(&b.place));
    problems.dedup_by(|a, b| a.place == b.place && a.kind == b.kind);
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
