//! The page about the catalogue, `docs/LINT.md`, is written from the catalogue.

use std::path::Path;

use super::{ABSENT, all};
use crate::lint::RuleInfo;

const FAMILIES: [(&str, &str); 9] = [
    ("RB1", "Credentials and identities"),
    ("RB2", "Control of RBAC"),
    ("RB3", "Workloads and code execution"),
    ("RB4", "Nodes, control plane, guard rails"),
    ("RB5", "Network"),
    ("RB6", "Wildcards and whole-cluster roles"),
    ("RB7", "Bindings and subjects"),
    ("RB8", "Hygiene and correctness of the policy itself"),
    ("RB9", "Add-ons and operators, off unless asked for"),
];

const INTRODUCTION: &str = "\
# The catalogue of the linter

Written from the catalogue itself (`lint::catalogue`), so it lists what there is. A severity is that of the rule's worst finding: a grant
in a namespace is milder than one in the whole cluster, and a role that nobody holds milder still. Conditions about permissions are asked of
what the authorizer allows: a star counts, `resourceNames` narrow, and the scope is that of the binding. Each rule has two files in
`tests/lint/fixtures`: what it finds, and what is only near.

A grant of everything is one finding of RB601, or of RB602 in a namespace, that lists the other rules which find something there too; they are
told by themselves where that is asked for (`Linter::unfolded`), and where they are worse.
";

fn page() -> String {
    let rules = all();
    let mut page = INTRODUCTION.to_owned();
    for (prefix, title) in FAMILIES {
        page += &format!(
            "\n## {prefix}: {title}\n\n| id | name | severity | finds | because | fix | elsewhere |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        );
        let infos = rules.iter().map(|rule| rule.info()).filter(|info| info.id.starts_with(prefix));
        page.extend(infos.map(row));
    }
    page += "\n## What is not there\n\n| id | name | because |\n| --- | --- | --- |\n";
    page.extend(ABSENT.iter().map(|(id, name, why)| format!("| {id} | {name} | {why} |\n")));
    page
}

fn row(info: &RuleInfo) -> String {
    let RuleInfo { id, name, severity, title, rationale, fix, references, .. } = info;
    format!("| {id} | {name} | {severity} | {title} | {rationale} | {fix} | {} |\n", references.join(", "))
}

#[test]
fn the_page_lists_what_the_catalogue_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/LINT.md");
    if std::env::var_os("K8S_RBAC_BLESS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/LINT.md differs from the catalogue: run with K8S_RBAC_BLESS=1 and look at the change");
}
