//! The rules of aggregated ClusterRoles, gathered from the ClusterRoles that their selectors select.
//!
//! Models `pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`: [`aggregate`] is one run of it for one role,
//! [`settle`] what its runs come to. The authorizer never looks at an aggregation rule, only at the rules that this leaves.

mod graph;
mod owner;

use std::collections::{BTreeMap, HashSet};

use crate::model::labels::SelectorError;
use crate::model::{AggregationRule, ClusterRole, LabelSelector, PolicyRule};
use crate::policy::{Policy, Shared, Store};
use crate::version::KubeVersion;

pub use owner::FIELD_MANAGER;
pub(crate) use owner::take_rules;

/// How many edges and rules [`settle`] looks at before it gives up.
pub const MAX_STEPS: usize = 10_000_000;

/// Why aggregation came to no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("clusterrole {role:?}: aggregationRule.clusterRoleSelectors[{index}]: {error}")]
    Selector { role: String, index: usize, error: SelectorError },
    #[error("aggregated clusterroles did not settle within {0} steps")]
    Unsettled(usize),
}

/// What [`settle`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Settled {
    /// The ClusterRoles whose rules are others than before, sorted.
    pub changed: Vec<String>,
    /// The ClusterRoles that were left alone because a selector of theirs cannot be read, in policy order.
    pub failed: Vec<Error>,
}

/// The rules that one run of the controller gives the role, from the rules that the other roles have now; `None` if the role is not
/// aggregated or has these rules already.
///
/// Selector by selector, the selected roles in the order of their names; a rule that is there already is not added again. Rules are
/// compared entry by entry: the order of the entries counts, and nothing is merged.
///
/// Cost: `O(selectors · roles · log roles + rules)`.
///
/// # Errors
/// A selector that upstream cannot convert.
///
/// ```
/// use k8s_rbac::controller::aggregation::aggregate;
/// use k8s_rbac::model::{AggregationRule, ClusterRole, LabelSelector, PolicyRule};
/// # use k8s_rbac::Policy;
/// let mut source = ClusterRole::new("source", [PolicyRule::resources(["get"], [""], ["pods"])]);
/// source.metadata.labels.insert("to-view".into(), "true".into());
/// let mut view = ClusterRole::new("my-view", []);
/// view.aggregation_rule = Some(AggregationRule { cluster_role_selectors: vec![LabelSelector::labels([("to-view", "true")])] });
/// let mut policy = Policy::new();
/// policy.insert(source.clone());
/// assert_eq!(aggregate(&view, policy.cluster_roles())?, Some(source.rules.to_vec()));
/// # Ok::<(), k8s_rbac::controller::aggregation::Error>(())
/// ```
pub fn aggregate(role: &ClusterRole, roles: &Store<ClusterRole>) -> Result<Option<Vec<PolicyRule>>, Error> {
    let Some(aggregation) = &role.aggregation_rule else { return Ok(None) };
    check(&role.metadata.name, aggregation)?;
    let by_name = by_name(roles.iter());
    let mut seen = HashSet::new();
    let rules: Vec<&PolicyRule> = sources(&role.metadata.name, aggregation, &by_name)
        .flat_map(|(_, source)| &source.rules)
        .filter(|rule| seen.insert(*rule))
        .collect();
    let unchanged = rules.iter().copied().eq(role.rules.iter());
    Ok((!unchanged).then(|| rules.into_iter().cloned().collect()))
}

/// Runs the controller for every aggregated role until nothing changes, and says what did.
///
/// The roles are taken in policy order, again whenever a role that they select changed. Where no role selects itself through others, the
/// result does not depend on the order. In a circle rules stay alive once they are in it, as upstream. A role that no rule is gathered
/// for keeps the rules that it has from 1.21 on, unless they are the controller's own
/// ([`AppliesAggregatedRules`](crate::version::Behaviour::AppliesAggregatedRules)); before, it loses them.
///
/// Cost: `O(selectors · roles)` for the edges, and then the rules that are copied along them.
///
/// ```
/// use k8s_rbac::controller::aggregation::settle;
/// use k8s_rbac::{KubeVersion, Policy, model::*};
/// let mut source = ClusterRole::new("lamps-view", [PolicyRule::resources(["get"], ["acme.example"], ["lamps"])]);
/// source.metadata.labels.insert("to-view".into(), "true".into());
/// let mut view = ClusterRole::new("view", []);
/// view.aggregation_rule = Some(AggregationRule { cluster_role_selectors: vec![LabelSelector::labels([("to-view", "true")])] });
/// let mut policy = Policy::from_iter([Object::from(view), Object::from(source)]);
/// assert_eq!(settle(&mut policy, KubeVersion::V1_37)?.changed, ["view"]);
/// assert_eq!(policy.get::<ClusterRole>("", "view").unwrap().rules.len(), 1);
/// # Ok::<(), k8s_rbac::controller::aggregation::Error>(())
/// ```
///
/// # Errors
/// The rules did not settle within [`MAX_STEPS`]; the policy is then as it was.
pub fn settle(policy: &mut Policy, version: KubeVersion) -> Result<Settled, Error> {
    settle_within(MAX_STEPS, policy, version)
}

/// The same without a note of who wrote the rules.
#[cfg(feature = "bootstrap")]
pub(crate) fn fill(policy: &mut Policy, version: KubeVersion) -> Result<Settled, Error> {
    run(MAX_STEPS, policy, version, |role, rules| ClusterRole { rules: owner::list(rules), ..role })
}

fn settle_within(limit: usize, policy: &mut Policy, version: KubeVersion) -> Result<Settled, Error> {
    run(limit, policy, version, |role, rules| owner::write(role, rules, version))
}

fn run(
    limit: usize,
    policy: &mut Policy,
    version: KubeVersion,
    write: impl Fn(ClusterRole, Vec<PolicyRule>) -> ClusterRole,
) -> Result<Settled, Error> {
    let roles: Vec<Shared<ClusterRole>> = policy.cluster_roles().iter().cloned().collect();
    let (graph, failed) = graph::Graph::new(&roles, version, limit).ok_or(Kind::Unsettled(limit))?;
    let results = graph.settle(limit).ok_or(Kind::Unsettled(limit))?;
    let mut changed = Vec::new();
    for (role, rules) in results {
        changed.push(role.metadata.name.clone());
        policy.insert::<ClusterRole>((**role).clone().map(|role| write(role, rules)));
    }
    Ok(Settled { changed, failed })
}

/// The roles with their indices, in the order of their names. Put in one by one, for that is less code than a sort.
fn by_name<'a>(roles: impl Iterator<Item = &'a Shared<ClusterRole>>) -> Vec<(usize, &'a ClusterRole)> {
    let mut sorted = BTreeMap::new();
    for (index, role) in roles.enumerate() {
        sorted.insert(role.metadata.name.as_str(), (index, &***role));
    }
    sorted.into_values().collect()
}

/// The roles that the role takes its rules from, in upstream's order; one that two selectors select comes twice.
fn sources<'s, 'a>(
    name: &'s str,
    aggregation: &'s AggregationRule,
    by_name: &'s [(usize, &'a ClusterRole)],
) -> impl Iterator<Item = (usize, &'a ClusterRole)> + use<'s, 'a> {
    let selected = move |selector: &'s LabelSelector| {
        by_name.iter().copied().filter(move |(_, role)| role.metadata.name != name && selector.matches(&role.metadata.labels))
    };
    aggregation.cluster_role_selectors.iter().flat_map(selected)
}

fn check(name: &str, aggregation: &AggregationRule) -> Result<(), Error> {
    for (index, selector) in aggregation.cluster_role_selectors.iter().enumerate() {
        selector.check().map_err(|error| Kind::Selector { role: name.to_owned(), index, error })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Object;

    fn rule(verbs: &[&str]) -> PolicyRule {
        PolicyRule::resources(verbs.iter().copied(), [""], ["pods"])
    }

    fn role(name: &str, labels: &[(&str, &str)], verbs: &[&str]) -> ClusterRole {
        let mut role = ClusterRole::new(name, verbs.iter().map(|verb| rule(&[verb])));
        role.metadata.labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        role
    }

    fn gathering(mut role: ClusterRole, selectors: &[&[(&str, &str)]]) -> ClusterRole {
        let cluster_role_selectors = selectors.iter().map(|labels| LabelSelector::labels(labels.iter().copied())).collect();
        role.aggregation_rule = Some(AggregationRule { cluster_role_selectors });
        role
    }

    fn policy(roles: impl IntoIterator<Item = ClusterRole>) -> Policy {
        roles.into_iter().map(Object::from).collect()
    }

    fn verbs(policy: &Policy, name: &str) -> Vec<String> {
        let role = policy.get::<ClusterRole>("", name).unwrap();
        role.rules.iter().map(|rule| rule.verbs.join(",")).collect()
    }

    fn settled(roles: impl IntoIterator<Item = ClusterRole>, version: KubeVersion) -> Policy {
        let mut policy = policy(roles);
        let report = settle(&mut policy, version).unwrap();
        assert_eq!(report.failed, []);
        policy
    }

    #[test]
    fn selectors_go_in_order_and_roles_by_name_and_own_rules_go() {
        let target = gathering(role("t", &[], &["own"]), &[&[("y", "1")], &[("x", "1")]]);
        let sources = [
            role("b", &[("x", "1")], &["get", "list"]),
            role("a", &[("x", "1")], &["list", "watch"]),
            role("z", &[("y", "1"), ("x", "1")], &["patch"]),
        ];
        let policy = settled(sources.into_iter().chain([target]), KubeVersion::V1_37);
        assert_eq!(verbs(&policy, "t"), ["patch", "list", "watch", "get"]);
    }

    #[test]
    fn rules_are_compared_entry_by_entry() {
        let mut a = role("a", &[("x", "")], &[]);
        a.rules = vec![rule(&["get", "list"]), rule(&["list", "get"]), rule(&["*"]), rule(&["get", "list"])].into();
        let policy = settled([a, gathering(role("t", &[], &[]), &[&[("x", "")]])], KubeVersion::V1_11);
        assert_eq!(verbs(&policy, "t"), ["get,list", "list,get", "*"]);
    }

    #[test]
    fn an_empty_selector_selects_every_role_but_the_own_one() {
        let roles = [role("a", &[], &["get"]), gathering(role("t", &[], &["own"]), &[&[]]), role("z", &[("x", "1")], &["list"])];
        assert_eq!(verbs(&settled(roles, KubeVersion::V1_37), "t"), ["get", "list"]);
    }

    #[test]
    fn chains_settle_from_either_end() {
        let mut chain = vec![
            gathering(role("admin", &[], &[]), &[&[("to", "admin")]]),
            gathering(role("edit", &[("to", "admin")], &[]), &[&[("to", "edit")]]),
            gathering(role("view", &[("to", "edit")], &[]), &[&[("to", "view")]]),
            role("source", &[("to", "view")], &["get"]),
        ];
        for _ in 0..2 {
            assert_eq!(verbs(&settled(chain.clone(), KubeVersion::V1_37), "admin"), ["get"]);
            chain.reverse();
        }
    }

    #[test]
    fn in_a_circle_rules_outlive_their_source() {
        let circle = || {
            [
                gathering(role("a", &[("x", "1")], &[]), &[&[("y", "1")]]),
                gathering(role("b", &[("y", "1")], &[]), &[&[("x", "1")]]),
            ]
        };
        let mut policy = settled(circle().into_iter().chain([role("source", &[("x", "1")], &["get"])]), KubeVersion::V1_37);
        policy.remove::<ClusterRole>("", "source");
        assert_eq!(settle(&mut policy, KubeVersion::V1_37), Ok(Settled::default()));
        assert_eq!((verbs(&policy, "a"), verbs(&policy, "b")), (vec!["get".to_owned()], vec!["get".to_owned()]));
    }

    #[test]
    fn a_role_that_nothing_is_gathered_for_loses_its_rules_before_1_21_or_if_they_are_the_controllers() {
        let lonely = || gathering(role("t", &[], &["own"]), &[&[("x", "1")]]);
        assert!(verbs(&settled([lonely()], KubeVersion::V1_11), "t").is_empty());
        assert!(settled([lonely()], KubeVersion::V1_11).get::<ClusterRole>("", "t").unwrap().rules.is_null());
        assert_eq!(verbs(&settled([lonely()], KubeVersion::V1_37), "t"), ["own"]);

        let mut policy = settled([lonely(), role("source", &[("x", "1")], &["get"])], KubeVersion::V1_37);
        assert!(owner::owns_rules(&policy.get::<ClusterRole>("", "t").unwrap().metadata));
        policy.remove::<ClusterRole>("", "source");
        assert_eq!(settle(&mut policy, KubeVersion::V1_37).unwrap().changed, ["t"]);
        let role = policy.get::<ClusterRole>("", "t").unwrap();
        assert!(role.rules.is_null() && role.metadata.managed_fields.is_empty());
    }

    #[test]
    fn a_selector_that_cannot_be_read_leaves_its_role_alone() {
        let bad = gathering(role("bad", &[], &["own"]), &[&[("x", "1")], &[("a b", "1")]]);
        let good = gathering(role("good", &[], &[]), &[&[("x", "1")]]);
        let mut policy = policy([bad, good, role("source", &[("x", "1")], &["get"])]);
        let report = settle(&mut policy, KubeVersion::V1_37).unwrap();
        assert_eq!(report.changed, ["good"]);
        let texts: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
        let [text] = &texts[..] else { panic!("{texts:?}") };
        let expected =
            r#"clusterrole "bad": aggregationRule.clusterRoleSelectors[1]: key: Invalid value: "a b": name part must consist of"#;
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(verbs(&policy, "bad"), ["own"]);
    }

    #[test]
    fn one_run_sees_the_rules_that_are_there() {
        let chain =
            [gathering(role("edit", &[], &[]), &[&[("to", "edit")]]), gathering(role("view", &[("to", "edit")], &[]), &[&[]])];
        let policy = policy(chain.clone().into_iter().chain([role("a", &[], &["get"])]));
        assert_eq!(aggregate(&chain[0], policy.cluster_roles()), Ok(None));
        assert_eq!(aggregate(&chain[1], policy.cluster_roles()), Ok(Some(vec![rule(&["get"])])));
        assert_eq!(aggregate(&role("a", &[], &[]), policy.cluster_roles()), Ok(None));
    }

    #[test]
    fn too_much_work_is_an_error_and_changes_nothing() {
        let greedy = || policy((0..20).map(|i| gathering(role(&format!("r{i}"), &[], &["get"]), &[&[]])));
        for limit in [100, 500] {
            let mut policy = greedy();
            let error = settle_within(limit, &mut policy, KubeVersion::V1_37).unwrap_err();
            assert_eq!(error.to_string(), format!("aggregated clusterroles did not settle within {limit} steps"));
            assert_eq!(policy, greedy());
        }
        assert!(settle(&mut greedy(), KubeVersion::V1_37).is_ok());
    }
}
