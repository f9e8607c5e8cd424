//! What is known of resources and verbs beyond discovery: those that are only checked, and those that are gone.

use crate::model::{ALL, RBAC_GROUP};
use crate::resources::{Catalogue, STORED_VERBS};
use crate::version::KubeVersion;

/// Verbs that are only checked, with the resources that they are checked on. A group or resource `*` is any; `userextras/` begins one.
const CHECKED: &[(&[&str], &str, &[&str])] = &[
    (&["impersonate"], "", &["users", "groups", "serviceaccounts"]),
    (&["impersonate"], "authentication.k8s.io", &["uids", "userextras/"]),
    (
        &["impersonate:user-info", "impersonate:serviceaccount", "impersonate:arbitrary-node", "impersonate:associated-node"],
        "authentication.k8s.io",
        &["users", "groups", "uids", "userextras/", "serviceaccounts", "nodes"],
    ),
    (&["bind", "escalate"], RBAC_GROUP, &["roles", "clusterroles"]),
    (&["approve", "sign", "attest"], "certificates.k8s.io", &["signers"]),
    (&["use"], "policy", &["podsecuritypolicies"]),
    (&["use"], "extensions", &["podsecuritypolicies"]),
    (&["unsafe-delete-ignore-read-errors"], ALL, &[ALL]),
    (&["get", "create", "update", "patch", "delete"], "", KUBELET),
    (
        &["create"],
        "certificates.k8s.io",
        &[
            "certificatesigningrequests/nodeclient",
            "certificatesigningrequests/selfnodeclient",
            "certificatesigningrequests/selfnodeserver",
        ],
    ),
    (&["create"], "", &["endpoints/restricted"]),
    (&["create"], "discovery.k8s.io", &["endpointslices/restricted"]),
    (&["update", "patch"], "resource.k8s.io", &["resourceclaims/binding", "resourceclaims/driver"]),
];

/// The subresource that is asked about when an object is said to block the deletion of its owner (`OwnerReferencesPermissionEnforcement`),
/// whether it is served or not.
const FINALIZERS: &str = "finalizers";

/// The kubelet's own endpoints, which the API server and the kubelet ask about.
const KUBELET: &[&str] = &[
    "nodes/log",
    "nodes/stats",
    "nodes/metrics",
    "nodes/checkpoint",
    "nodes/configz",
    "nodes/healthz",
    "nodes/pods",
    "nodes/spec",
];

/// The verb of constrained impersonation begins so: what is done as somebody else.
const ON_BEHALF: &str = "impersonate-on:";
/// The verb for which the resource is any text.
pub(super) const AUDIENCE: &str = "request-serviceaccounts-token-audience";
/// The methods that requests for URLs are made with, in lower case.
pub(super) const URL_VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// Resources and subresources that are gone: group, entry (`*` for all that are left), and the first version without them.
const REMOVED: &[(&str, &str, KubeVersion)] = &[
    ("admissionregistration.k8s.io", "initializerconfigurations", KubeVersion::new(1, 14)),
    ("apps", "deployments/rollback", KubeVersion::new(1, 16)),
    ("auditregistration.k8s.io", "auditsinks", KubeVersion::new(1, 19)),
    ("extensions", "daemonsets", KubeVersion::new(1, 16)),
    ("extensions", "deployments", KubeVersion::new(1, 16)),
    ("extensions", "networkpolicies", KubeVersion::new(1, 16)),
    ("extensions", "podsecuritypolicies", KubeVersion::new(1, 16)),
    ("extensions", "replicasets", KubeVersion::new(1, 16)),
    ("extensions", "replicationcontrollers", KubeVersion::new(1, 16)),
    ("extensions", ALL, KubeVersion::new(1, 22)),
    ("networking.k8s.io", "clustercidrs", KubeVersion::new(1, 29)),
    ("policy", "podsecuritypolicies", KubeVersion::new(1, 25)),
    ("resource.k8s.io", "podschedulingcontexts", KubeVersion::new(1, 32)),
    ("resource.k8s.io", "resourceclaimparameters", KubeVersion::new(1, 31)),
    ("resource.k8s.io", "resourceclasses", KubeVersion::new(1, 31)),
    ("resource.k8s.io", "resourceclassparameters", KubeVersion::new(1, 31)),
    ("settings.k8s.io", "podpresets", KubeVersion::new(1, 20)),
];

/// What is known of a pair of API group and entry of `resources`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// Nothing: a group of custom resources, or a star.
    Nothing,
    /// It is served, in namespaces or not.
    Served(&'a crate::resources::Resource),
    /// It is asked about, though nothing serves it.
    Checked,
    /// It is gone since this version.
    Removed(KubeVersion),
    /// The group is known, and has nothing of that name.
    Absent,
}

/// What is known of an entry in a group. Cost: `O(subresources)`.
pub(super) fn known<'a>(resources: &'a Catalogue, group: &str, entry: &str) -> Known<'a> {
    if group == ALL || entry == ALL || entry.starts_with("*/") {
        return Known::Nothing;
    }
    let (plural, subresource) = entry.split_once('/').unwrap_or((entry, ""));
    let found = resources.get(group, plural);
    if let Some(resource) = found.filter(|found| subresource.is_empty() || found.subresource(subresource).is_some()) {
        return Known::Served(resource);
    }
    if subresource == FINALIZERS && found.is_some() {
        return Known::Checked;
    }
    let whole = || [plural, ALL].into_iter().filter(|_| found.is_none()).find_map(|gone| removed(group, gone));
    if let Some(version) = removed(group, entry).or_else(whole) {
        return Known::Removed(version);
    }
    if CHECKED.iter().any(|(_, of, entries)| *of == group && entries.iter().any(|checked| is_entry(checked, entry))) {
        return Known::Checked;
    }
    if is_known_group(resources, group) { Known::Absent } else { Known::Nothing }
}

/// Since which version a resource or subresource is gone.
fn removed(group: &str, entry: &str) -> Option<KubeVersion> {
    REMOVED.iter().find(|(of, gone, _)| *of == group && *gone == entry).map(|(_, _, version)| *version)
}

/// Whether everything in a group is known: one of Kubernetes' own. Custom ones have a dot in their names, which the API demands.
pub(super) fn is_known_group(resources: &Catalogue, group: &str) -> bool {
    group != ALL && (!group.contains('.') || resources.iter().any(|resource| resource.group == group))
}

/// Whether a group can have anything at all: an unknown one without a dot cannot.
pub(super) fn is_possible_group(resources: &Catalogue, group: &str) -> bool {
    let built_in = || resources.iter().any(|resource| resource.group == group) || REMOVED.iter().any(|(of, _, _)| *of == group);
    group == ALL || (group.contains('.') && !group.contains('/')) || built_in()
}

/// Whether the verb is ever asked about on an entry; `None` where nothing is known of it.
pub(super) fn is_asked(resources: &Catalogue, group: &str, entry: &str, verb: &str) -> Option<bool> {
    if verb.starts_with(ON_BEHALF) || verb == AUDIENCE || is_checked(group, entry, verb) {
        return Some(true);
    }
    let subresource = entry.split_once('/').map_or("", |(_, subresource)| subresource);
    match known(resources, group, entry) {
        Known::Served(resource) => Some(resource.serves(verb, subresource)),
        Known::Checked if subresource == FINALIZERS => Some(matches!(verb, "update" | "patch")),
        Known::Checked => Some(false),
        Known::Nothing | Known::Removed(_) | Known::Absent => None,
    }
}

fn is_checked(group: &str, entry: &str, verb: &str) -> bool {
    let of = |(verbs, of, entries): &(&[&str], &str, &[&str])| {
        verbs.contains(&verb)
            && (*of == ALL || *of == group)
            && entries.iter().any(|checked| *checked == ALL || is_entry(checked, entry))
    };
    CHECKED.iter().any(of)
}

fn is_entry(checked: &str, entry: &str) -> bool {
    checked == entry || (checked.ends_with('/') && entry.starts_with(checked))
}

/// The verb that was meant by one that nothing asks about: the same in lower case, or but for one letter.
pub(super) fn meant(verb: &str) -> Option<&'static str> {
    let lower = verb.to_ascii_lowercase();
    let spoken = |known: &str| CHECKED.iter().any(|(verbs, _, _)| verbs.contains(&known)) || STORED_VERBS.contains(&known);
    if spoken(verb) || verb == ALL {
        return None;
    }
    STORED_VERBS.into_iter().find(|known| *known == lower || is_one_letter_off(known, &lower))
}

fn is_one_letter_off(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let rest = |text: &str, skipped: usize| text.bytes().skip(common + skipped).collect::<Vec<_>>();
    rest(a, 1) == rest(b, 1) || rest(a, 1) == rest(b, 0) || rest(a, 0) == rest(b, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_that_were_meant_are_found() {
        let rows = [
            ("delet", Some("delete")),
            ("Get", Some("get")),
            ("lists", Some("list")),
            ("wacth", None),
            ("get", None),
            ("*", None),
            ("deleteCollection", Some("deletecollection")),
            ("use", None),
            ("approve", None),
        ];
        for (verb, expected) in rows {
            assert_eq!(meant(verb), expected, "{verb}");
        }
    }
}
