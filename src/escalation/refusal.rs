//! Refusals in the server's words.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use super::{Escalating, Refusal};
use crate::identity::UserInfo;
use crate::model::{ApiObject, ClusterRole, PolicyRule, RBAC_GROUP};
use crate::quote::{Aggregate, Quoted, QuotedList};
use crate::rule::compact::{CompactString, StructString, compact};

/// A role that could not be read. `Display` is the server's text, which names the resource of the request under way, not that of the role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LookupError {
    /// The resource of the request, such as `rolebindings`.
    pub resource: &'static str,
    /// What went wrong.
    pub problem: LookupProblem,
}

/// Why a role could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LookupProblem {
    /// 404: there is no role of this name.
    NotFound(String),
    /// 400: a Role was looked up without a namespace.
    NamespaceRequired,
    /// 400: the name is empty.
    NameRequired,
    /// 400: the name is no segment of a path.
    NameInvalid {
        /// The name.
        name: String,
        /// What is wrong with it.
        problems: String,
    },
    /// 500: the reference is of another kind than Role and ClusterRole.
    UnsupportedKind(String),
}

impl LookupError {
    /// The HTTP status of the server's answer.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self.problem {
            LookupProblem::NotFound(_) => 404,
            LookupProblem::UnsupportedKind(_) => 500,
            _ => 400,
        }
    }
}

impl Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            LookupProblem::NotFound(name) => write!(f, "{}.{RBAC_GROUP} {} not found", self.resource, Quoted(name)),
            LookupProblem::NamespaceRequired => f.write_str("Namespace parameter required."),
            LookupProblem::NameRequired => f.write_str("Name parameter required."),
            LookupProblem::NameInvalid { name, problems } => write!(f, "Name parameter invalid: {}: {problems}", Quoted(name)),
            LookupProblem::UnsupportedKind(kind) => write!(f, "unsupported role reference kind: {}", Quoted(kind)),
        }
    }
}

impl std::error::Error for LookupError {}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHeld(escalating) => {
                write_forbidden(f, escalating.resource, &escalating.name)?;
                escalating.fmt(f)
            }
            Self::Aggregation { name } => {
                write_forbidden(f, ClusterRole::PLURAL, name)?;
                f.write_str("must have cluster-admin privileges to use the aggregationRule")
            }
            Self::Role(error) => error.fmt(f),
            Self::TooLarge(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

/// How every 403 begins (`apierrors.NewForbidden`).
fn write_forbidden(f: &mut fmt::Formatter<'_>, resource: &str, name: &str) -> fmt::Result {
    write!(f, "{resource}.{RBAC_GROUP}")?;
    if !name.is_empty() {
        write!(f, " {}", Quoted(name))?;
    }
    f.write_str(" is forbidden: ")
}

/// What stands after `is forbidden: `.
impl Display for Escalating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, groups, missing, errors, told, .. } = self;
        if let Some(told) = told {
            return f.write_str(told);
        }
        let (username, groups) = (Quoted(username), QuotedList(groups));
        write!(f, "user {username} (groups={groups}) is attempting to grant RBAC permissions not currently held:")?;
        let lines: BTreeSet<String> =
            compact(missing.iter().cloned()).iter().map(|rule| CompactString(rule).to_string()).collect();
        lines.iter().try_for_each(|line| write!(f, "\n{line}"))?;
        match Aggregate::new(errors.iter().map(ToString::to_string)) {
            Some(errors) => write!(f, "; resolution errors: [{errors}]"),
            None => Ok(()),
        }
    }
}

impl Escalating {
    /// The text of 1.11, in which Go prints all it has.
    pub(super) fn in_old_words(&self, user: &UserInfo, held: &[&PolicyRule]) -> String {
        let UserInfo { username, uid, groups, extra } = user;
        let extra: Vec<String> = extra.iter().map(|(key, values)| format!("{key}:[{}]", values.join(" "))).collect();
        let errors =
            Aggregate::new(self.errors.iter().map(ToString::to_string)).map_or(String::new(), |errors| errors.to_string());
        format!(
            "attempt to grant extra privileges: {} user=&{{{username} {uid} [{}] map[{}]}} ownerrules={} ruleResolutionErrors=[{errors}]",
            Structs(&self.missing),
            groups.join(" "),
            extra.join(" "),
            Structs(held),
        )
    }
}

/// A list of rules as Go's `%v` writes it.
struct Structs<'a, R>(&'a [R]);

impl<R: std::borrow::Borrow<PolicyRule>> Display for Structs<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, rule) in self.0.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { " " }, StructString(rule.borrow()))?;
        }
        f.write_str("]")
    }
}
