//! The least that any answer costs: each string of the request hashed once and looked up once in a table of what the policy names.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};
use k8s_rbac::model::Subject;
use k8s_rbac::{Attributes, Policy};

/// Tables of the names that a policy holds.
#[derive(Debug, Default)]
pub struct Floor {
    hasher: DefaultHashBuilder,
    users: HashTable<Box<str>>,
    groups: HashTable<Box<str>>,
    namespaces: HashTable<Box<str>>,
    verbs: HashTable<Box<str>>,
    actions: HashTable<[Box<str>; 3]>,
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
            let texts = [&*key[0], &*key[1], &*key[2]];
            floor.actions.insert_unique(hash(hasher, &texts), key.clone().map(Into::into), |key| {
                hash(hasher, &[&key[0], &key[1], &key[2]])
            });
        }
        floor
    }

    /// Hashes and looks up what the request says; how much of it is known.
    #[inline(never)]
    pub fn ask(&self, request: &Attributes<'_>) -> usize {
        let known = |table: &HashTable<Box<str>>, text: &str| {
            usize::from(table.find(hash(&self.hasher, &[text]), |entry| same(entry, text)).is_some())
        };
        let mut found = known(&self.users, request.username());
        for group in request.groups() {
            found += known(&self.groups, group);
        }
        found += known(&self.namespaces, request.namespace) + known(&self.verbs, request.verb);
        let action = if request.resource_request {
            [request.api_group, request.resource, request.subresource]
        } else {
            ["", request.path, ""]
        };
        let is_action = |key: &[Box<str>; 3]| key.iter().zip(action).all(|(key, text)| same(key, text));
        found + usize::from(self.actions.find(hash(&self.hasher, &action), is_action).is_some())
    }
}

fn add(hasher: &DefaultHashBuilder, table: &mut HashTable<Box<str>>, text: &str) {
    let hashed = hash(hasher, &[text]);
    if table.find(hashed, |entry| **entry == *text).is_none() {
        table.insert_unique(hashed, text.into(), |entry| hash(hasher, &[entry]));
    }
}
