//! Reconciliation: what is missing is added, what is too much goes where that is asked for, and what opted out stays.

use k8s_rbac::controller::Change;
use k8s_rbac::controller::reconcile::{AUTOUPDATE, Operation, Page, Reconciled, binding, role};
use k8s_rbac::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};

fn rule(verbs: &[&str], resources: &[&str]) -> PolicyRule {
    PolicyRule::resources(verbs.iter().copied(), [""], resources.iter().copied())
}

fn cluster_role(rules: &[PolicyRule]) -> ClusterRole {
    ClusterRole::new("r", rules.iter().cloned())
}

fn aggregated(mut role: ClusterRole, keys: &[&str]) -> ClusterRole {
    let cluster_role_selectors = keys.iter().map(|key| LabelSelector::labels([(*key, "true")])).collect();
    role.aggregation_rule = Some(AggregationRule { cluster_role_selectors });
    role
}

fn selected(role: &ClusterRole) -> Vec<&str> {
    let selectors = role.aggregation_rule.iter().flat_map(|rule| &rule.cluster_role_selectors);
    selectors.flat_map(|selector| selector.match_labels.keys()).map(String::as_str).collect()
}

fn reconciled(existing: &ClusterRole, expected: &ClusterRole, remove_extra: bool) -> Reconciled<ClusterRole> {
    role(Some(existing), expected, remove_extra).unwrap()
}

#[test]
fn a_role_that_is_not_there_is_created_with_its_rules_as_they_are_written() {
    let expected = aggregated(cluster_role(&[rule(&["get", "list"], &["pods"])]), &["x"]);
    let result = role(None, &expected, false).unwrap();
    assert_eq!((result.operation, result.missing_rules.len(), result.missing_selectors.len()), (Operation::Create, 1, 1));
    assert_eq!(result.missing_rules, expected.rules.to_vec());
    assert_eq!(result.changes(), [Change::Create(expected.into())]);
}

#[test]
fn missing_rules_are_added_one_by_one_and_extra_ones_stay_unless_they_are_to_go() {
    let existing = cluster_role(&[rule(&["get"], &["pods", "secrets"])]);
    let expected = cluster_role(&[rule(&["get", "list"], &["pods", "nodes"])]);
    let missing = [rule(&["list"], &["pods"]), rule(&["get"], &["nodes"]), rule(&["list"], &["nodes"])];
    let extra = [rule(&["get"], &["secrets"])];

    let union = reconciled(&existing, &expected, false);
    assert_eq!(
        (&union.missing_rules[..], &union.extra_rules[..], union.operation),
        (&missing[..], &extra[..], Operation::Update)
    );
    assert_eq!(union.object.rules.to_vec(), [&existing.rules[..], &missing[..]].concat());

    let exact = reconciled(&existing, &expected, true);
    assert_eq!((exact.operation, &exact.object.rules), (Operation::Update, &expected.rules));

    let only_extra = cluster_role(&[rule(&["get"], &["pods"])]);
    assert_eq!(reconciled(&existing, &only_extra, false).operation, Operation::None);
    assert_eq!(reconciled(&existing, &only_extra, true).object.rules, only_extra.rules);
    assert!(reconciled(&existing, &only_extra, false).changes().is_empty());
}

#[test]
fn existing_labels_and_annotations_win_and_missing_ones_are_added() {
    let mut existing = cluster_role(&[]);
    existing.metadata.labels.insert("a".into(), "mine".into());
    let mut expected = cluster_role(&[]);
    expected.metadata.labels = [("a", "theirs"), ("b", "theirs")].map(|(key, value)| (key.into(), value.into())).into();
    let result = reconciled(&existing, &expected, false);
    assert_eq!(result.operation, Operation::Update);
    assert_eq!(result.object.metadata.labels.values().map(String::as_str).collect::<Vec<_>>(), ["mine", "theirs"]);
    assert_eq!(reconciled(&result.object, &expected, true).operation, Operation::None);
}

#[test]
fn only_the_exact_annotation_of_the_stored_role_protects_it() {
    let expected = cluster_role(&[rule(&["get"], &["pods"])]);
    for (value, protected) in [("false", true), ("False", false), ("true", false), ("", false)] {
        let mut existing = cluster_role(&[]);
        existing.metadata.annotations.insert(AUTOUPDATE.into(), value.into());
        let result = reconciled(&existing, &expected, false);
        assert_eq!((result.operation, result.protected), (Operation::Update, protected));
        assert_eq!(result.changes().is_empty(), protected);
        let other_way = reconciled(&expected, &existing, true);
        assert!(!other_way.protected);
    }
}

#[test]
fn aggregation_is_added_replaced_or_removed() {
    let (plain, x, xy, z) = (
        cluster_role(&[]),
        aggregated(cluster_role(&[]), &["x"]),
        aggregated(cluster_role(&[]), &["x", "y"]),
        aggregated(cluster_role(&[]), &["z"]),
    );
    let rows: [(&ClusterRole, &ClusterRole, bool, Operation, &[&str]); 7] = [
        (&x, &plain, false, Operation::Update, &[]),
        (&plain, &x, false, Operation::Update, &["x"]),
        (&x, &xy, false, Operation::Update, &["x", "y"]),
        (&xy, &x, false, Operation::None, &["x", "y"]),
        (&xy, &x, true, Operation::Update, &["x"]),
        (&x, &z, false, Operation::Update, &["x", "z"]),
        (&x, &z, true, Operation::Update, &["z"]),
    ];
    for (existing, expected, remove_extra, operation, selectors) in rows {
        let result = reconciled(existing, expected, remove_extra);
        assert_eq!((result.operation, selected(&result.object)), (operation, selectors.to_vec()));
    }
    assert!(reconciled(&x, &plain, false).object.aggregation_rule.is_none());
    let filled = aggregated(cluster_role(&[rule(&["get"], &["pods"])]), &["x"]);
    assert!(reconciled(&filled, &x, true).extra_rules.is_empty());
    assert_eq!(reconciled(&filled, &plain, true).extra_rules.len(), 1);
    let of_role = role(Some(&Role::new("n", "r", [])), &Role::new("n", "r", []), true).unwrap();
    assert_eq!(of_role.operation, Operation::None);
}

#[test]
fn subjects_are_added_or_replaced_and_their_order_is_no_difference() {
    let [a, b, c] = ["a", "b", "c"].map(Subject::user);
    let of = |subjects: &[&Subject]| ClusterRoleBinding::new("b", "r", subjects.iter().map(|subject| (*subject).clone()));
    let (existing, expected) = (of(&[&a, &b]), of(&[&c, &b, &c]));
    let union = binding(Some(&existing), &expected, false);
    assert_eq!((&union.missing_subjects[..], &union.extra_subjects[..]), (&[c.clone()][..], &[a.clone()][..]));
    assert_eq!(union.object, of(&[&a, &b, &c]));
    assert_eq!(binding(Some(&existing), &expected, true).object, expected);
    assert_eq!(binding(Some(&of(&[&a, &b])), &of(&[&b, &a]), true).operation, Operation::None);
    assert_eq!(binding(Some(&of(&[&a, &b])), &of(&[&b]), false).operation, Operation::None);
    let bare = Subject { api_group: String::new(), ..a.clone() };
    assert_eq!(binding(Some(&of(&[&a])), &of(&[&bare]), false).missing_subjects, [bare]);
    assert_eq!(binding(None, &expected, true).operation, Operation::Create);
}

#[test]
fn another_role_ref_replaces_the_binding() {
    let mut existing = RoleBinding::new("n", "b", RoleRef::role("r"), [Subject::user("a")]);
    existing.metadata.uid = "u".into();
    existing.metadata.labels.insert("kept".into(), "no".into());
    let expected = RoleBinding::new("n", "b", RoleRef { api_group: String::new(), ..RoleRef::role("r") }, [Subject::user("b")]);
    let result = binding(Some(&existing), &expected, false);
    assert_eq!((result.operation, &result.object), (Operation::Recreate, &expected));
    assert!(result.missing_subjects.is_empty() && result.extra_subjects.is_empty());
    let changes = result.changes();
    let [Change::Delete(deletion), Change::Create(created)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((deletion.uid.as_str(), created), ("u", &expected.into()));
}

#[test]
fn kubectls_page_tells_what_was_done() {
    let mut existing = cluster_role(&[rule(&["get"], &["secrets"])]);
    existing.metadata.annotations.insert(AUTOUPDATE.into(), "false".into());
    let expected = cluster_role(&[rule(&["get", "list"], &["pods", "svc"])]);
    let result = reconciled(&existing, &expected, true);
    let page = |removes_extra| Page { result: &result, removes_extra }.to_string();
    let missing = "\treconciliation required update, but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)\n\
        \tmissing rules added:\n\
        \t\t{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n\
        \t\t{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n\
        \t\t{Verbs:[get] APIGroups:[] Resources:[svc] ResourceNames:[] NonResourceURLs:[]}\n\
        \t\t{Verbs:[list] APIGroups:[] Resources:[svc] ResourceNames:[] NonResourceURLs:[]}\n";
    assert_eq!(page(false), missing);
    let extra =
        "\textra rules removed:\n\t\t{Verbs:[get] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}\n";
    assert_eq!(page(true), format!("{missing}{extra}"));
    let nothing = reconciled(&expected, &expected, true);
    assert_eq!(Page { result: &nothing, removes_extra: true }.to_string(), "");
}
