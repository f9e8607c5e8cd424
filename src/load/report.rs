//! What reading has come to so far; everything below writes into it.

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use super::node::{Failure, FailureKind};
use super::places::Places;
use super::problem::{LimitKind, Problem, ProblemKind};
use super::{FieldValidation, Limits, Loaded, Loader, SameObject, Skipped};
use crate::model::{Located, Object, ObjectKey};
use crate::span::{FieldPath, Place, SourceMap, SourceText};

/// What reading has come to so far.
pub(super) struct Report<'s> {
    loader: &'s Loader,
    /// The text that is being read.
    source: Arc<SourceText>,
    loaded: Loaded,
    /// Where each object was read.
    origins: Vec<(Arc<SourceText>, (u32, u32))>,
    skipped: HashMap<(String, String), usize>,
}

impl<'s> Report<'s> {
    pub(super) fn new(loader: &'s Loader) -> Self {
        let source = Arc::new(SourceText::new("", ""));
        Self { loader, source, loaded: Loaded::default(), origins: Vec::new(), skipped: HashMap::new() }
    }

    /// Begins another text.
    pub(super) fn begin(&mut self, source: SourceText) -> Arc<SourceText> {
        self.source = Arc::new(source);
        self.loaded.texts.push(Arc::clone(&self.source));
        Arc::clone(&self.source)
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.loader.limits
    }

    pub(super) const fn validation(&self) -> FieldValidation {
        self.loader.validation
    }

    pub(super) const fn keeps_spans(&self) -> bool {
        !self.loader.without_spans
    }

    pub(super) const fn coerces(&self) -> bool {
        self.loader.coerce
    }

    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    pub(super) fn place(&self, bytes: (u32, u32)) -> Place {
        self.source.place(bytes.0 as usize..bytes.1 as usize)
    }

    /// Counts a document that is not empty.
    pub(super) fn document(&mut self) {
        self.loaded.documents += 1;
    }

    pub(super) fn object(&mut self, object: Object, bytes: (u32, u32), places: Option<Places>) {
        let document = u32::try_from(self.loaded.documents.saturating_sub(1)).unwrap_or(u32::MAX);
        let map = places.map(|places| {
            let (top, table) = places.finish();
            Arc::new(SourceMap::new(Arc::clone(&self.source), document, bytes, top, table))
        });
        self.loaded.objects.push(Located::new(object, map));
        self.origins.push((Arc::clone(&self.source), bytes));
    }

    /// Notes what a server says to an object that it cannot decode, as long as there is room.
    pub(super) fn refused(&mut self, message: Option<String>) {
        let room = self.loaded.refused.len() < self.loader.limits.problems;
        self.loaded.refused.extend(message.filter(|_| room));
    }

    pub(super) fn problem(&mut self, bytes: (u32, u32), path: &str, kind: ProblemKind) {
        let problem = Problem { place: self.place(bytes), path: FieldPath::new(path), kind };
        push(&mut self.loaded.problems, problem, self.loader.limits.problems);
    }

    pub(super) fn problem_in(&mut self, bytes: Range<usize>, kind: ProblemKind) {
        self.problem((offset(bytes.start), offset(bytes.end)), "", kind);
    }

    pub(super) fn problem_at(&mut self, at: usize, kind: ProblemKind) {
        self.problem_in(at..at, kind);
    }

    /// Notes something that is a problem, a warning or nothing by the field validation; says whether it is a problem.
    pub(super) fn leniently(&mut self, bytes: (u32, u32), path: &str, kind: ProblemKind) -> bool {
        match self.loader.validation {
            FieldValidation::Strict => self.problem(bytes, path, kind),
            FieldValidation::Warn => {
                let warning = Problem { place: self.place(bytes), path: FieldPath::new(path), kind };
                push(&mut self.loaded.warnings, warning, self.loader.limits.problems);
            }
            FieldValidation::Ignore => {}
        }
        self.loader.validation == FieldValidation::Strict
    }

    /// Notes that a document could not be read.
    pub(super) fn failure(&mut self, failure: Failure) {
        let kind = match failure.kind {
            FailureKind::Syntax(message) => ProblemKind::Syntax { message },
            FailureKind::Value(message) => ProblemKind::Value { message },
            FailureKind::Alias(message) => ProblemKind::Alias { message },
            FailureKind::Limit(limit) => return self.limit(failure.start, limit),
        };
        self.problem_in(failure.start..failure.end, kind);
    }

    pub(super) fn limit(&mut self, at: usize, limit: LimitKind) {
        let max = self.loader.limits.of(limit);
        self.problem_at(at, ProblemKind::Limit { limit, max });
    }

    pub(super) fn skip(&mut self, api_version: String, kind: String, bytes: (u32, u32)) {
        let key = (api_version, kind);
        if let Some(skipped) = self.skipped.get(&key).and_then(|&place| self.loaded.skipped.get_mut(place)) {
            skipped.count += 1;
            return;
        }
        self.skipped.insert(key.clone(), self.loaded.skipped.len());
        let (api_version, kind) = key;
        self.loaded.skipped.push(Skipped { api_version, kind, count: 1, first: self.place(bytes) });
    }

    pub(super) fn finish(mut self) -> Loaded {
        self.settle_same_objects();
        sort(&mut self.loaded.problems);
        sort(&mut self.loaded.warnings);
        self.loaded
    }

    /// Finds objects whose key was there before.
    fn settle_same_objects(&mut self) {
        let most = self.loader.limits.problems;
        let mut firsts: HashMap<ObjectKey, (usize, Place)> = HashMap::with_capacity(self.loaded.objects.len());
        let mut kept: Vec<Located<Object>> = Vec::with_capacity(self.loaded.objects.len());
        for (object, origin) in std::mem::take(&mut self.loaded.objects).into_iter().zip(&self.origins) {
            let (key, place) = (object.key(), name_place(&object, origin));
            let first = if key.name.is_empty() { None } else { firsts.get_mut(&key) };
            let Some((index, first)) = first else {
                firsts.insert(key, (kept.len(), place));
                kept.push(object);
                continue;
            };
            let kind = ProblemKind::DuplicateObject { object: key, first: first.clone() };
            let told = Problem { place: place.clone(), path: FieldPath::new("metadata").child("name"), kind };
            match (self.loader.same_object, kept.get_mut(*index)) {
                (SameObject::Replace, Some(replaced)) => {
                    push(&mut self.loaded.warnings, told, most);
                    *replaced = object;
                    *first = place;
                }
                _ => push(&mut self.loaded.problems, told, most),
            }
        }
        self.loaded.objects = kept;
    }
}

/// Where an object has its name, or where it stands if fields have no places.
fn name_place(object: &Located<Object>, (source, bytes): &(Arc<SourceText>, (u32, u32))) -> Place {
    match object.source() {
        Some(map) => map.nearest("metadata.name"),
        None => source.place(bytes.0 as usize..bytes.1 as usize),
    }
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
