//! `docs/UPGRADES.md`: the default policies, compared from each version to the next.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use k8s_rbac::authorize::subject::{Membership, Principal};
use k8s_rbac::diff::{Access, Diff, diff};
use k8s_rbac::model::{ClusterRoleBinding, Subject};
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Policy, bootstrap};

const HEAD: &str = "\
# What each release allowed to whom

The default policy of each version against the one before, as `diff` sees it: what is allowed, not how it is written. Somebody whom the policy
names is listed by name; `whoever holds view` stands for the subjects that an administrator bound to a default role, where both versions have
it. Versions that are not listed changed nothing. Written by `K8S_RBAC_BLESS=1 cargo test --test bootstrap upgrades`; what an API server does
to a policy that is there already when it starts is told in `controller::reconcile`.

A group is written behind its resources where it is not the core group; longer lists are cut.
";

#[test]
fn the_page_of_upgrades_is_what_the_policies_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/UPGRADES.md");
    let page = page();
    if std::env::var_os("K8S_RBAC_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/UPGRADES.md differs: run with K8S_RBAC_BLESS=1 and look at the change");
}

fn page() -> String {
    let versions: Vec<KubeVersion> = KubeVersion::known().collect();
    let mut page = HEAD.to_owned();
    for pair in versions.windows(2) {
        let [old, new] = pair else { unreachable!() };
        let (mut before, mut after) = (bootstrap::policy(*old), bootstrap::policy(*new));
        hold_roles(&mut before, &mut after);
        let found = diff(&before, &after, Membership::Alone).unwrap();
        if !found.is_empty() {
            write!(page, "\n## {new}\n\n| who | may newly | may no longer |\n| --- | --- | --- |\n").unwrap();
            page.push_str(&rows(&found));
        }
    }
    page
}

/// A row for each change, with all for whom it is the same.
fn rows(found: &Diff<'_>) -> String {
    let mut rows: Vec<([String; 2], Vec<String>)> = Vec::new();
    for change in &found.changes {
        for (namespace, here) in change.places() {
            let cells = [cell(&here.gained), cell(&here.lost)];
            let who = who(&change.subject, namespace);
            match rows.iter_mut().find(|(known, _)| *known == cells) {
                Some((_, all)) => all.push(who),
                None => rows.push((cells, vec![who])),
            }
        }
    }
    rows.iter().map(|([gained, lost], who)| format!("| {} | {gained} | {lost} |\n", who.join(", "))).collect()
}

fn who(subject: &Principal, namespace: &str) -> String {
    let place = if namespace.is_empty() { String::new() } else { format!(" in {namespace}") };
    match subject {
        Principal::Group(name) if name.starts_with("whoever ") => format!("{name}{place}"),
        subject => format!("{subject}{place}"),
    }
}

fn bound(policy: &Policy) -> BTreeSet<String> {
    policy.bindings().map(|binding| binding.role_ref().name.clone()).collect()
}

/// Binds the roles of both versions that neither binds to a group that is called after them.
fn hold_roles(before: &mut Policy, after: &mut Policy) {
    let names = |policy: &Policy| policy.cluster_roles().iter().map(|role| role.metadata.name.clone()).collect::<BTreeSet<_>>();
    let mut roles: BTreeSet<String> = names(before).intersection(&names(after)).cloned().collect();
    roles.retain(|role| !bound(before).contains(role) && !bound(after).contains(role));
    for role in roles {
        let binding =
            ClusterRoleBinding::new(format!("holders of {role}"), &role, [Subject::group(format!("whoever holds {role}"))]);
        before.insert(binding.clone());
        after.insert(binding);
    }
}

fn cell(access: &Access<'_>) -> String {
    if access.is_empty() { String::new() } else { access.to_string().replace('|', "\\|").replace('*', "\\*") }
}
