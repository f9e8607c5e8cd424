//! The search for changes: candidates, the least first, each tried on a copy.

use std::collections::BTreeSet;

use super::breadth::{CLUSTER, breadth, reach, scope};
use super::{Change, Suggestion, is_aggregated};
use crate::authorize::Authorizer;
use crate::authorize::subject::Principal;
use crate::explain::subject_miss;
use crate::identity::UserInfo;
use crate::model::{
    ApiObject, ClusterRole, ClusterRoleBinding, Object, ObjectKey, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use crate::policy::{AnyBinding, AnyRole};
use crate::request::Attributes;

/// The smallest changes that would allow the request, at most `limit`, those that grant least first; nothing if it is allowed already.
///
/// A rule is added to a role that the user holds here; an existing role that allows it is bound here, or the user added to its binding; a
/// subject or a reference that was probably meant is mended; a missing role is created; or a new role of this one rule is bound. Each
/// was tried on a copy of the policy, and none of its parts can be left out. Roles that a controller fills are not added to.
///
/// Cost: `O(roles + bindings of the roles that allow it)` for the candidates, and that of a decision for each that is tried.
///
/// ```
/// use k8s_rbac::{Attributes, Authorizer, Policy, UserInfo, model::*, suggest::changes};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
/// policy.insert(RoleBinding::new("dev", "jane-reads", RoleRef::cluster_role("reader"), [Subject::user("jane")]));
/// let (rbac, jane) = (Authorizer::new(policy), UserInfo::authenticated("jane", ["x"]));
/// let request = Attributes::resource("get", "pods").in_namespace("prod").by(&jane);
/// let found = changes(&rbac, &request, 2);
/// assert_eq!(found[0].to_string(), "create RoleBinding prod/jane-reader of ClusterRole reader to User jane");
/// ```
#[must_use]
pub fn changes(rbac: &Authorizer, request: &Attributes<'_>, limit: usize) -> Vec<Suggestion> {
    let Some(search) = Search::new(rbac, request) else { return Vec::new() };
    let mut candidates = search.candidates();
    candidates.sort_by_cached_key(|found| (found.breadth, found.changes.len(), found.to_string()));
    candidates.dedup();
    candidates.into_iter().filter(|found| search.is_enough(found)).take(limit).collect()
}

struct Search<'a> {
    rbac: &'a Authorizer,
    request: &'a Attributes<'a>,
    user: &'a UserInfo,
    /// The user as a subject.
    subject: Subject,
    /// The namespace where the grant is wanted; empty for the cluster.
    place: &'a str,
    /// The rule that allows the request and as little else as a rule can.
    rule: PolicyRule,
}

impl<'a> Search<'a> {
    fn new(rbac: &'a Authorizer, request: &'a Attributes<'a>) -> Option<Self> {
        let user = request.user.filter(|_| !rbac.authorize(request).is_allowed())?;
        let place = if request.resource_request { request.namespace } else { "" };
        Some(Self { rbac, request, user, subject: subject(user)?, place, rule: exact(request) })
    }

    fn candidates(&self) -> Vec<Suggestion> {
        let allowing: Vec<AnyRole<'a>> = self.rbac.roles_allowing(self.request).map(|(role, _)| role).collect();
        let mut found = vec![self.new_role()];
        for &role in &allowing {
            self.existing_role(role, &mut found);
        }
        let mut held = BTreeSet::new();
        for (binding, _) in self.rbac.bindings_of(self.user, self.place) {
            match self.rbac.policy().role_of(binding) {
                Ok(role) if held.insert(role.key()) => found.extend(self.add_rule(role)),
                Ok(_) => {}
                Err(_) => self.dangling(binding, &allowing, &mut found),
            }
        }
        found
    }

    /// A new role of the one rule, bound to the user.
    fn new_role(&self) -> Suggestion {
        let words = [self.request.verb, self.request.resource, self.request.subresource, self.request.path];
        let wanted = format!("allow-{}", words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join("-"));
        let name = self.fresh(self.role_kind(), &wanted);
        let role_ref = RoleRef { kind: self.role_kind().into(), ..RoleRef::role(name.as_str()) };
        let changes = vec![Change::Create { object: Box::new(self.role(&name)) }, self.bind(role_ref, &wanted)];
        self.suggestion(changes, std::slice::from_ref(&self.rule), self.scope())
    }

    /// What binds an existing role to the user here: a new binding, one that there is, or one whose subject was meant to be the user.
    fn existing_role(&self, role: AnyRole<'a>, found: &mut Vec<Suggestion>) {
        let is_local = matches!(role, AnyRole::Role(_));
        if !is_local || role.namespace() == self.place && !self.place.is_empty() {
            let role_ref = RoleRef { kind: role.kind().into(), ..RoleRef::role(role.name()) };
            let bind = self.bind(role_ref, &format!("{}-{}", self.subject.name, role.name()));
            found.push(self.suggestion(vec![bind], role.rules(), self.scope()));
        }
        for binding in self.rbac.bindings_to(role).filter(|binding| self.is_read(*binding)) {
            let mut change = |change| found.push(self.suggestion(vec![change], role.rules(), scope(binding)));
            if binding.namespace() == self.place {
                change(Change::AddSubject { binding: binding.key(), subject: self.subject.clone() });
            }
            let subjects = binding.subjects().iter().enumerate();
            for (index, _) in subjects.filter(|(_, other)| subject_miss(other, binding.namespace(), self.user).is_some()) {
                change(Change::FixSubject { binding: binding.key(), index, subject: self.subject.clone() });
            }
        }
    }

    fn is_read(&self, binding: AnyBinding<'_>) -> bool {
        binding.namespace() == self.place || matches!(binding, AnyBinding::ClusterRoleBinding(_))
    }

    /// The rule for a role that the user holds here, which everybody gains who holds it, wherever that is.
    fn add_rule(&self, role: AnyRole<'_>) -> Option<Suggestion> {
        let key = role.key();
        let is_wrong_kind = matches!(role, AnyRole::Role(_)) && !self.request.resource_request;
        if is_aggregated(self.rbac.policy(), &key) || is_wrong_kind {
            return None;
        }
        let holders = self.rbac.bindings_to(role).map(reach).fold(0, u64::saturating_add);
        let changes = vec![Change::AddRule { role: key, rule: self.rule.clone() }];
        Some(self.suggestion(changes, std::slice::from_ref(&self.rule), holders))
    }

    /// What a binding of the user may have been meant to refer to: a role that is spelt nearly so, or one that is still missing.
    fn dangling(&self, binding: AnyBinding<'_>, allowing: &[AnyRole<'_>], found: &mut Vec<Suggestion>) {
        let RoleRef { kind, name, .. } = binding.role_ref();
        let reach = reach(binding);
        let fits = |role: &AnyRole<'_>| matches!(role, AnyRole::ClusterRole(_)) || role.namespace() == binding.namespace();
        for role in allowing.iter().filter(|role| fits(role) && role.name().to_lowercase() == name.to_lowercase()) {
            let role_ref = RoleRef { kind: role.kind().into(), ..RoleRef::role(role.name()) };
            let changes = vec![Change::FixRoleRef { binding: binding.key(), role_ref }];
            found.push(self.suggestion(changes, role.rules(), reach));
        }
        let rules = [self.rule.clone()];
        let object: Object = match kind.as_str() {
            RoleRef::CLUSTER_ROLE => ClusterRole::new(name.as_str(), rules).into(),
            RoleRef::ROLE if !binding.namespace().is_empty() && self.request.resource_request => {
                Role::new(binding.namespace(), name.as_str(), rules).into()
            }
            _ => return,
        };
        if !name.is_empty() {
            found.push(self.suggestion(
                vec![Change::Create { object: Box::new(object) }],
                std::slice::from_ref(&self.rule),
                reach,
            ));
        }
    }

    const fn role_kind(&self) -> &'static str {
        if self.place.is_empty() { ClusterRole::KIND } else { Role::KIND }
    }

    const fn scope(&self) -> u64 {
        if self.place.is_empty() { CLUSTER } else { 1 }
    }

    fn role(&self, name: &str) -> Object {
        let rules = [self.rule.clone()];
        if self.place.is_empty() { ClusterRole::new(name, rules).into() } else { Role::new(self.place, name, rules).into() }
    }

    /// A new binding of the role to the user.
    fn bind(&self, role_ref: RoleRef, wanted: &str) -> Change {
        let subjects = [self.subject.clone()];
        if self.place.is_empty() {
            let name = self.fresh(ClusterRoleBinding::KIND, wanted);
            return Change::Create { object: Box::new(ClusterRoleBinding::new(name, role_ref.name, subjects).into()) };
        }
        let name = self.fresh(RoleBinding::KIND, wanted);
        Change::Create { object: Box::new(RoleBinding::new(self.place, name, role_ref, subjects).into()) }
    }

    /// A name that no object of the kind has here: the wanted one, made fit for a path, with a number behind it if need be.
    fn fresh(&self, kind: &'static str, wanted: &str) -> String {
        let plain: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() || c == ':' { c } else { '-' }).collect();
        let is_free = |name: &str| {
            let key = ObjectKey { kind, namespace: self.place.to_owned(), name: name.to_owned() };
            self.rbac.policy().metadata(&key).is_none()
        };
        let mut numbered = (2_u64..).map(|number| format!("{plain}-{number}"));
        if is_free(&plain) { plain } else { numbered.find(|name| is_free(name)).unwrap_or_default() }
    }

    fn suggestion(&self, changes: Vec<Change>, gained: &[PolicyRule], scope: u64) -> Suggestion {
        Suggestion { changes, breadth: breadth(gained).saturating_mul(scope) }
    }

    /// Whether the changes allow the request, and fewer of them do not.
    fn is_enough(&self, found: &Suggestion) -> bool {
        let without = |left_out: Option<usize>| {
            let mut rbac = self.rbac.clone();
            let kept = found.changes.iter().enumerate().filter(|(number, _)| Some(*number) != left_out);
            for object in kept.filter_map(|(_, change)| change.object(self.rbac.policy())) {
                rbac.insert_object(object);
            }
            rbac.authorize(self.request).is_allowed()
        };
        without(None) && (0..found.changes.len()).all(|number| !without(Some(number)))
    }
}

/// The subject that stands for the user and nobody else; without a name, one of its groups.
fn subject(user: &UserInfo) -> Option<Subject> {
    if !user.username.is_empty() {
        return Some(Principal::User(user.username.clone()).subject());
    }
    user.groups.iter().find(|group| !group.is_empty()).map(Subject::group)
}

/// The rule of the words of the request.
fn exact(request: &Attributes<'_>) -> PolicyRule {
    if !request.resource_request {
        return PolicyRule::urls([request.verb], [request.path]);
    }
    let rule = PolicyRule::resources([request.verb], [request.api_group], [request.combined_resource()]);
    if request.name.is_empty() { rule } else { rule.named([request.name]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn said(policy: Policy, user: &UserInfo, request: Attributes<'_>) -> Vec<String> {
        changes(&Authorizer::new(policy), &request.by(user), 9).iter().map(ToString::to_string).collect()
    }

    fn reader() -> ClusterRole {
        ClusterRole::new("reader", [PolicyRule::resources(["get", "list"], [""], ["pods"])])
    }

    #[test]
    fn the_least_comes_first() {
        let mut policy = Policy::new();
        policy.insert(reader());
        policy.insert(Role::new("dev", "own", [PolicyRule::resources(["get"], [""], ["services"])]));
        policy.insert(RoleBinding::new("dev", "own", RoleRef::role("own"), [Subject::user("jane")]));
        policy.insert(RoleBinding::new("dev", "readers", RoleRef::cluster_role("reader"), [Subject::user("Jane")]));
        let jane = UserInfo::new("jane", ["x"]);
        assert_eq!(
            said(policy, &jane, Attributes::resource("get", "pods").in_namespace("dev")),
            [
                r#"add to Role dev/own the rule {APIGroups:[""], Resources:["pods"], Verbs:["get"]}"#,
                r#"create Role dev/allow-get-pods with the rule {APIGroups:[""], Resources:["pods"], Verbs:["get"]} and create RoleBinding dev/allow-get-pods of Role allow-get-pods to User jane"#,
                "add to RoleBinding dev/readers the subject User jane",
                "create RoleBinding dev/jane-reader of ClusterRole reader to User jane",
                "make subjects[0] of RoleBinding dev/readers User jane",
            ]
        );
    }

    #[test]
    fn subjects_and_references_are_mended() {
        let mut policy = Policy::new();
        policy.insert(reader());
        policy.insert(ClusterRoleBinding::new("ci", "reader", [Subject::service_account("", "ci")]));
        policy.insert(RoleBinding::new("dev", "typo", RoleRef::role("reader"), [Subject::service_account("dev", "ci")]));
        let ci = UserInfo::service_account("dev", "ci");
        let found = said(policy.clone(), &ci, Attributes::resource("list", "pods").in_namespace("dev"));
        assert!(found.contains(&"make subjects[0] of ClusterRoleBinding ci ServiceAccount dev/ci".to_owned()), "{found:#?}");
        assert!(found.contains(&"create RoleBinding dev/typo anew, referring to ClusterRole reader".to_owned()), "{found:#?}");
        assert_eq!(found[0], r#"create Role dev/reader with the rule {APIGroups:[""], Resources:["pods"], Verbs:["list"]}"#);
        let in_cluster = said(policy, &ci, Attributes::non_resource("get", "/metrics"));
        assert_eq!(
            in_cluster,
            [
                r#"create ClusterRole allow-get--metrics with the rule {NonResourceURLs:["/metrics"], Verbs:["get"]} and create ClusterRoleBinding allow-get--metrics of ClusterRole allow-get--metrics to ServiceAccount dev/ci"#
            ]
        );
    }

    #[test]
    fn nothing_is_suggested_without_need_or_to_nobody() {
        let mut policy = Policy::new();
        policy.insert(reader());
        policy.insert(ClusterRoleBinding::new("jane", "reader", [Subject::user("jane")]));
        let rbac = Authorizer::new(policy);
        let (jane, nobody) = (UserInfo::new("jane", ["x"]), UserInfo::default());
        assert!(changes(&rbac, &Attributes::resource("get", "pods").by(&jane), 9).is_empty());
        assert!(changes(&rbac, &Attributes::resource("get", "pods").by(&nobody), 9).is_empty());
        assert!(changes(&rbac, &Attributes::resource("delete", "pods"), 9).is_empty());
    }
}
