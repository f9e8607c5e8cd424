//! The table of the crate, made from the policies of all versions: what they share stands once.

use std::collections::BTreeSet;

use k8s_rbac::Policy;
use k8s_rbac::model::{Object, ObjectKey, ObjectMeta, PolicyRule, RoleRef, Subject};
use k8s_rbac::version::KubeVersion;

const HEAD: &str = "\
# The default objects of Kubernetes 1.11 to 1.37. Written by tests/bootstrap (K8S_RBAC_UPDATE=1); the format is told in data.rs.
# rule: verbs, API groups, resources, names; urls: verbs, URLs; subject: kind, name; grants: the roleRef; selects: an aggregation selector.
";

/// A line, and the minor versions that have it.
struct Line<T> {
    text: T,
    minors: BTreeSet<u16>,
}

/// An object: its first line, and the lines of its fields over all versions.
struct Entry {
    first: Line<String>,
    fields: Vec<Line<String>>,
}

pub fn make(policies: &[(KubeVersion, Policy)]) -> String {
    let mut entries: Vec<Entry> = Vec::new();
    for (version, policy) in policies {
        let objects: Vec<(String, Vec<String>)> =
            policy.objects().map(|object| (first(&object.key()), fields(&object))).collect();
        merge_entries(&mut entries, objects, version.minor());
    }
    write(&entries, policies.last().unwrap().0.minor())
}

fn write(entries: &[Entry], newest: u16) -> String {
    let common: Vec<&str> =
        entries[0].fields.iter().map(|line| line.text.as_str()).filter(|text| everywhere(entries, text)).collect();
    let mut out = HEAD.to_owned();
    for text in &common {
        out.push_str(&format!(" {text}\n"));
    }
    for entry in entries {
        out.push_str(&format!("{}{}\n", entry.first.text, ranges(&entry.first.minors, newest)));
        for field in entry.fields.iter().filter(|field| !common.contains(&field.text.as_str())) {
            let ranges = if field.minors == entry.first.minors { String::new() } else { ranges(&field.minors, newest) };
            out.push_str(&format!(" {}{ranges}\n", field.text));
        }
    }
    out
}

fn everywhere(entries: &[Entry], text: &str) -> bool {
    entries.iter().all(|entry| entry.fields.iter().any(|field| field.text == text && field.minors == entry.first.minors))
}

/// ` @11-15,20-`; nothing for all versions.
fn ranges(minors: &BTreeSet<u16>, newest: u16) -> String {
    let starts = minors.iter().filter(|minor| !minors.contains(&(*minor - 1)));
    let ranges: Vec<String> = starts
        .map(|start| {
            let end = (*start..).take_while(|minor| minors.contains(minor)).last().unwrap();
            match end {
                end if end == newest => format!("{start}-"),
                end if end == *start => start.to_string(),
                end => format!("{start}-{end}"),
            }
        })
        .collect();
    let joined = ranges.join(",");
    if joined == format!("{}-", KubeVersion::OLDEST.minor()) { String::new() } else { format!(" @{joined}") }
}

fn merge_entries(entries: &mut Vec<Entry>, objects: Vec<(String, Vec<String>)>, minor: u16) {
    let old: Vec<&str> = entries.iter().map(|entry| entry.first.text.as_str()).collect();
    let new: Vec<&str> = objects.iter().map(|(first, _)| first.as_str()).collect();
    let places = places(&old, &new);
    for (place, (first, fields)) in places.into_iter().zip(objects) {
        if place.is_new {
            entries.insert(place.at, Entry { first: Line { text: first, minors: BTreeSet::new() }, fields: Vec::new() });
        }
        let entry = &mut entries[place.at];
        entry.first.minors.insert(minor);
        merge_fields(&mut entry.fields, fields, minor);
    }
}

fn merge_fields(lines: &mut Vec<Line<String>>, fields: Vec<String>, minor: u16) {
    let old: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let new: Vec<&str> = fields.iter().map(String::as_str).collect();
    for (place, text) in places(&old, &new).into_iter().zip(fields) {
        if place.is_new {
            lines.insert(place.at, Line { text, minors: BTreeSet::new() });
        }
        lines[place.at].minors.insert(minor);
    }
}

/// Where a line of the newer list stands once the lines before it are in their places.
struct Place {
    at: usize,
    is_new: bool,
}

/// The places of the newer list's lines in the older one, along a longest common subsequence.
fn places(old: &[&str], new: &[&str]) -> Vec<Place> {
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] = if old[i] == new[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut inserted, mut places) = (0, 0, 0, Vec::new());
    while j < new.len() {
        if i < old.len() && old[i] == new[j] {
            places.push(Place { at: i + inserted, is_new: false });
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            places.push(Place { at: i + inserted, is_new: true });
            (j, inserted) = (j + 1, inserted + 1);
        }
    }
    places
}

fn first(key: &ObjectKey) -> String {
    let ObjectKey { kind, namespace, name } = key;
    if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
}

fn fields(object: &Object) -> Vec<String> {
    let mut lines = metadata(object.metadata());
    match object {
        Object::ClusterRole(role) => {
            let selectors = role.aggregation_rule.iter().flat_map(|rule| &rule.cluster_role_selectors);
            lines.extend(
                selectors.flat_map(|selector| &selector.match_labels).map(|(key, value)| format!("selects {key}={value}")),
            );
            lines.extend(role.rules.iter().map(rule));
        }
        Object::Role(role) => lines.extend(role.rules.iter().map(rule)),
        Object::ClusterRoleBinding(binding) => lines.extend(grants(&binding.role_ref, &binding.subjects)),
        Object::RoleBinding(binding) => lines.extend(grants(&binding.role_ref, &binding.subjects)),
        other => panic!("{} is no default object", other.kind()),
    }
    lines
}

fn metadata(metadata: &ObjectMeta) -> Vec<String> {
    let labels = metadata.labels.iter().map(|(key, value)| format!("label {key}={value}"));
    labels.chain(metadata.annotations.iter().map(|(key, value)| format!("annotation {key}={value}"))).collect()
}

fn rule(rule: &PolicyRule) -> String {
    let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = rule;
    if !non_resource_urls.is_empty() {
        return format!("urls {} {}", list(verbs), list(non_resource_urls));
    }
    let names = if resource_names.is_empty() { String::new() } else { format!(" {}", list(resource_names)) };
    format!("rule {} {} {}{names}", list(verbs), list(api_groups), list(resources))
}

fn grants(role_ref: &RoleRef, subjects: &[Subject]) -> Vec<String> {
    let grants = format!("grants {} {}", role_ref.kind, role_ref.name);
    let subject = |subject: &Subject| match subject.namespace.as_str() {
        "" => format!("subject {} {}", subject.kind, subject.name),
        namespace => format!("subject {} {namespace}/{}", subject.kind, subject.name),
    };
    std::iter::once(grants).chain(subjects.iter().map(subject)).collect()
}

fn list(entries: &[String]) -> String {
    let entries: Vec<&str> = entries.iter().map(|entry| if entry.is_empty() { "\"\"" } else { entry }).collect();
    entries.join(",")
}
