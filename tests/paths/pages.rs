//! `docs/PATHS.md` lists the edges of the table, and the README shows a picture. `K8S_RBAC_BLESS=1` writes both anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject};
use k8s_rbac::paths::{Goal, Identity, Paths, Picture, edges};
use k8s_rbac::render::Mermaid;
use k8s_rbac::{Authorizer, KubeVersion, bootstrap};

use crate::fixtures::CASES;

fn check(file: &str, change: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let wanted = change(&written);
    if std::env::var_os("K8S_RBAC_BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    assert!(written == wanted, "{file} differs from what the code says: run with K8S_RBAC_BLESS=1 and look at the change");
}

#[test]
fn the_page_of_edges_is_that_of_the_table() {
    check("docs/PATHS.md", |_| page());
}

fn page() -> String {
    let mut page = String::from(
        "# Edges of escalation\n\n\
         What an identity has to be allowed to become another one, or to get more. All permissions of a row must be held by one identity, its groups\n\
         included, in one namespace or wider. In code the table is `paths::edges`, from which this page is written; the examples are those of\n\
         `tests/paths`, where each is tried. An exact edge follows from what the API server checks; a conditional one needs a fact outside RBAC; a\n\
         potential one depends on images, the network or the cloud, and is left out unless it is asked for.\n\n\
         | id | what is done | how sure | takes for granted | a grant that has it | a grant that narrowly has not | source |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let mut cases: BTreeMap<(&str, &str), (String, String)> = BTreeMap::new();
    for case in CASES {
        let say = |rules: &[&str]| rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(" and ");
        cases.entry((case.edge, case.title())).or_insert_with(|| (say(case.rules), say(case.narrow)));
    }
    for edge in edges::all() {
        let shown = &cases[&(edge.id, edge.title)];
        let certainty = format!("{:?}", edge.certainty).to_lowercase();
        let (id, title, assumes, source) = (edge.id, edge.title, edge.assumes.join("; "), edge.source);
        let source = if source.starts_with("https:") { format!("<{source}>") } else { format!("`{source}`") };
        writeln!(page, "| {id} | {title} | {certainty} | {assumes} | {} | {} | {source} |", shown.0, shown.1).unwrap();
    }
    page.push_str("\n## What is no edge\n\n");
    for (id, why) in edges::ABSENT {
        writeln!(page, "- {id}: {why}").unwrap();
    }
    page
}

const START: &str = "<!-- picture: written by tests/paths -->\n";
const END: &str = "<!-- end of picture -->\n";

#[test]
fn the_picture_of_the_readme_is_what_the_code_draws() {
    check("README.md", |readme| {
        let (before, rest) = readme.split_once(START).expect("the README has a place for the picture");
        let (_, after) = rest.split_once(END).expect("the picture of the README has an end");
        format!("{before}{START}```mermaid\n{}```\n{END}{after}", picture())
    });
}

/// The default cluster with a small team: a developer who may edit a namespace, in which a deployer runs that may bind roles.
fn picture() -> String {
    let mut policy = bootstrap::policy(KubeVersion::REFERENCE);
    let binder = [
        PolicyRule::resources(["create"], ["rbac.authorization.k8s.io"], ["clusterrolebindings"]),
        PolicyRule::resources(["bind"], ["rbac.authorization.k8s.io"], ["clusterroles"]),
    ];
    policy.insert(ClusterRole::new("deployer", binder));
    policy.insert(ClusterRoleBinding::new("deployer", "deployer", [Subject::service_account("shop", "deployer")]));
    policy.insert(RoleBinding::new("shop", "developers", RoleRef::cluster_role("edit"), [Subject::user("jane")]));
    policy.insert(RoleBinding::new("shop", "readers", RoleRef::cluster_role("view"), [Subject::user("joe")]));
    let (paths, rbac) = (Paths::new(Default::default()), Authorizer::new(policy));
    let closure = paths.of(&rbac).unwrap();
    let routes = closure.routes(&Goal::ClusterAdmin);
    assert_eq!(routes.path(&Identity::user("joe")), None);
    let controllers = ["generic-garbage-collector", "job-controller"].map(|name| Identity::service_account("kube-system", name));
    let starts = [Identity::user("jane")].into_iter().chain(controllers);
    let found: Vec<_> = starts.filter_map(|identity| routes.path(&identity)).collect();
    assert!(!found.is_empty());
    Mermaid(&Picture::of_all(&found)).to_string()
}
