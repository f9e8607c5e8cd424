//! Findings with evidence: a lint engine, and the catalogue of what is risky or wrong in a policy.
//!
//! A [`Rule`] looks at the facts of a policy and reports [`Finding`]s; a [`Linter`] holds rules and a configuration. Conditions are asked of
//! what the authorizer would allow, never of the text of a rule: a `*` counts, `resourceNames` narrow, and the scope is that of the binding.
//! Findings come in tiers: of a role's text, of a grant (role, binding, scope, subjects), and of an object by itself. How they are shown is
//! the business of `render`; chains of several steps that of `paths`.
//!
//! ```
//! use k8s_rbac::lint::{Linter, Severity};
//! use k8s_rbac::{Authorizer, Policy, model::*, version::Profile};
//! let mut policy = Policy::new();
//! policy.insert(ClusterRole::new("ops", [PolicyRule::resources(["get", "list"], [""], ["secrets"])]));
//! policy.insert(ClusterRoleBinding::new("ops", "ops", [Subject::group("ops")]));
//! let report = Linter::new(Profile::default()).lint(&Authorizer::new(policy));
//! let worst = &report.findings[0];
//! assert_eq!((worst.rule.as_ref(), worst.severity), ("RB101", Severity::Critical));
//! assert_eq!(worst.evidence[0].to_string(), "Group ops ← ClusterRoleBinding ops → ClusterRole ops rules[0]");
//! ```

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::explain::Evidence;
use crate::model::ObjectKey;
use crate::request::OwnedAttributes;
use crate::span::Place;

pub mod catalogue;
mod context;
mod fold;
mod linter;
mod origin;
mod permission;
mod suppress;

pub use context::{Context, GrantOf, RoleUse, Scope};
pub use linter::{Linter, Report, Unfinished};
pub use origin::Origin;
pub use permission::{PermissionRule, Severities};
pub use suppress::{SUPPRESS, Suppression};

pub use crate::want::{Names, Want, Witness};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums, reason = "the five words that all tools use")]
pub enum Severity {
    /// Good to know.
    Info,
    /// A blemish.
    Low,
    /// Worth a look.
    Medium,
    /// Gives more than most people expect.
    High,
    /// As good as the whole cluster, or every credential in it.
    Critical,
}

impl Severity {
    /// All of them, the mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that is none of the five severities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of info, low, medium, high, critical, found {found:?}")]
pub struct ParseSeverityError {
    found: String,
}

impl FromStr for Severity {
    type Err = ParseSeverityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|severity| severity.as_str() == text);
        found.ok_or_else(|| ParseSeverityError { found: text.to_owned() })
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tier {
    /// The text of a role, whoever holds it.
    Role,
    /// A grant: a role, the binding that gives it, its scope and its subjects.
    Grant,
    /// An object by itself.
    Object,
}

/// What a rule is: its stable id, and the words about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RuleInfo {
    /// The id, which never changes its meaning: `RB101`.
    pub id: Cow<'static, str>,
    /// A name for people: `secrets-read-cluster`.
    pub name: Cow<'static, str>,
    /// One line: what was found.
    pub title: Cow<'static, str>,
    /// The severity of its worst finding.
    pub severity: Severity,
    /// Whether it is applied unless it is asked for.
    pub on: bool,
    /// Why it matters.
    pub rationale: Cow<'static, str>,
    /// What to do about it.
    pub fix: Cow<'static, str>,
    /// What the rule is called elsewhere, and where to read: `CIS 5.1.2`, a tool's id, a page.
    pub references: Cow<'static, [Cow<'static, str>]>,
}

impl RuleInfo {
    /// A rule's words, for a rule of one's own.
    #[must_use]
    pub fn new(
        id: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        severity: Severity,
        title: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            title: title.into(),
            severity,
            on: true,
            rationale: Cow::Borrowed(""),
            fix: Cow::Borrowed(""),
            references: Cow::Borrowed(&[]),
        }
    }

    /// The same, saying why it matters and what to do.
    #[must_use]
    pub fn because(mut self, rationale: impl Into<Cow<'static, str>>, fix: impl Into<Cow<'static, str>>) -> Self {
        self.rationale = rationale.into();
        self.fix = fix.into();
        self
    }

    /// The same, applied only where it is asked for ([`Linter::on`]).
    #[must_use]
    pub fn if_asked_for(mut self) -> Self {
        self.on = false;
        self
    }

    /// The same, with what it is called elsewhere.
    #[must_use]
    pub fn see(mut self, references: &[&'static str]) -> Self {
        self.references = references.iter().map(|reference| Cow::Borrowed(*reference)).collect();
        self
    }
}

/// Something that looks at a policy and reports what it finds. Implement it to add a rule of your own.
///
/// ```
/// use k8s_rbac::lint::{Context, Finding, Linter, Rule, RuleInfo, Severity};
/// use k8s_rbac::{Authorizer, Policy, model::*, version::Profile};
///
/// #[derive(Debug)]
/// struct NoUsers(RuleInfo);
///
/// impl Rule for NoUsers {
///     fn info(&self) -> &RuleInfo {
///         &self.0
///     }
///     fn check(&self, context: &Context<'_>, found: &mut dyn FnMut(Finding)) {
///         for binding in context.policy().bindings() {
///             let users = binding.subjects().iter().enumerate().filter(|(_, subject)| subject.kind == Subject::USER);
///             users.for_each(|(i, _)| found(Finding::of_binding(&self.0, binding, &format!("subjects[{i}]"))));
///         }
///     }
/// }
///
/// let mut policy = Policy::new();
/// policy.insert(ClusterRoleBinding::new("b", "view", [Subject::user("jane")]));
/// let rule = NoUsers(RuleInfo::new("ACME1", "no-users", Severity::Low, "bound to a person"));
/// let report = Linter::empty(Profile::default()).with(rule).lint(&Authorizer::new(policy));
/// assert_eq!(report.findings[0].to_string(), "low ACME1 no-users: bound to a person: ClusterRoleBinding b, subjects[0]");
/// ```
pub trait Rule: fmt::Debug + Send + Sync {
    /// What the rule is.
    fn info(&self) -> &RuleInfo;

    /// Reports what it finds, in any order.
    fn check(&self, context: &Context<'_>, found: &mut dyn FnMut(Finding));

    /// Whether it looks for a permission, and finds roles and grants that give it.
    fn is_about_permission(&self) -> bool {
        false
    }

    /// Whether a finding of this rule says what the other one finds at the same role or binding, so that the other is told with it
    /// ([`Finding::implied`]). A finding that is worse than the one that implies it stays by itself.
    fn implies(&self, other: &dyn Rule) -> bool {
        _ = other;
        false
    }
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// The id of the rule.
    pub rule: Cow<'static, str>,
    /// The name of the rule.
    pub name: Cow<'static, str>,
    /// How bad it is here.
    pub severity: Severity,
    /// What it is about.
    pub tier: Tier,
    /// One line: what was found, without the object.
    pub message: String,
    /// The object to look at: of a grant, the binding.
    pub object: ObjectKey,
    /// The field of the object, in Kubernetes' spelling; empty for the whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Where the field, or the nearest enclosing one, was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where the grant holds; `None` for a role's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// The chains from subjects to rules, at most [`Finding::EVIDENCE`] of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// How many subjects it concerns, those without a chain above included.
    pub subjects: usize,
    /// A request that the authorizer allows because of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<OwnedAttributes>,
    /// The ids of other rules that found something at the same role or binding, which is said by this finding already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub implied: Vec<Cow<'static, str>>,
    /// Where the object comes from.
    pub origin: Origin,
}

impl Finding {
    /// The most chains of evidence that a finding carries.
    pub const EVIDENCE: usize = 16;

    fn at(info: &RuleInfo, tier: Tier, object: ObjectKey, field: &str, place: Option<Place>) -> Self {
        Self {
            rule: info.id.clone(),
            name: info.name.clone(),
            severity: info.severity,
            tier,
            message: info.title.clone().into_owned(),
            object,
            field: field.to_owned(),
            place,
            scope: None,
            evidence: Vec::new(),
            subjects: 0,
            witness: None,
            implied: Vec::new(),
            origin: Origin::User,
        }
    }

    /// A finding about a field of an object by itself; an empty `field` means the whole object.
    #[must_use]
    pub fn of_object<T: crate::model::ApiObject>(info: &RuleInfo, object: &crate::model::Located<T>, field: &str) -> Self {
        let place = object.source().map(|source| source.nearest(field));
        Self::at(info, Tier::Object, ObjectKey::of(&**object), field, place)
    }

    /// A finding about a field of a binding.
    #[must_use]
    pub fn of_binding(info: &RuleInfo, binding: crate::policy::AnyBinding<'_>, field: &str) -> Self {
        let place = binding.source().map(|source| source.nearest(field));
        Self::at(info, Tier::Object, binding.key(), field, place)
    }

    /// A finding about a field of a role.
    #[must_use]
    pub fn of_role(info: &RuleInfo, role: crate::policy::AnyRole<'_>, field: &str) -> Self {
        let place = role.source().map(|source| source.nearest(field));
        Self::at(info, Tier::Role, role.key(), field, place)
    }

    /// The same, this bad.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same, with more to say after the rule's title.
    #[must_use]
    pub fn saying(mut self, more: impl fmt::Display) -> Self {
        self.message = format!("{}: {more}", self.message);
        self
    }

    /// The message, and how many rules found what it implies: `do everything in the cluster (and what 97 other rules look for)`.
    #[must_use]
    pub fn headline(&self) -> String {
        match self.implied.len() {
            0 => self.message.clone(),
            1 => format!("{} (and what another rule looks for)", self.message),
            more => format!("{} (and what {more} other rules look for)", self.message),
        }
    }

    /// The same, shown by a request that the authorizer allows.
    #[must_use]
    pub fn shown_by(mut self, witness: OwnedAttributes) -> Self {
        self.witness = Some(witness);
        self
    }
}

/// `critical RB101 secrets-read-cluster: read all Secrets: ClusterRoleBinding ops, roleRef (file:line:column)`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, rule, name, object, field, place, .. } = self;
        write!(f, "{severity} {rule} {name}: {}: {object}", self.headline())?;
        if !field.is_empty() {
            write!(f, ", {field}")?;
        }
        place.as_ref().map_or(Ok(()), |place| write!(f, " ({place})"))
    }
}
