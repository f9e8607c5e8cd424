//! The walkthrough is told from its data: another account, another role or no binding give another story.

#[path = "../examples/walkthrough/story.rs"]
mod story;

use story::Story;

const REFUSED: &str = r#"Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:sample-serviceaccount" cannot list resource "pods" in API group "" in the namespace "default""#;
const ALLOWED: &str = r#"RBAC: allowed by ClusterRoleBinding "sample-clusterrolebinding" of ClusterRole "view" to ServiceAccount "sample-serviceaccount/default""#;

fn told(story: &Story) -> String {
    story.tell().unwrap()
}

#[test]
fn the_account_is_refused_and_then_allowed() {
    let told = told(&Story::sample());
    let (refused, allowed) = (told.find(REFUSED).unwrap(), told.find(ALLOWED).unwrap());
    assert!(refused < allowed, "{told}");
    let after = &told[allowed..];
    assert!(after.contains(r#"RBAC: allowed by RoleBinding "sample-rolebinding/default" of Role "sample-role" to ServiceAccount "sample-serviceaccount/default""#), "{told}");
    assert!(after.contains(r#"in the namespace "kube-system""#), "{told}");
}

#[test]
fn another_account_is_named_everywhere() {
    let mut story = Story::sample();
    for text in [&mut story.account, &mut story.cluster_wide, &mut story.namespaced] {
        *text = text.replace("sample-serviceaccount", "other-account");
    }
    let told = told(&story);
    assert!(told.contains(&REFUSED.replace("sample-serviceaccount", "other-account")), "{told}");
    assert!(told.contains(&ALLOWED.replace("sample-serviceaccount", "other-account")), "{told}");
    assert!(!told.contains("sample-serviceaccount"), "{told}");
}

#[test]
fn without_the_binding_the_account_stays_refused() {
    let told = told(&Story { cluster_wide: String::new(), ..Story::sample() });
    assert_eq!(told.matches(REFUSED).count(), 2, "{told}");
    assert!(!told.contains("ClusterRoleBinding"), "{told}");
}

#[test]
fn a_role_that_lists_no_pods_does_not_help() {
    let story = Story::sample();
    let told = told(&Story { cluster_wide: story.cluster_wide.replace("name: view", "name: system:basic-user"), ..story });
    assert_eq!(told.matches(REFUSED).count(), 2, "{told}");
}

#[test]
fn a_role_that_is_not_there_is_named_in_the_refusal() {
    let story = Story::sample();
    let told = told(&Story { cluster_wide: story.cluster_wide.replace("name: view", "name: nosuch"), ..story });
    assert!(
        told.contains(&format!(r#"{REFUSED}: rbac: RBAC: clusterrole.rbac.authorization.k8s.io "nosuch" not found"#)),
        "{told}"
    );
}
