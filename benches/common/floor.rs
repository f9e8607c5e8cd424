//! The least that any answer costs: each string of the request hashed once and looked up once in a table of what the policy names, which
//! gives the number of what it found.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};
use k8s_rbac::model::Subject;
use k8s_rbac::{Attributes, Policy};

/// Tables of the names that a policy holds.
#[derive(Debug, Default)]
pub struct Floor {
    hasher: DefaultHashBuilder,
    users: HashTable<(Box<str>, usize)>,
    groups: HashTable<(Box<str>, usize)>,
    namespaces: HashTable<(Box<str>, usize)>,
    verbs: HashTable<(Box<str>, usize)>,
    actions: HashTable<([Box<str>; 3], usize)>,
}

/// As the crate compares strings that may be empty.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

fn hash(hasher: &DefaultHashBuilder, texts: &[&str]) -> u64 {
    let mut state = hasher.build_hasher();
    for text in texts {
        state.write(text.as_bytes());
    }
    state.finish()
}

impl Floor {
    pub fn new(policy: &Policy) -> Self {
        let mut floor = Self::default();
        let hasher = &floor.hasher;
        for binding in policy.bindings() {
            add(hasher, &mut floor.namespaces, binding.namespace());
            for subject in binding.subjects() {
                match subject.kind.as_str() {
                    Subject::USER => add(hasher, &mut floor.users, &subject.name),
                    Subject::GROUP => add(hasher, &mut floor.groups, &subject.name),
                    _ => {
                        let namespace = if subject.namespace.is_empty() { binding.namespace() } else { &subject.namespace };
                        add(hasher, &mut floor.users, &format!("system:serviceaccount:{namespace}:{}", subject.name));
                    }
                }
            }
        }
        for rule in policy.cluster_roles().iter().flat_map(|role| role.rules.iter()) {
            rule.verbs.iter().for_each(|verb| add(hasher, &mut floor.verbs, verb));
        }
        for key in super::resources(policy) {
            let (texts, number) = ([&*key[0], &*key[1], &*key[2]], floor.actions.len());
            floor.actions.insert_unique(hash(hasher, &texts), (key.clone().map(Into::into), number), |(key, _)| {
                hash(hasher, &[&key[0], &key[1], &key[2]])
            });
        }
        floor
    }

    /// Hashes and looks up what the request says; the sum of the numbers that were found.
    #[inline(never)]
    pub fn ask(&self, request: &Attributes<'_>) -> usize {
        let number = |table: &HashTable<(Box<str>, usize)>, text: &str| {
            table.find(hash(&self.hasher, &[text]), |(entry, _)| same(entry, text)).map_or(0, |(_, number)| *number)
        };
        let mut found = number(&self.users, request.username());
        for group in request.groups() {
            found += number(&self.groups, group);
        }
        found += number(&self.namespaces, request.namespace) + number(&self.verbs, request.verb);
        let action = if request.resource_request {
            [request.api_group, request.resource, request.subresource]
        } else {
            ["", request.path, ""]
        };
        let is_action = |(key, _): &([Box<str>; 3], usize)| key.iter().zip(action).all(|(key, text)| same(key, text));
        found + self.actions.find(hash(&self.hasher, &action), is_action).map_or(0, |(_, number)| *number)
    }
}

fn add(hasher: &DefaultHashBuilder, table: &mut HashTable<(Box<str>, usize)>, text: &str) {
    let (hashed, number) = (hash(hasher, &[text]), table.len());
    if table.find(hashed, |(entry, _)| **entry == *text).is_none() {
        table.insert_unique(hashed, (text.into(), number), |(entry, _)| hash(hasher, &[entry]));
    }
}
