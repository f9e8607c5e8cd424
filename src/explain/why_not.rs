//! The near misses of a denied request.

use super::why::place;
use super::{Miss, NearMiss, WhyNot, rule_miss, subject_miss};
use crate::authorize::{Authorizer, subject};
use crate::identity::UserInfo;
use crate::model::{ObjectKey, PolicyRule};
use crate::policy::{AnyBinding, AnyRole};
use crate::request::Attributes;
use crate::rule::rule_allows;

/// A rule that differs in more than this many things is no near miss.
const NEAR: usize = 2;

/// What nearly allows the request, the nearest first, at most `limit` of it; nothing if the request is allowed.
///
/// Cost: `O(all bindings + rules of the user's roles)`, and memory for `limit` misses and those of the same distance.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, explain::why_not, model::*};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(ClusterRoleBinding::new("ci-reads", "reader", [Subject::service_account("", "ci")]));
/// let (rbac, ci) = (Authorizer::new(policy), UserInfo::service_account("default", "ci"));
/// let found = why_not(&rbac, &Attributes::resource("get", "pods").by(&ci), 3);
/// assert_eq!(
///     found.misses[0].to_string(),
///     "ClusterRoleBinding ci-reads grants ClusterRole reader, which allows it, but its ServiceAccount subject has no namespace",
/// );
/// ```
pub fn why_not(rbac: &Authorizer, request: &Attributes<'_>, limit: usize) -> WhyNot {
    let Some(user) = request.user.filter(|_| !rbac.authorize(request).is_allowed()) else {
        return WhyNot::default();
    };
    let (policy, search) = (rbac.policy(), Search { rbac, request, user });
    let mut misses: Vec<NearMiss> = policy.bindings().flat_map(|binding| search.of_binding(binding)).collect();
    if rbac.bindings_anywhere_of(user).next().is_none() {
        misses.push(NearMiss { miss: Miss::NothingBound, binding: None, role: None, rule_index: None, place: None });
    }
    misses.sort_by_key(NearMiss::distance);
    misses.truncate(limit);
    WhyNot { misses, incomplete: policy.completeness().gaps_in(request.namespace) }
}

struct Search<'a> {
    rbac: &'a Authorizer,
    request: &'a Attributes<'a>,
    user: &'a UserInfo,
}

impl Search<'_> {
    fn stands_for_user(&self, binding: AnyBinding<'_>) -> bool {
        binding.subjects().iter().any(|candidate| subject::matches(candidate, binding.namespace(), self.user))
    }

    /// Whether the binding is read for the request.
    fn is_read(&self, binding: AnyBinding<'_>) -> bool {
        match binding {
            AnyBinding::ClusterRoleBinding(_) => true,
            AnyBinding::RoleBinding(_) => !self.request.namespace.is_empty() && binding.namespace() == self.request.namespace,
        }
    }

    fn of_binding(&self, binding: AnyBinding<'_>) -> Vec<NearMiss> {
        let Ok(role) = self.rbac.policy().role_of(binding) else {
            return self.missing_role(binding).into_iter().collect();
        };
        match (self.is_read(binding), self.stands_for_user(binding)) {
            (true, true) => self.rules(binding, role),
            (true, false) => self.subjects(binding, role),
            (false, true) => self.elsewhere(binding, role).into_iter().collect(),
            (false, false) => Vec::new(),
        }
    }

    fn missing_role(&self, binding: AnyBinding<'_>) -> Option<NearMiss> {
        let near = self.is_read(binding) && self.stands_for_user(binding);
        near.then(|| miss_at(Miss::RoleMissing, binding, referred(binding), "roleRef"))
    }

    fn elsewhere(&self, binding: AnyBinding<'_>, role: AnyRole<'_>) -> Option<NearMiss> {
        let miss = || Miss::BoundElsewhere { namespace: binding.namespace().to_owned() };
        self.allows(role).then(|| miss_at(miss(), binding, role.key(), "metadata.namespace"))
    }

    fn subjects(&self, binding: AnyBinding<'_>, role: AnyRole<'_>) -> Vec<NearMiss> {
        if !self.allows(role) {
            return Vec::new();
        }
        let subjects = binding.subjects().iter().enumerate();
        let misses = subjects.filter_map(|(i, found)| Some((i, subject_miss(found, binding.namespace(), self.user)?)));
        misses.map(|(i, miss)| miss_at(Miss::Subject(miss), binding, role.key(), &format!("subjects[{i}]"))).collect()
    }

    fn rules(&self, binding: AnyBinding<'_>, role: AnyRole<'_>) -> Vec<NearMiss> {
        let rules = role.rules().iter().enumerate();
        let near = rules.filter_map(|(i, rule)| Some((i, rule_miss(rule, self.request).filter(|miss| miss.count() <= NEAR)?)));
        near.map(|(i, miss)| NearMiss {
            miss: Miss::Rule(miss),
            binding: Some(binding.key()),
            role: Some(role.key()),
            rule_index: Some(i),
            place: place(role.source().map(AsRef::as_ref), &format!("rules[{i}]")),
        })
        .collect()
    }

    fn allows(&self, role: AnyRole<'_>) -> bool {
        role.rules().iter().any(|rule: &PolicyRule| rule_allows(rule, self.request))
    }
}

fn miss_at(miss: Miss, binding: AnyBinding<'_>, role: ObjectKey, field: &str) -> NearMiss {
    let place = place(binding.source().map(AsRef::as_ref), field);
    NearMiss { miss, binding: Some(binding.key()), role: Some(role), rule_index: None, place }
}

/// The role that a reference means, whether it exists or not.
fn referred(binding: AnyBinding<'_>) -> ObjectKey {
    use crate::model::{ApiObject, ClusterRole, Role, RoleRef};
    let RoleRef { kind, name, .. } = binding.role_ref();
    match kind.as_str() {
        RoleRef::ROLE => ObjectKey { kind: Role::KIND, namespace: binding.namespace().to_owned(), name: name.clone() },
        _ => ObjectKey { kind: ClusterRole::KIND, namespace: String::new(), name: name.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef, Subject};
    use crate::policy::{Completeness, Policy};

    fn policy() -> Policy {
        let mut policy = Policy::new();
        policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        policy.insert(Role::new("dev", "lister", [PolicyRule::resources(["list"], [""], ["pods"])]));
        policy.insert(RoleBinding::new("dev", "jane", RoleRef::role("lister"), [Subject::user("jane")]));
        policy.insert(RoleBinding::new("prod", "jane", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
        policy.insert(RoleBinding::new("dev", "gone", RoleRef::role("nope"), [Subject::user("jane")]));
        policy.insert(ClusterRoleBinding::new("all", "reader", [Subject::user("Jane")]));
        policy
    }

    fn said(user: &UserInfo, request: Attributes<'_>) -> Vec<String> {
        let found = why_not(&Authorizer::new(policy()), &request.by(user), 9);
        assert!(found.incomplete.is_empty());
        found.misses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_was_not_given_is_told_of_a_denied_request_alone() {
        let mut policy = policy();
        policy.set_completeness(Completeness::nothing().with_all::<ClusterRole>().with::<Role>("dev").with::<RoleBinding>("dev"));
        let (rbac, jane) = (Authorizer::new(policy), UserInfo::new("jane", ["dev"]));
        let asked = |verb: &'static str| Attributes::resource(verb, "pods").in_namespace("dev").by(&jane);
        assert_eq!(why_not(&rbac, &asked("list"), 9), WhyNot::default());
        let told = why_not(&rbac, &asked("delete"), 1).to_string();
        assert_eq!(
            told,
            "Role dev/lister rules[0], granted by RoleBinding dev/jane: the verb \"delete\" is not listed\n\
             not certain: not every ClusterRoleBinding was given\n"
        );
    }

    #[test]
    fn near_misses_are_ranked_and_worded() {
        let jane = UserInfo::new("jane", ["dev"]);
        assert_eq!(
            said(&jane, Attributes::resource("get", "pods").in_namespace("dev")),
            [
                r#"ClusterRoleBinding all grants ClusterRole reader, which allows it, but to "Jane", which differs in case"#,
                r#"Role dev/lister rules[0], granted by RoleBinding dev/jane: the verb "get" is not listed"#,
                "RoleBinding prod/jane grants ClusterRole reader, which allows it, but only in the namespace prod",
                "RoleBinding dev/gone refers to Role dev/nope, which is not there",
            ]
        );
        assert!(said(&jane, Attributes::resource("list", "pods").in_namespace("dev")).is_empty(), "it is allowed");
        assert_eq!(said(&UserInfo::new("bob", ["dev"]), Attributes::resource("get", "pods")), ["no binding stands for the user"]);
    }
}
