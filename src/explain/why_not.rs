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
/// Of what is equally near, ClusterRoleBindings come first, the user's before others; then the RoleBindings of the namespace, then the user's
/// of other namespaces, each in policy order.
///
/// Cost: a glance at each role, and `O(bindings)` of the user, of the namespace, and ClusterRoleBindings of roles that allow the request;
/// memory for all misses found.
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
    let search = Search { rbac, request, user };
    let mut misses = search.misses();
    if rbac.bindings_anywhere_of(user).next().is_none() {
        misses.push(NearMiss { miss: Miss::NothingBound, binding: None, role: None, rule_index: None, place: None });
    }
    misses.sort_by_key(NearMiss::distance);
    misses.truncate(limit);
    WhyNot { misses, incomplete: rbac.policy().completeness().gaps_in(request.namespace) }
}

struct Search<'a> {
    rbac: &'a Authorizer,
    request: &'a Attributes<'a>,
    user: &'a UserInfo,
}

impl Search<'_> {
    fn misses(&self) -> Vec<NearMiss> {
        let (rbac, namespace) = (self.rbac, self.request.namespace);
        let allowing: Vec<AnyRole<'_>> = rbac.roles_allowing(self.request).map(|(role, _)| role).collect();
        let (mine, mine_local): (Vec<_>, Vec<_>) = rbac
            .bindings_anywhere_of(self.user)
            .map(|(binding, _)| binding)
            .partition(|binding| matches!(binding, AnyBinding::ClusterRoleBinding(_)));
        let granting = rbac.cluster_role_bindings_to_any(&allowing);
        let elsewhere = mine_local.into_iter().filter(|binding| binding.namespace() != namespace);
        let of_mine = mine.into_iter().flat_map(|binding| self.of_mine(binding));
        // If one of these stood for the user, the request would be allowed.
        let of_others = granting.filter_map(|(binding, role)| Some(self.subjects(binding, *allowing.get(role)?))).flatten();
        let of_local = rbac.policy().bindings_in(namespace).flat_map(|binding| self.of_local(binding));
        let of_elsewhere = elsewhere.filter_map(|binding| self.elsewhere(binding));
        of_mine.chain(of_others).chain(of_local).chain(of_elsewhere).collect()
    }

    /// Of a binding that stands for the user and is read for the request.
    fn of_mine(&self, binding: AnyBinding<'_>) -> Vec<NearMiss> {
        match self.rbac.policy().role_of(binding) {
            Ok(role) => self.rules(binding, role),
            Err(_) => vec![miss_at(Miss::RoleMissing, binding, referred(binding), "roleRef")],
        }
    }

    /// Of a RoleBinding of the namespace.
    fn of_local(&self, binding: AnyBinding<'_>) -> Vec<NearMiss> {
        if binding.subjects().iter().any(|found| subject::matches(found, binding.namespace(), self.user)) {
            return self.of_mine(binding);
        }
        let role = self.rbac.policy().role_of(binding).ok().filter(|role| self.allows(*role));
        role.map(|role| self.subjects(binding, role)).unwrap_or_default()
    }

    fn elsewhere(&self, binding: AnyBinding<'_>) -> Option<NearMiss> {
        let role = self.rbac.policy().role_of(binding).ok().filter(|role| self.allows(*role))?;
        let miss = Miss::BoundElsewhere { namespace: binding.namespace().to_owned() };
        Some(miss_at(miss, binding, role.key(), "metadata.namespace"))
    }

    /// Of a binding that grants a role that allows the request, but not to the user.
    fn subjects(&self, binding: AnyBinding<'_>, role: AnyRole<'_>) -> Vec<NearMiss> {
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
                "RoleBinding dev/gone refers to Role dev/nope, which is not there",
                "RoleBinding prod/jane grants ClusterRole reader, which allows it, but only in the namespace prod",
            ]
        );
        assert!(said(&jane, Attributes::resource("list", "pods").in_namespace("dev")).is_empty(), "it is allowed");
        assert_eq!(said(&UserInfo::new("bob", ["dev"]), Attributes::resource("get", "pods")), ["no binding stands for the user"]);
    }
}
