//! Text to objects: YAML or JSON, one document or many, lists unfolded, with every problem at once and the place of every field.
//!
//! [`Loader`] holds the settings and reads; [`Loaded`] is what came of it. A text is cut into documents as Kubernetes' own tools cut it, so
//! that a broken document never hides its neighbours; a document of a kind that the crate has no type for is skipped and counted: only
//! its `apiVersion` and `kind` are looked at, and whether it is YAML or JSON at all. So a key that comes twice further in is not told, for a
//! field that is unknown could not be told either: judging such kinds is for the tools that have their schemas.
//!
//! What is read is what a strict API server would read: an unknown field, a key that comes twice and an unquoted scalar that YAML 1.1 takes
//! for something else than a string are problems, each with its place. The objects are not validated: that is the business of `validation`.
//!
//! Of a Pod only the fields that RBAC turns on have types. Every other one is carried as it is written, so a misspelt field of a Pod's
//! `spec`, of a container or of a volume is taken where an API server would refuse it; those of its `metadata` are checked.
//!
//! A text that begins with a brace is read as `kubectl` reads it: as JSON values one after another, and as YAML from where JSON ends before
//! there were two of them. What follows a line of dashes is YAML.
//!
//! Reading is bounded by [`Limits`], each with a default and a typed problem: `bytes` 128 MiB, `documents` 1,000,000, `depth` 100, `aliases`
//! 10,000, `nodes` 16,000,000, `problems` 10,000. Within them work grows with the bytes of the text.
//!
//! Models `sigs.k8s.io/yaml` 1.6 over `go-yaml` v2, `apimachinery/pkg/util/yaml` and the strict decoder of `sigs.k8s.io/json`.

use std::sync::Arc;

use crate::model::{Located, Object};
use crate::span::{Place, SourceText};

mod cut;
mod decode;
#[cfg(feature = "yaml")]
mod dialect;
mod document;
mod entries;
mod format;
mod json;
mod nearest;
mod node;
mod object;
mod places;
mod problem;
mod read;
mod report;
#[cfg(feature = "yaml")]
mod resolve;
mod scalar;
mod server;
#[cfg(feature = "yaml")]
mod yaml;

pub use problem::{Error, LimitKind, Problem, ProblemKind};
pub(crate) use scalar::empty;

/// Reads text into objects.
///
/// ```
/// use k8s_rbac::load::Loader;
///
/// let text = "
/// apiVersion: rbac.authorization.k8s.io/v1
/// kind: Role
/// metadata: {name: reader, namespace: default}
/// rules:
/// - apiGroups: [\"\"]
///   resources: [pods]
///   verbs: [get, list]
/// ---
/// apiVersion: apps/v1
/// kind: Deployment
/// ";
/// let loaded = Loader::new().read_str("rbac.yaml", text);
/// assert_eq!(loaded.skipped[0].to_string(), "1 Deployment (apps/v1)");
/// let role = &loaded.into_result()?[0];
/// assert_eq!(role.metadata().name, "reader");
/// assert_eq!(role.source().unwrap().nearest("rules[0].verbs[1]").to_string(), "rbac.yaml:8:16");
/// # Ok::<(), k8s_rbac::load::Error>(())
/// ```
///
/// Every problem of every document is told, and the documents beside a broken one are read:
///
/// ```
/// use k8s_rbac::load::Loader;
///
/// let text = "
/// kind: ClusterRole
/// apiVersion: rbac.authorization.k8s.io/v1
/// metadata: {name: switch}
/// rules:
/// - verbs: [on]
///   resource: [pods]
/// ---
/// kind: Namespace
/// apiVersion: v1
/// metadata: {name: a}
/// ";
/// let loaded = Loader::new().read_str("a.yaml", text);
/// assert_eq!(loaded.objects.len(), 1);
/// let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
/// assert_eq!(problems, [
///     "a.yaml:6:11: rules[0].verbs[0]: expected a string, found the boolean `on`: quote it: \"on\"",
///     "a.yaml:7:3: rules[0].resource: unknown field \"resource\", the nearest is \"resources\"",
/// ]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Loader {
    validation: FieldValidation,
    limits: Limits,
    without_spans: bool,
    coerce: bool,
    same_object: SameObject,
}

/// What becomes of unknown fields and of keys that come twice: the three values of the API's `fieldValidation`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum FieldValidation {
    /// They are problems, and the object is withheld.
    #[default]
    Strict,
    /// They are warnings; unknown fields are dropped, of a key the last value counts.
    Warn,
    /// They are passed over.
    Ignore,
}

/// What becomes of an object whose kind, namespace and name were read before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum SameObject {
    /// It is a problem, and the second one is withheld.
    #[default]
    Refuse,
    /// The second takes the place of the first, as `kubectl apply` would have it, and a warning tells of it.
    Replace,
}

/// How much is read at most. Reaching a limit is a [`ProblemKind::Limit`] with its place, never a panic and never a truncated answer
/// without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one text: 128 MiB. Never more than 4 GiB. A longer text is not looked at.
    pub bytes: usize,
    /// Documents of one text, empty ones among them, and JSON values that follow one another: 1,000,000. What follows is not read.
    pub documents: usize,
    /// Lists and maps inside of one another: 100. Never more than 250, which is what the YAML parser holds out; Go's readers hold out
    /// 10,000, which no object of a kind that the crate knows comes near.
    pub depth: usize,
    /// Nodes of one document that are there because of aliases, each as often as it is used: 10,000.
    pub aliases: usize,
    /// Scalars, lists, maps and aliases of one document: 16,000,000.
    pub nodes: usize,
    /// Problems and warnings that are told: 10,000.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 128 << 20, documents: 1_000_000, depth: 100, aliases: 10_000, nodes: 16_000_000, problems: 10_000 }
    }
}

impl Limits {
    const fn depth(&self) -> usize {
        if self.depth < 250 { self.depth } else { 250 }
    }

    const fn bytes(&self) -> usize {
        if self.bytes < u32::MAX as usize { self.bytes } else { u32::MAX as usize }
    }

    const fn of(&self, limit: LimitKind) -> usize {
        match limit {
            LimitKind::Bytes => self.bytes(),
            LimitKind::Documents => self.documents,
            LimitKind::Depth => self.depth(),
            LimitKind::Aliases => self.aliases,
            LimitKind::Nodes => self.nodes,
            LimitKind::Problems => self.problems,
        }
    }
}

/// What came of reading.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
#[must_use]
pub struct Loaded {
    /// The objects that have no problem, in the order of the text.
    pub objects: Vec<Located<Object>>,
    /// Why other objects, or parts of the text, are not among them: by place.
    pub problems: Vec<Problem>,
    /// What was found and did no harm, by place.
    pub warnings: Vec<Problem>,
    /// The kinds that the crate has no type for, in the order in which they were first met.
    pub skipped: Vec<Skipped>,
    /// What an API server of the reference version says, with 400 `BadRequest`, to objects that have values of a wrong type or, where the
    /// field validation is strict, unknown fields: in the order of the text, those of which the words are known. These are the kinds of
    /// RBAC and the core ones but Pods.
    pub refused: Vec<String>,
    /// How many documents there were, empty ones not counted.
    pub documents: usize,
    /// The texts that were read, for showing the lines of a problem.
    pub texts: Vec<Arc<SourceText>>,
}

/// Objects of one kind that were skipped because the crate has no type for it. Prints as `3 Deployment (apps/v1)`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Skipped {
    /// Their `apiVersion`.
    pub api_version: String,
    /// Their `kind`.
    pub kind: String,
    /// How many there were.
    pub count: usize,
    /// Where the first one stands.
    pub first: Place,
}

impl std::fmt::Display for Skipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.count, self.kind, self.api_version)
    }
}

impl Loader {
    /// A loader that is strict about fields, refuses an object that comes twice, keeps spans and has the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// What becomes of unknown fields and of keys that come twice.
    ///
    /// ```
    /// use k8s_rbac::load::{FieldValidation, Loader};
    /// let text = "{kind: Namespace, apiVersion: v1, metadata: {name: a}, spek: {}}";
    /// assert_eq!(Loader::new().read_str("a.yaml", text).problems.len(), 1);
    /// assert!(Loader::new().field_validation(FieldValidation::Ignore).read_str("a.yaml", text).into_result().is_ok());
    /// ```
    pub const fn field_validation(mut self, validation: FieldValidation) -> Self {
        self.validation = validation;
        self
    }

    /// What becomes of an object that was read before.
    ///
    /// ```
    /// use k8s_rbac::load::{Loader, SameObject};
    /// let twice = "{kind: Namespace, apiVersion: v1, metadata: {name: a}}\n---\n".repeat(2);
    /// assert_eq!(Loader::new().read_str("a.yaml", &twice).problems.len(), 1);
    /// let loaded = Loader::new().same_object(SameObject::Replace).read_str("a.yaml", &twice);
    /// assert_eq!((loaded.problems.len(), loaded.warnings.len()), (0, 1));
    /// ```
    pub const fn same_object(mut self, same_object: SameObject) -> Self {
        self.same_object = same_object;
        self
    }

    /// Takes unquoted scalars that YAML 1.1 reads as booleans or numbers for strings where a string is wanted: the text of their *value*, so
    /// `verbs: [on]` has the verb `true` and `[0755]` the verb `493`.
    ///
    /// That is what `sigs.k8s.io/yaml` does for programs that read straight into a type; no API server does.
    ///
    /// ```
    /// use k8s_rbac::{load::Loader, model::Object};
    /// let text = "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: a}\nrules: [{verbs: [on]}]\n";
    /// let loaded = Loader::new().coerce_scalars(true).read_str("a.yaml", text).into_result()?;
    /// let Object::ClusterRole(role) = &*loaded[0] else { panic!() };
    /// assert_eq!(role.rules[0].verbs.join(","), "true");
    /// # Ok::<(), k8s_rbac::load::Error>(())
    /// ```
    pub const fn coerce_scalars(mut self, coerce: bool) -> Self {
        self.coerce = coerce;
        self
    }

    /// How much is read at most.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the places of fields are kept with the objects. Without them loading is faster and takes less memory.
    pub const fn spans(mut self, kept: bool) -> Self {
        self.without_spans = !kept;
        self
    }
}

impl Loaded {
    /// The text that a place is in; of several texts of one name the last. Cost: `O(texts)`.
    #[must_use]
    pub fn text(&self, place: &Place) -> Option<&Arc<SourceText>> {
        self.texts.iter().rev().find(|text| text.name() == &place.source)
    }

    /// The objects, or every problem if there is one.
    ///
    /// # Errors
    /// Anything in [`Loaded::problems`].
    pub fn into_result(self) -> Result<Vec<Located<Object>>, Error> {
        if self.problems.is_empty() { Ok(self.objects) } else { Err(Error::new(self.problems)) }
    }
}
