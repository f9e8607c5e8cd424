//! What the upstream filters answered, and the edges that they were not asked about.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::authorize::Authorizer;
use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
use crate::policy::Policy;
use crate::request::Attributes;
use crate::version::KubeVersion;

#[derive(Debug, Deserialize)]
struct Line {
    constrained: bool,
    case: String,
    user: User,
    rules: Option<Vec<PolicyRule>>,
    headers: BTreeMap<String, Vec<String>>,
    #[serde(rename = "as")]
    impersonated: Option<User>,
    #[serde(default)]
    code: u16,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
struct User {
    name: String,
    #[serde(rename = "UID")]
    uid: String,
    groups: Option<Vec<String>>,
    extra: Option<BTreeMap<String, Vec<String>>>,
}

impl From<User> for UserInfo {
    fn from(User { name, uid, groups, extra }: User) -> Self {
        Self { username: name, uid, groups: groups.unwrap_or_default(), extra: extra.unwrap_or_default() }
    }
}

type Answer = Result<UserInfo, (u16, String)>;

/// A request to list the pods of a namespace, with one role for the requester: the case, our answer and upstream's.
fn ask(line: &str) -> (String, Answer, Answer) {
    let Line { constrained, case, user, rules, headers, impersonated, code, message } = serde_json::from_str(line).unwrap();
    let requester = UserInfo::from(user);
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("r", rules.unwrap_or_default()));
    policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user(&requester.username)]));
    let rbac = Authorizer::new(policy);
    let version = if constrained { KubeVersion::V1_37 } else { KubeVersion::new(1, 35) };
    let headers = headers.iter().flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())));
    let request = Attributes::resource("list", "pods").in_namespace("d").by(&requester);
    let ours = match wanted(headers, version) {
        Err(error) => Err((400, error.to_string())),
        Ok(wanted) => match impersonate(&rbac, &request, &wanted.unwrap(), version) {
            Ok(impersonated) => Ok(impersonated.user),
            Err(denied) => Err((403, denied.to_string())),
        },
    };
    (case, ours, impersonated.map(UserInfo::from).ok_or((code, message)))
}

#[test]
fn the_filters_answer_so() {
    let lines: Vec<&str> = include_str!("../../tests/data/impersonation-1.37.jsonl").lines().collect();
    assert!(lines.len() > 60);
    for line in lines {
        let (case, ours, theirs) = ask(line);
        assert_eq!(ours, theirs, "{case}: {line}");
    }
}

#[test]
fn nobody_is_asked_for_where_no_header_is() {
    assert_eq!(wanted([("Accept", "*/*"), ("Impersonate", "x")], KubeVersion::V1_37), Ok(None));
    assert_eq!(wanted([("Impersonate-Uid", "1")], KubeVersion::new(1, 21)), Ok(None));
    let twice = wanted([("impersonate-user", "a"), ("IMPERSONATE-USER", "b")], KubeVersion::V1_37).unwrap().unwrap();
    assert_eq!(twice.username, "a");
    let undecodable = wanted([("Impersonate-User", "a"), ("Impersonate-Extra-A%zz", "v")], KubeVersion::V1_37).unwrap().unwrap();
    assert_eq!(undecodable.extra["a%zz"], ["v"]);
}

#[test]
fn older_servers_leave_given_groups_alone() {
    let mut policy = Policy::new();
    policy.insert(ClusterRole::new("r", [PolicyRule::resources(["impersonate"], ["*"], ["*"])]));
    policy.insert(ClusterRoleBinding::new("b", "r", [Subject::user("admin")]));
    let (rbac, admin) = (Authorizer::new(policy), UserInfo::new("admin", [""; 0]));
    let groups = |name: &str, given: &[&str]| {
        let wanted = UserInfo::new(name, given.iter().copied());
        impersonate(&rbac, &Attributes::resource("list", "pods").by(&admin), &wanted, KubeVersion::V1_11).unwrap().user.groups
    };
    assert_eq!(groups("jane", &["dev"]), ["dev"]);
    assert_eq!(groups("jane", &[]), ["system:authenticated"]);
    assert_eq!(groups("system:anonymous", &[]), [""; 0]);
    assert_eq!(groups("system:serviceaccount:a:b", &[]), UserInfo::service_account("a", "b").groups);
}

#[test]
fn the_privileged_group_may_be_anybody() {
    let master = UserInfo::new("root", [UserInfo::MASTERS]);
    let request = Attributes::resource("list", "pods").by(&master);
    let node =
        impersonate(&Authorizer::default(), &request, &UserInfo::new("system:node:n", [""; 0]), KubeVersion::V1_37).unwrap();
    assert_eq!((node.mode, node.constraint().as_str()), (Mode::ArbitraryNode, "impersonate:arbitrary-node"));
    assert_eq!(node.user.groups, ["system:nodes", "system:authenticated"]);
}
