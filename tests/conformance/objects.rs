//! The shapes that several kinds of vector share.

use k8s_rbac::authorize::Authorizer;
use k8s_rbac::identity::UserInfo;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_rbac::policy::{Policy, PolicyObject};
use k8s_rbac::request::Attributes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A line with a policy and the questions that were asked about it.
#[derive(Debug, Deserialize)]
struct Line<Case> {
    #[serde(flatten)]
    objects: Objects,
    cases: Vec<Case>,
}

/// The policy of a line, indexed, and its questions.
pub fn read<Case: DeserializeOwned>(line: &str) -> (Authorizer, Vec<Case>) {
    let Line { objects, cases } = serde_json::from_str(line).unwrap();
    (Authorizer::new(objects.policy()), cases)
}

/// The objects of a line, in list order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Objects {
    roles: Option<Vec<Role>>,
    cluster_roles: Option<Vec<ClusterRole>>,
    role_bindings: Option<Vec<RoleBinding>>,
    cluster_role_bindings: Option<Vec<ClusterRoleBinding>>,
}

impl Objects {
    /// The policy of a line. Upstream's lists may not hold a name twice, or their order would differ from ours.
    fn policy(self) -> Policy {
        let mut policy = Policy::new();
        insert_all(&mut policy, self.roles);
        insert_all(&mut policy, self.cluster_roles);
        insert_all(&mut policy, self.role_bindings);
        insert_all(&mut policy, self.cluster_role_bindings);
        policy
    }
}

fn insert_all<T: PolicyObject>(policy: &mut Policy, objects: Option<Vec<T>>) {
    for object in objects.into_iter().flatten() {
        assert!(policy.insert::<T>(object).is_none(), "two objects of a line have one name");
    }
}

/// A request of a line.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    pub user: String,
    pub groups: Vec<String>,
    pub verb: String,
    pub namespace: String,
    pub api_group: String,
    pub resource: String,
    pub subresource: String,
    pub name: String,
    pub path: Option<String>,
}

impl Request {
    pub fn user(&self) -> UserInfo {
        UserInfo::new(self.user.as_str(), self.groups.iter().map(String::as_str))
    }

    /// The attributes; a request that has a path is about that path.
    pub fn attributes<'a>(&'a self, user: &'a UserInfo) -> Attributes<'a> {
        Attributes {
            user: Some(user),
            verb: &self.verb,
            namespace: &self.namespace,
            api_group: &self.api_group,
            api_version: "",
            resource: &self.resource,
            subresource: &self.subresource,
            name: &self.name,
            resource_request: self.path.is_none(),
            path: self.path.as_deref().unwrap_or_default(),
        }
    }
}
