//! What changed between two policies: which requests by whom are newly allowed, and which no longer.
//!
//! What a user may do is what its name and each of its groups may do, taken together. So two policies give the same answers exactly if they
//! agree on every user name and every group alone, in every namespace and in the whole cluster. That is what [`diff`] compares, as sets: the
//! order of objects, their names, how rules are written and labels make no difference. With [`Membership::Implied`] the groups that the API
//! server gives to everybody are counted too, so that a grant to `jane` that `system:authenticated` had already is no change.
//!
//! A [`Diff`] displays as a page for a person and serialises for a machine. Judging a difference is the business of `gate`.
//!
//! ```
//! use k8s_rbac::{Policy, authorize::subject::Membership, diff::diff, model::*};
//! let reader = |verbs: &[&str]| ClusterRole::new("reader", [PolicyRule::resources(verbs.iter().copied(), [""], ["pods"])]);
//! let binding = || ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]);
//! let old = Policy::from_iter([Object::from(reader(&["list", "get"])), Object::from(binding())]);
//! let new = Policy::from_iter([Object::from(binding()), Object::from(reader(&["get", "watch", "list"]))]);
//! let found = diff(&old, &new, Membership::Alone)?;
//! assert_eq!(
//!     found.to_string(),
//!     "\
//! User jane
//!   may newly, in the cluster: watch pods
//!     by User jane ← ClusterRoleBinding jane-reads → ClusterRole reader rules[0]
//! "
//! );
//! # Ok::<(), k8s_rbac::permission::TooLarge>(())
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use crate::authorize::Grant;
use crate::authorize::subject::{Membership, Principal};
use crate::explain::Evidence;
use crate::model::PolicyRule;
use crate::permission::{Action, PermissionSet};
use crate::policy::Gap;
use crate::request::OwnedAttributes;

mod compare;
mod display;

pub use compare::{diff, diff_of};

/// The difference between two policies. Made by [`diff`]; borrows the evidence from the policies.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Diff<'a> {
    /// What was counted together.
    pub membership: Membership,
    /// Who is allowed something else than before, in order: users by name, then groups. Of those to whom a binding gives something: whoever has
    /// a change through groups alone is told of under their names; [`diff_of`] tells of anybody.
    pub changes: Vec<SubjectDiff<'a>>,
    /// What the policies were not given; what is missing may hold further changes, or undo these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
    /// The name of the user that stands for the members of a group in witnesses.
    #[serde(skip)]
    pub(crate) stranger: String,
}

/// What changed for one user name or group.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct SubjectDiff<'a> {
    /// Whom it is about.
    pub subject: Principal,
    /// What changed for requests without a namespace, and in every namespace that is not listed.
    pub cluster: Change<'a>,
    /// All that changed in the namespaces where something else changed than in the cluster. A namespace with an empty change is one where
    /// the change of the cluster makes no difference.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_namespace: BTreeMap<&'a str, Change<'a>>,
}

/// What changed in one place.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct Change<'a> {
    /// What is newly allowed, and the grants of the new policy that allow it.
    #[serde(skip_serializing_if = "Access::is_empty")]
    pub gained: Access<'a>,
    /// What is no longer allowed, and the grants of the old policy that allowed it.
    #[serde(skip_serializing_if = "Access::is_empty")]
    pub lost: Access<'a>,
}

/// A set of requests, and the grants that allow them.
#[derive(Debug, Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct Access<'a> {
    /// The requests.
    pub set: PermissionSet,
    /// The grants that allow at least one of them, in the order of the policy.
    pub grants: Vec<Grant<'a>>,
}

impl Access<'_> {
    /// Whether there is no request.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// A request of the set; the same one for equal sets.
    #[must_use]
    pub fn witness(&self) -> Option<Action> {
        self.set.witness()
    }
}

impl Change<'_> {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

impl<'a> SubjectDiff<'a> {
    /// The places with what changed in each: the cluster (`""`), then the namespaces.
    pub fn places(&self) -> impl Iterator<Item = (&'a str, &Change<'a>)> {
        let local = self.by_namespace.iter().map(|(namespace, change)| (*namespace, change));
        std::iter::once(("", &self.cluster)).chain(local).filter(|(_, change)| !change.is_empty())
    }

    /// Whether something is newly allowed.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        self.places().any(|(_, change)| !change.gained.is_empty())
    }
}

impl<'a> Diff<'a> {
    /// Whether the two policies give the same answers, as far as they were given whole.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether the new policy allows something that the old one does not.
    #[must_use]
    pub fn is_wider(&self) -> bool {
        self.changes.iter().any(SubjectDiff::is_wider)
    }

    /// For each subject and place, a request that is newly allowed and one that is no longer, as far as there are such.
    ///
    /// ```
    /// use k8s_rbac::{Policy, authorize::subject::Membership, diff::diff, model::*};
    /// let policy = |verb: &str| {
    ///     let role = ClusterRole::new("reader", [PolicyRule::resources([verb], [""], ["pods"])]);
    ///     Policy::from_iter([Object::from(role), ClusterRoleBinding::new("b", "reader", [Subject::user("jane")]).into()])
    /// };
    /// let (old, new) = (policy("get"), policy("watch"));
    /// let found = diff(&old, &new, Membership::Alone)?;
    /// let told: Vec<_> = found.witnesses().map(|witness| (witness.request.verb, witness.allowed)).collect();
    /// assert_eq!(told, [("watch".to_owned(), true), ("get".to_owned(), false)]);
    /// # Ok::<(), k8s_rbac::permission::TooLarge>(())
    /// ```
    pub fn witnesses(&self) -> impl Iterator<Item = Witness> + use<'_, 'a> {
        let places = self.changes.iter().flat_map(|change| change.places().map(move |place| (&change.subject, place)));
        places.flat_map(|(subject, (namespace, change))| {
            let gained = self.request(subject, namespace, &change.gained.set).map(|request| Witness { request, allowed: true });
            let lost = self.request(subject, namespace, &change.lost.set).map(|request| Witness { request, allowed: false });
            gained.into_iter().chain(lost)
        })
    }

    /// A request of the set, made by the subject in the namespace.
    pub(crate) fn request(&self, subject: &Principal, namespace: &str, set: &PermissionSet) -> Option<OwnedAttributes> {
        let action = set.witness()?;
        let user = subject.as_user(self.membership, &self.stranger);
        Some(action.attributes().in_namespace(namespace).by(&user).into())
    }
}

/// A request whose answer changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Witness {
    /// The request, with its user.
    pub request: OwnedAttributes,
    /// Whether the new policy allows it; the old one did the opposite.
    pub allowed: bool,
}

/// As the rules that allow exactly the set, where there are such, with a witness and the evidence of every grant.
impl Serialize for Access<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            #[serde(skip_serializing_if = "Option::is_none")]
            rules: Option<Vec<PolicyRule>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            witness: Option<Action>,
            grants: Vec<Evidence>,
        }
        let grants = self.grants.iter().map(Grant::evidence).collect();
        Written { rules: self.set.to_rules().ok(), witness: self.witness(), grants }.serialize(serializer)
    }
}
