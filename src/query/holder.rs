//! Subjects as answers: who they are, who belongs to them, and how they are told.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::written::Path;
use super::{Holder, Members, Scope, WhoCan};
use crate::authorize::{Grant, subject};
use crate::identity::{UserInfo, service_account, well_known};
use crate::model::Subject;

impl Members {
    /// The members of a group that Kubernetes itself fills; `None` for any other.
    ///
    /// ```
    /// use k8s_rbac::query::Members;
    /// let members = Members::of("system:serviceaccounts:dev").unwrap();
    /// assert_eq!(members.to_string(), "every service account of dev");
    /// assert_eq!(Members::of("dev"), None);
    /// ```
    #[must_use]
    pub fn of(group: &str) -> Option<Self> {
        Some(match group {
            UserInfo::MASTERS => Self::Masters,
            UserInfo::ALL_AUTHENTICATED => Self::Authenticated,
            UserInfo::ALL_UNAUTHENTICATED => Self::Unauthenticated,
            service_account::ALL_GROUP => Self::ServiceAccounts,
            well_known::NODES => Self::Nodes,
            well_known::BOOTSTRAPPERS => Self::BootstrapTokens,
            _ => Self::ServiceAccountsOf(group.strip_prefix(service_account::GROUP_PREFIX)?.to_owned()),
        })
    }
}

impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Masters => "whom the API server allows everything",
            Self::Authenticated => "everybody who is authenticated, every service account among them",
            Self::Unauthenticated => "everybody without credentials",
            Self::ServiceAccounts => "every service account",
            Self::ServiceAccountsOf(namespace) => return write!(f, "every service account of {namespace}"),
            Self::Nodes => "every kubelet",
            Self::BootstrapTokens => "every bootstrap token",
        })
    }
}

impl Holder<'_, '_> {
    /// The subject.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self.kind {
            Subject::USER => Subject::user(self.name),
            Subject::GROUP => Subject::group(self.name),
            _ => Subject::service_account(self.namespace, self.name),
        }
    }

    /// The well-known members, if it is a group that Kubernetes itself fills.
    #[must_use]
    pub fn members(&self) -> Option<Members> {
        (self.kind == Subject::GROUP).then(|| Members::of(self.name)).flatten()
    }

    /// Whether the user is this subject, or belongs to it. Cost: `O(groups)`.
    #[must_use]
    pub fn stands_for(&self, user: &UserInfo) -> bool {
        subject::matches(&self.subject(), "", user)
    }
}

impl WhoCan<'_> {
    /// Whether the user is among them. The privileged group is not looked at: see `authorize::server`. Cost: `O(holders · groups)`.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, query::{Scope, who_can}};
    /// let mut policy = Policy::new();
    /// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
    /// policy.insert(ClusterRoleBinding::new("dev-reads", "reader", [Subject::group("dev")]));
    /// let rbac = Authorizer::new(policy);
    /// let readers = who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Cluster);
    /// assert!(readers.includes(&UserInfo::new("jane", ["dev"])) && !readers.includes(&UserInfo::new("joe", ["ops"])));
    /// ```
    #[must_use]
    pub fn includes(&self, user: &UserInfo) -> bool {
        self.holders.iter().any(|holder| holder.stands_for(user))
    }
}

/// `User jane`, `Group dev`, `ServiceAccount dev/ci`; well-known members behind it.
impl fmt::Display for Holder<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.namespace.is_empty() { "" } else { "/" };
        write!(f, "{} {}{slash}{}", self.kind, self.namespace, self.name)?;
        self.members().map_or(Ok(()), |members| write!(f, " ({members})"))
    }
}

/// A line for each, its paths below it; then the privileged group, and what is not certain.
impl fmt::Display for WhoCan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for holder in &self.holders {
            writeln!(f, "{holder}")?;
            for Grant { binding, role, rule_index, .. } in holder.grants() {
                writeln!(f, "  through {} → {} rules[{rule_index}]", binding.key(), role.key())?;
            }
        }
        write!(f, "Group {}, {}", UserInfo::MASTERS, Members::Masters)?;
        self.incomplete.iter().try_for_each(|gap| write!(f, "\nnot certain: {gap}"))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str("in the cluster"),
            Self::Namespace(namespace) => write!(f, "in the namespace {namespace}"),
            Self::AnyNamespace => f.write_str("in some namespace"),
            Self::EveryNamespace => f.write_str("in every namespace"),
        }
    }
}

impl Serialize for Holder<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Holder", 3)?;
        fields.serialize_field("subject", &self.subject())?;
        match self.members() {
            Some(members) => fields.serialize_field("members", &members)?,
            None => fields.skip_field("members")?,
        }
        fields.serialize_field("through", &self.grants().map(Path::from).collect::<Vec<_>>())?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef};
    use crate::query::who_can;
    use crate::{Attributes, Authorizer, Policy};

    fn rbac() -> Authorizer {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("accounts", "reader", [Subject::group("system:serviceaccounts:dev")]));
        let subjects = [Subject::service_account("", "ci"), Subject::user("jane"), Subject::user("jane")];
        policy.insert(RoleBinding::new("dev", "local", RoleRef::cluster_role("reader"), subjects));
        policy.insert(ClusterRoleBinding::new("nobody", "reader", [Subject::service_account("", "ci")]));
        Authorizer::new(policy)
    }

    #[test]
    fn subjects_stand_once_with_their_paths() {
        let rbac = rbac();
        let found = who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Namespace("dev".into()));
        assert_eq!(
            found.to_string(),
            "Group system:serviceaccounts:dev (every service account of dev)
  through ClusterRoleBinding accounts → ClusterRole reader rules[0]
ServiceAccount dev/ci
  through RoleBinding dev/local → ClusterRole reader rules[0]
User jane
  through RoleBinding dev/local → ClusterRole reader rules[0]
  through RoleBinding dev/local → ClusterRole reader rules[0]
Group system:masters, whom the API server allows everything"
        );
    }

    #[test]
    fn answers_are_written_as_json() {
        let rbac = rbac();
        let found = who_can(&rbac, &Attributes::resource("get", "pods"), Scope::Cluster);
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(json["scope"], "cluster");
        assert_eq!(json["subjects"].as_array().map(Vec::len), Some(1));
        assert_eq!(json["subjects"][0]["members"]["serviceAccountsOf"], "dev");
        assert_eq!(json["subjects"][0]["through"][0]["binding"]["name"], "accounts");
    }
}
