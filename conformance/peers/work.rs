//! The policy and the requests of a file, in the few words that the engines share.

use std::collections::BTreeSet;

use k8s_rbac::Policy;
use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use serde::Deserialize;

use super::Error;

/// Policies, and lists of requests one after the other.
pub struct Work {
    policy: Policy,
    /// The name of each list and how many requests it has.
    pub streams: Vec<(String, usize)>,
    pub requests: Vec<Request>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    roles: Vec<Role>,
    cluster_roles: Vec<ClusterRole>,
    role_bindings: Vec<RoleBinding>,
    cluster_role_bindings: Vec<ClusterRoleBinding>,
    streams: Vec<Stream>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    name: String,
    requests: Vec<Request>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    user: String,
    groups: Vec<String>,
    pub verb: String,
    pub namespace: String,
    pub api_group: String,
    resource: String,
    subresource: String,
    pub name: String,
    pub path: Option<String>,
}

/// A role's rules; `namespace` is empty for a ClusterRole.
pub struct Rules<'a> {
    pub role: String,
    pub namespace: &'a str,
    pub rules: &'a [PolicyRule],
}

/// A binding: everybody in `subjects` has the role in the namespace, or everywhere if it is empty.
pub struct Grant<'a> {
    pub role: String,
    pub namespace: &'a str,
    pub subjects: Vec<String>,
}

impl Work {
    pub fn read(path: &str) -> Result<Self, Error> {
        let input: Input = serde_json::from_reader(std::io::BufReader::new(std::fs::File::open(path)?))?;
        let mut policy = Policy::new();
        input.roles.into_iter().for_each(|role| drop(policy.insert(role)));
        input.cluster_roles.into_iter().for_each(|role| drop(policy.insert(role)));
        input.role_bindings.into_iter().for_each(|binding| drop(policy.insert(binding)));
        input.cluster_role_bindings.into_iter().for_each(|binding| drop(policy.insert(binding)));
        let streams = input.streams.iter().map(|stream| (stream.name.clone(), stream.requests.len())).collect();
        let requests = input.streams.into_iter().flat_map(|stream| stream.requests).collect();
        Ok(Self { policy, streams, requests })
    }

    pub fn roles(&self) -> impl Iterator<Item = Rules<'_>> {
        let cluster = self.policy.cluster_roles().iter().map(|role| Rules {
            role: role_name(&RoleRef::cluster_role(role.metadata.name.as_str()), ""),
            namespace: "",
            rules: &role.rules,
        });
        let local = self.policy.roles().iter().map(|role| Rules {
            role: role_name(&RoleRef::role(role.metadata.name.as_str()), &role.metadata.namespace),
            namespace: &role.metadata.namespace,
            rules: &role.rules,
        });
        cluster.chain(local)
    }

    pub fn grants(&self) -> impl Iterator<Item = Grant<'_>> {
        self.policy.bindings().map(|binding| Grant {
            role: role_name(binding.role_ref(), binding.namespace()),
            namespace: binding.namespace(),
            subjects: binding.subjects().iter().map(|subject| subject_name(subject, binding.namespace())).collect(),
        })
    }
}

fn role_name(role: &RoleRef, namespace: &str) -> String {
    match role.kind.as_str() {
        "Role" => format!("Role/{namespace}/{}", role.name),
        kind => format!("{kind}/{}", role.name),
    }
}

fn subject_name(subject: &Subject, namespace: &str) -> String {
    let account_of = if subject.namespace.is_empty() { namespace } else { &subject.namespace };
    match subject.kind.as_str() {
        Subject::GROUP => format!("group:{}", subject.name),
        Subject::SERVICE_ACCOUNT => format!("user:system:serviceaccount:{account_of}:{}", subject.name),
        _ => format!("user:{}", subject.name),
    }
}

impl Request {
    /// The subjects that the user is: itself and its groups.
    pub fn subjects(&self) -> BTreeSet<String> {
        let groups = self.groups.iter().map(|group| format!("group:{group}"));
        groups.chain([format!("user:{}", self.user)]).collect()
    }

    /// The resource as rules write it, with its subresource.
    pub fn resource(&self) -> String {
        if self.subresource.is_empty() { self.resource.clone() } else { format!("{}/{}", self.resource, self.subresource) }
    }

    /// What a rule may write for the subresource of any resource; the resource where it has none.
    pub fn any_resource(&self) -> String {
        if self.subresource.is_empty() { self.resource.clone() } else { format!("*/{}", self.subresource) }
    }
}
