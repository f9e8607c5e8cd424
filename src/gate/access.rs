//! Access that was not there before, that is banned, or that everybody has.

use super::{Ban, Breach, Outcome};
use crate::authorize::Grant;
use crate::authorize::subject::{Membership, Principal};
use crate::diff::{Access, Diff, SubjectDiff, diff, diff_of};
use crate::explain::Evidence;
use crate::identity::UserInfo;
use crate::permission::{PermissionSet, TooLarge};
use crate::policy::Policy;
#[cfg(feature = "bootstrap")]
use crate::version::KubeVersion;

/// The new policy allows nobody anything that the old one does not. Cost: that of [`diff`].
///
/// ```
/// use k8s_rbac::{Policy, authorize::subject::Membership, gate::{Answer, no_new_access}, model::*};
/// let old = Policy::from_iter([
///     Object::from(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["secrets"])])),
///     Object::from(RoleBinding::new("dev", "read", RoleRef::cluster_role("reader"), [Subject::user("jane")])),
/// ]);
/// let mut new = old.clone();
/// new.insert(RoleBinding::new("dev", "read", RoleRef::cluster_role("reader"), [Subject::user("jane"), Subject::group("ops")]));
/// let outcome = no_new_access(&old, &new, Membership::Alone)?;
/// assert_eq!(outcome.answer(), Answer::Failed);
/// assert_eq!(
///     outcome.to_string(),
///     "Group ops may get secrets in the namespace dev: Group ops ← RoleBinding dev/read → ClusterRole reader rules[0]\n",
/// );
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`LIMIT`](crate::PermissionSet::LIMIT) steps.
pub fn no_new_access(old: &Policy, new: &Policy, membership: Membership) -> Result<Outcome, TooLarge> {
    Ok(gained(diff(old, new, membership)?))
}

/// Who everybody is: the anonymous user, those without credentials, and those with any.
pub const PUBLIC: [&str; 3] = [UserInfo::ANONYMOUS, UserInfo::ALL_UNAUTHENTICATED, UserInfo::ALL_AUTHENTICATED];

/// Everybody may do no more than what the other policy gives to everybody: the default one, as a rule.
///
/// ```
/// use k8s_rbac::{Policy, gate::{Answer, no_public_access}, model::*};
/// let health = Object::from(ClusterRole::new("health", [PolicyRule::urls(["get"], ["/healthz"])]));
/// let public = Object::from(ClusterRoleBinding::new("health", "health", [Subject::group("system:unauthenticated")]));
/// let allowed = Policy::from_iter([health, public]);
/// let mut policy = allowed.clone();
/// assert_eq!(no_public_access(&policy, &allowed)?.answer(), Answer::Passed);
/// policy.insert(ClusterRole::new("health", [PolicyRule::urls(["get"], ["/healthz", "/metrics"])]));
/// assert!(no_public_access(&policy, &allowed)?.to_string().contains("get /metrics"));
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`LIMIT`](crate::PermissionSet::LIMIT) steps.
pub fn no_public_access(policy: &Policy, allowed: &Policy) -> Result<Outcome, TooLarge> {
    let [anonymous, groups @ ..] = PUBLIC;
    let principals = groups.map(|group| Principal::Group(group.to_owned()));
    let everybody = std::iter::once(Principal::User(anonymous.to_owned())).chain(principals);
    Ok(gained(diff_of(everybody, allowed, policy, Membership::Implied)?))
}

/// Everybody may do no more than in a new cluster of the version.
///
/// ```
/// use k8s_rbac::{KubeVersion, bootstrap, gate::{Answer, no_public_access_by_default}, model::*};
/// let mut policy = bootstrap::policy(KubeVersion::V1_37);
/// assert_eq!(no_public_access_by_default(&policy, KubeVersion::V1_37)?.answer(), Answer::Passed);
/// policy.insert(ClusterRoleBinding::new("oops", "view", [Subject::group("system:unauthenticated")]));
/// let outcome = no_public_access_by_default(&policy, KubeVersion::V1_37)?;
/// assert_eq!(outcome.breaches[0].subject.to_string(), "User system:anonymous");
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`LIMIT`](crate::PermissionSet::LIMIT) steps.
#[cfg(feature = "bootstrap")]
#[cfg_attr(docsrs, doc(cfg(feature = "bootstrap")))]
pub fn no_public_access_by_default(policy: &Policy, version: KubeVersion) -> Result<Outcome, TooLarge> {
    no_public_access(policy, &crate::bootstrap::policy(version))
}

fn gained(diff: Diff<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for change in &diff.changes {
        for (namespace, here) in change.places() {
            let evidence = here.gained.grants.iter().map(Grant::evidence).collect();
            outcome.breaches.extend(breach(&diff, &change.subject, namespace, here.gained.set.clone(), evidence));
        }
    }
    outcome.incomplete = diff.incomplete;
    outcome
}

fn breach(
    diff: &Diff<'_>,
    subject: &Principal,
    namespace: &str,
    allowed: PermissionSet,
    evidence: Vec<Evidence>,
) -> Option<Breach> {
    let request = diff.request(subject, namespace, &allowed)?;
    Some(Breach { subject: subject.clone(), namespace: namespace.to_owned(), request, allowed, evidence })
}

/// Nothing that is banned is allowed to anybody whom the ban does not let off.
///
/// Each user name and each group is looked at alone: a member of a group is let off by a ban that lets off the group. Breaches come
/// ban after ban. Cost: for each ban, that of a difference from an empty policy.
///
/// ```
/// use k8s_rbac::{Policy, authorize::subject::Principal, gate::{Ban, not_granted}, model::*, permission::*};
/// let policy = Policy::from_iter([
///     Object::from(ClusterRole::new("all", [PolicyRule::resources(["*"], ["*"], ["*"])])),
///     Object::from(ClusterRoleBinding::new("ops", "all", [Subject::group("ops"), Subject::user("jane")])),
/// ]);
/// let secrets = PermissionSet::from_rule(&PolicyRule::resources(["get", "list"], [""], ["secrets"]))?;
/// let outcome = not_granted(&policy, &[Ban::new(secrets).except([Principal::Group("ops".into())])])?;
/// assert_eq!(
///     outcome.to_string(),
///     "User jane may get secrets: User jane ← ClusterRoleBinding ops → ClusterRole all rules[0]\n",
/// );
/// # Ok::<(), k8s_rbac::permission::TooLarge>(())
/// ```
///
/// # Errors
/// A set would take more than [`LIMIT`](crate::PermissionSet::LIMIT) steps.
pub fn not_granted(policy: &Policy, bans: &[Ban]) -> Result<Outcome, TooLarge> {
    let nothing = Policy::new();
    let all = diff(&nothing, policy, Membership::Alone)?;
    let mut outcome = Outcome { breaches: Vec::new(), incomplete: policy.gaps() };
    for ban in bans {
        for change in all.changes.iter().filter(|change| !ban.except.contains(&change.subject)) {
            for (namespace, allowed, access) in banned(ban, change)? {
                let evidence = allowing(access, &allowed)?;
                outcome.breaches.extend(breach(&all, &change.subject, namespace, allowed, evidence));
            }
        }
    }
    Ok(outcome)
}

/// The places where the subject is allowed what is banned there: what of it, and all that it is allowed there. What is allowed in the whole
/// cluster is not told again for each namespace.
fn banned<'d, 'a>(ban: &'d Ban, held: &'d SubjectDiff<'a>) -> Result<Vec<(&'d str, PermissionSet, &'d Access<'a>)>, TooLarge> {
    if let Some(namespace) = &ban.namespace {
        let here = held.by_namespace.get(namespace.as_str()).unwrap_or(&held.cluster);
        return Ok(vec![(namespace, here.gained.set.intersection(&ban.what)?, &here.gained)]);
    }
    let mut found = Vec::new();
    for (namespace, here) in held.places() {
        let mut allowed = here.gained.set.intersection(&ban.what)?;
        if !namespace.is_empty() {
            allowed = allowed.difference(&held.cluster.gained.set)?;
        }
        found.push((namespace, allowed, &here.gained));
    }
    Ok(found)
}

fn allowing(access: &Access<'_>, set: &PermissionSet) -> Result<Vec<Evidence>, TooLarge> {
    let mut found = Vec::new();
    for grant in &access.grants {
        let rule = grant.rule().map(PermissionSet::from_rule).transpose()?;
        if rule.is_some_and(|rule| rule.intersects(set)) {
            found.push(grant.evidence());
        }
    }
    Ok(found)
}
