//! Questions to the authorizer, whose answers are compared with those that upstream's own code gave.
//!
//! The recorded answers are made by `FALSE_FRIENDS_RECORD=questions.jsonl cargo test --test false_friends -- --test-threads 1`, then
//! `oracle answer authorize < questions.jsonl > tests/data/false-friends-1.37.jsonl` (see `conformance/oracle`).

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use k8s_rbac::authorize::linear;
use k8s_rbac::model::{ApiObject, ClusterRole, ClusterRoleBinding, Object, Role, RoleBinding};
use k8s_rbac::policy::Store;
use k8s_rbac::{Attributes, Authorizer, Policy};
use serde_json::{Value, json};

/// Whether the authorizer allows the request: by its index, by the plain scan, and as upstream answered.
#[track_caller]
pub fn ask(objects: &[Object], request: &Attributes<'_>) -> bool {
    let rbac = Authorizer::new(Policy::from_iter(objects.iter().cloned()));
    let decision = rbac.authorize(request);
    assert_eq!(decision.is_allowed(), linear::authorize(rbac.policy(), request).is_allowed(), "the plain scan differs");
    let line = question(rbac.policy(), request);
    if let Ok(path) = std::env::var("FALSE_FRIENDS_RECORD") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    } else {
        let recorded = ANSWERS.get(&line.to_string()).unwrap_or_else(|| panic!("upstream was not asked {line}"));
        assert_eq!(&decision.to_string(), recorded, "upstream's answer differs");
    }
    decision.is_allowed()
}

/// The question as the oracle reads it.
fn question(policy: &Policy, request: &Attributes<'_>) -> Value {
    let mut asked = json!({
        "user": request.username(), "groups": request.groups(), "verb": request.verb, "namespace": request.namespace,
        "apiGroup": request.api_group, "resource": request.resource, "subresource": request.subresource, "name": request.name,
    });
    if !request.resource_request {
        asked["path"] = request.path.into();
    }
    json!({
        "roles": list(policy.roles()), "clusterRoles": list(policy.cluster_roles()), "roleBindings": list(policy.role_bindings()),
        "clusterRoleBindings": list(policy.cluster_role_bindings()), "cases": [{ "request": asked }],
    })
}

fn list<T: ApiObject + serde::Serialize>(store: &Store<T>) -> Vec<Value> {
    store.iter().map(|object| serde_json::to_value(&***object).unwrap()).collect()
}

/// The recorded answers by question.
static ANSWERS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let text = include_str!("../data/false-friends-1.37.jsonl");
    text.lines().map(|line| answered(&serde_json::from_str(line).unwrap())).collect()
});

/// A line of the oracle as the question that it was and its answer.
fn answered(line: &Value) -> (String, String) {
    let mut policy = Policy::new();
    insert::<Role>(&mut policy, &line["roles"]);
    insert::<ClusterRole>(&mut policy, &line["clusterRoles"]);
    insert::<RoleBinding>(&mut policy, &line["roleBindings"]);
    insert::<ClusterRoleBinding>(&mut policy, &line["clusterRoleBindings"]);
    let case = &line["cases"][0];
    let asked = &case["request"];
    let text = |key: &str| asked[key].as_str().unwrap_or_default();
    let groups = asked["groups"].as_array().into_iter().flatten().map(|group| group.as_str().unwrap());
    let user = k8s_rbac::UserInfo::new(text("user"), groups);
    let request = Attributes {
        user: Some(&user),
        verb: text("verb"),
        namespace: text("namespace"),
        api_group: text("apiGroup"),
        api_version: "",
        resource: text("resource"),
        subresource: text("subresource"),
        name: text("name"),
        resource_request: asked.get("path").is_none(),
        path: text("path"),
    };
    (question(&policy, &request).to_string(), case["decision"].as_str().unwrap().to_owned())
}

fn insert<T: serde::de::DeserializeOwned + Into<Object>>(policy: &mut Policy, objects: &Value) {
    for object in objects.as_array().into_iter().flatten() {
        policy.insert_object(serde_json::from_value::<T>(object.clone()).unwrap().into());
    }
}
