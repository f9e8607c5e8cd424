//! Who can become whom: the paths of escalation, from any subject to cluster-admin or to a permission.
//!
//! A [`Closure`] is a graph. Its nodes are identities (those that are alike in one class), hubs such as "any service account of this
//! namespace", and what can be reached; its edges are the rows of [`edges`]: what an identity has to be allowed, and whom it is then or what
//! it then holds. It is a fixpoint: a role that an identity can bind to itself, or rewrite, counts as held, and so may meet the next
//! precondition. A [`Path`] is replayed as it is told: each request is allowed by the authorizer for the identity reached so far, and each
//! write of a role or binding passes the escalation check and is made before the next step.
//!
//! All permissions of one step must be held by one identity, its groups included, in one namespace or wider. Upstream has no twin of this
//! room; `escalation` is what the server checks. How paths are drawn is the business of `render`.
//!
//! ```
//! use k8s_rbac::paths::{Goal, Identity, Paths};
//! use k8s_rbac::{Authorizer, Policy, model::*, version::Profile};
//! let mut policy = Policy::new();
//! policy.insert(ClusterRole::new("runner", [PolicyRule::resources(["create"], [""], ["pods"])]));
//! policy.insert(RoleBinding::new("ops", "ci", RoleRef::cluster_role("runner"), [Subject::user("ci")]));
//! let everything = [PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])];
//! policy.insert(ClusterRole::new("cluster-admin", everything));
//! policy.insert(ClusterRoleBinding::new("robot", "cluster-admin", [Subject::service_account("ops", "robot")]));
//! let rbac = Authorizer::new(policy);
//! let paths = Paths::new(Profile::default());
//! let closure = paths.of(&rbac)?;
//! let path = closure.path(&Identity::user("ci"), &Goal::ClusterAdmin).unwrap();
//! assert_eq!(
//!     path.to_string(),
//!     "User ci: E30 create Pods (create pods in the namespace ops) becomes ServiceAccount ops/robot, who is cluster-admin",
//! );
//! # Ok::<(), k8s_rbac::paths::TooLarge>(())
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::explain::Evidence;
use crate::identity::{UserInfo, node, service_account, well_known};
use crate::model::{Object, Subject};
use crate::request::OwnedAttributes;

mod class;
mod closure;
mod cut;
pub mod edges;
mod effect;
mod extra;
mod facts;
mod fire;
mod graph;
mod picture;
mod replay;
mod world;

pub use closure::{Closure, Paths, Routes};
pub use cut::{Cut, CutAt};
pub use edges::Edge;
pub use extra::{Extra, ExtraEdge};
pub use picture::{Arrow, Box, Picture, Shape};

/// How sure an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums, reason = "the three degrees are the meaning")]
pub enum Certainty {
    /// It follows from what the API server itself checks.
    Exact,
    /// It needs a fact outside RBAC: a feature gate, an admission plugin, an object, an add-on.
    Conditional,
    /// It depends on images, the network or the cloud.
    Potential,
}

/// Somebody who makes requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind")]
#[non_exhaustive]
pub enum Identity {
    /// A user who is authenticated, and in no other group than all of them.
    User {
        /// The user name.
        name: String,
    },
    /// Somebody in the group.
    Group {
        /// The group.
        name: String,
    },
    /// A service account, with the groups that its token brings.
    ServiceAccount {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A node, in the group of nodes.
    Node {
        /// The node.
        name: String,
    },
    /// Whoever has no credentials.
    Anonymous,
}

impl Identity {
    /// The user of this name; a name of the form of service accounts means the account.
    #[must_use]
    pub fn user(name: &str) -> Self {
        match service_account::split_username(name) {
            Some((namespace, account)) => Self::service_account(namespace, account),
            None if name == UserInfo::ANONYMOUS => Self::Anonymous,
            None => Self::User { name: name.to_owned() },
        }
    }

    /// Somebody in the group of this name.
    #[must_use]
    pub fn group(name: &str) -> Self {
        Self::Group { name: name.to_owned() }
    }

    /// The service account of this namespace and name.
    #[must_use]
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The node of this name.
    #[must_use]
    pub fn node(name: &str) -> Self {
        Self::Node { name: name.to_owned() }
    }

    /// As the API server sees it.
    #[must_use]
    pub fn user_info(&self) -> UserInfo {
        match self {
            Self::User { name } => UserInfo::authenticated(name.as_str(), std::iter::empty::<String>()),
            Self::Group { name } if name == UserInfo::ALL_UNAUTHENTICATED => UserInfo::anonymous(),
            Self::Group { .. } => UserInfo::new("somebody", std::iter::once(self).map(Self::own_group).chain(self.implied())),
            Self::ServiceAccount { namespace, name } => UserInfo::service_account(namespace, name),
            Self::Node { name } => UserInfo::node(name),
            Self::Anonymous => UserInfo::anonymous(),
        }
    }

    /// The subject that stands for it in a binding.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::User { name } => Subject::user(name.as_str()),
            Self::Group { name } => Subject::group(name.as_str()),
            Self::ServiceAccount { namespace, name } => Subject::service_account(namespace.as_str(), name.as_str()),
            Self::Node { name } => Subject::user(node::username(name)),
            Self::Anonymous => Subject::user(UserInfo::ANONYMOUS),
        }
    }

    fn own_group(&self) -> String {
        if let Self::Group { name } = self { name.clone() } else { String::new() }
    }

    /// The groups that it is in besides, the narrowest first.
    fn implied(&self) -> Vec<String> {
        let all = UserInfo::ALL_AUTHENTICATED.to_owned();
        match self {
            Self::Anonymous => vec![UserInfo::ALL_UNAUTHENTICATED.to_owned()],
            Self::User { .. } => vec![all],
            Self::Node { .. } => vec![well_known::NODES.to_owned(), all],
            Self::ServiceAccount { namespace, .. } => {
                vec![service_account::namespace_group(namespace), service_account::ALL_GROUP.to_owned(), all]
            }
            Self::Group { name } if [UserInfo::ALL_AUTHENTICATED, UserInfo::ALL_UNAUTHENTICATED].contains(&name.as_str()) => {
                Vec::new()
            }
            Self::Group { name } if name.starts_with(service_account::GROUP_PREFIX) => {
                vec![service_account::ALL_GROUP.to_owned(), all]
            }
            Self::Group { .. } => vec![all],
        }
    }
}

/// `ServiceAccount ops/robot`, `Group system:nodes`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User { name } => write!(f, "User {name}"),
            Self::Group { name } => write!(f, "Group {name}"),
            Self::ServiceAccount { namespace, name } => write!(f, "ServiceAccount {namespace}/{name}"),
            Self::Node { name } => write!(f, "Node {name}"),
            Self::Anonymous => f.write_str("the anonymous user"),
        }
    }
}

/// Something to be had that is no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// Root on a node.
    NodeRoot,
    /// An identity at the cloud provider.
    CloudIdentity,
    /// Requests to a webhook authorizer with claims of one's own: uids, scopes.
    Claims,
    /// What is written to the API can be changed on its way.
    WriteControl,
    /// The traffic of others.
    Traffic,
    /// Data that was not meant for reading.
    Disclosure,
    /// Others can be kept from working.
    Disruption,
    /// What keeps Pods from being privileged can be removed.
    GuardRails,
}

impl Outcome {
    /// In words: `root on a node`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NodeRoot => "root on a node",
            Self::CloudIdentity => "an identity of the cloud",
            Self::Claims => "claims of one's own",
            Self::WriteControl => "control of what is written",
            Self::Traffic => "the traffic of others",
            Self::Disclosure => "data of others",
            Self::Disruption => "disruption of others",
            Self::GuardRails => "no guard rails",
        }
    }
}

/// Where a path is to lead.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "a path has one goal")]
pub enum Goal {
    /// Everything: every verb on every resource and URL, or membership in `system:masters`.
    ClusterAdmin,
    /// A request, whose user is not looked at.
    Request(OwnedAttributes),
    /// An identity.
    Identity(Identity),
    /// Something else.
    Outcome(Outcome),
}

/// How somebody gets somewhere, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Path {
    /// Who starts.
    pub from: Identity,
    /// Where it leads.
    pub to: Goal,
    /// The steps; none if the goal is held from the start.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Step {
    /// The id of the edge: `E30`.
    pub edge: String,
    /// What is done.
    pub title: String,
    /// How sure the edge is.
    pub certainty: Certainty,
    /// What the edge takes for granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumes: Vec<String>,
    /// Who takes the step.
    pub by: Identity,
    /// What is asked of the API server, in turn, each with why it is allowed.
    pub requests: Vec<Proof>,
    /// The object that is written, if it is one of RBAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes: Option<Object>,
    /// What comes of it.
    pub yields: Yield,
}

/// A request of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Proof {
    /// The request.
    pub request: OwnedAttributes,
    /// The grant that allows it; `None` where it is allowed ahead of RBAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What comes of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Yield {
    /// The next step is taken by this identity.
    Becomes(Identity),
    /// The same identity holds a role, by the binding or the role that it wrote.
    Holds {
        /// The role, or what became of it.
        role: String,
        /// The namespace; empty for the whole cluster.
        namespace: String,
    },
    /// Everything.
    ClusterAdmin,
    /// Something else.
    Outcome(Outcome),
}

/// The graph would take more steps than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the closure of escalation paths takes more than {limit} steps")]
pub struct TooLarge {
    limit: u64,
}

impl TooLarge {
    /// The limit that was met.
    #[must_use]
    pub const fn limit(&self) -> u64 {
        self.limit
    }
}

impl fmt::Display for Yield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Becomes(identity) => write!(f, "becomes {identity}"),
            Self::Holds { role, namespace } if namespace.is_empty() => write!(f, "holds {role}"),
            Self::Holds { role, namespace } => write!(f, "holds {role} in {namespace}"),
            Self::ClusterAdmin => f.write_str("becomes cluster-admin"),
            Self::Outcome(outcome) => write!(f, "has {}", outcome.as_str()),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.edge, self.title)?;
        for (i, proof) in self.requests.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { " (" } else { "; " }, proof.request)?;
        }
        if !self.requests.is_empty() {
            f.write_str(")")?;
        }
        write!(f, " {}", self.yields)
    }
}

/// One line: who, and then each step.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        for (i, step) in self.steps.iter().enumerate() {
            write!(f, "{} {step}", if i == 0 { ":" } else { ";" })?;
        }
        let there = matches!(self.steps.last().map(|step| &step.yields), Some(Yield::ClusterAdmin | Yield::Outcome(_)));
        match &self.to {
            Goal::ClusterAdmin if !there => write!(f, ", who is cluster-admin"),
            Goal::Request(request) => write!(f, ", who may {request}"),
            _ => Ok(()),
        }
    }
}
