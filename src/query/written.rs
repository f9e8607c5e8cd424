//! How answers are serialised whose parts borrow from the policy: by keys and copies.

use serde::{Serialize, Serializer};

use crate::authorize::Grant;
use crate::model::{ObjectKey, PolicyRule, RoleRef, Subject};
use crate::policy::ResolutionError;

/// A grant by its keys.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Path {
    binding: ObjectKey,
    role: ObjectKey,
    rule_index: usize,
}

impl From<Grant<'_>> for Path {
    fn from(grant: Grant<'_>) -> Self {
        Self { binding: grant.binding.key(), role: grant.role.key(), rule_index: grant.rule_index }
    }
}

/// A grant by its keys, with the subject and the rule.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    path: Path,
    subject: Option<&'a Subject>,
    rule: Option<&'a PolicyRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dangling<'a> {
    binding: ObjectKey,
    role_ref: &'a RoleRef,
    error: String,
}

pub(super) fn grants<S: Serializer>(grants: &[Grant<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(grants.iter().map(|grant| Whole {
        path: (*grant).into(),
        subject: grant.subject(),
        rule: grant.rule(),
    }))
}

pub(super) fn errors<S: Serializer>(errors: &[ResolutionError<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(errors.iter().map(|error| Dangling {
        binding: error.binding.key(),
        role_ref: error.binding.role_ref(),
        error: error.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::{ClusterRole, ClusterRoleBinding, PolicyRule};
    use crate::query::{Access, access_matrix, allowed_subjects, effective, rules_for};
    use crate::resources::Catalogue;
    use crate::{Attributes, Authorizer, Policy, UserInfo};

    use super::*;

    #[test]
    fn every_answer_serialises() {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(ClusterRoleBinding::new("reads", "reader", [Subject::user("jane")]));
        policy.insert(ClusterRoleBinding::new("dead", "gone", [Subject::user("jane")]));
        let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["x"]));
        let rule = json!({ "verbs": ["get"], "apiGroups": [""], "resources": ["pods"] });
        let key = |kind: &str, name: &str| json!({ "kind": kind, "namespace": "", "name": name });
        let subject = serde_json::to_value(Subject::user("jane")).unwrap();
        let errors = json!([{
            "binding": key("ClusterRoleBinding", "dead"), "roleRef": RoleRef::cluster_role("gone"),
            "error": "clusterrole.rbac.authorization.k8s.io \"gone\" not found",
        }]);
        let grant = json!({
            "binding": key("ClusterRoleBinding", "reads"), "role": key("ClusterRole", "reader"), "ruleIndex": 0, "subject": subject, "rule": rule,
        });
        assert_eq!(serde_json::to_value(rules_for(&rbac, &jane, "dev")).unwrap(), json!({ "grants": [grant], "errors": errors }));
        let subjects = allowed_subjects(&rbac, &Attributes::resource("get", "pods"), None);
        assert_eq!(
            serde_json::to_value(subjects).unwrap(),
            json!({ "subjects": [Subject::group(UserInfo::MASTERS), subject], "errors": errors })
        );
        assert_eq!(serde_json::to_value(effective(&rbac, &jane).unwrap()).unwrap(), json!({ "cluster": [rule] }));
        let (users, catalogue) = ([jane.clone()], Catalogue::built_in());
        let matrix =
            access_matrix(&rbac, &users, &catalogue, "dev").verbs(["get"]).resources(|resource| resource.plural == "pods");
        assert_eq!(serde_json::to_value(matrix).unwrap()[0]["access"], json!(Access::Yes));
    }
}
