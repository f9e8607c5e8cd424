//! The policy: an ordered set of objects by (kind, namespace, name).
//!
//! Its order is that of first insertion: a replaced object keeps its place, one that is removed and inserted again goes to the end. Odd
//! and empty names are accepted here; what an API server refuses is said by `validation`. Objects lie behind [`Arc`], so that copies of
//! a policy share them.

use std::sync::Arc;

use crate::model::{
    ApiObject, ClusterRole, ClusterRoleBinding, ConfigMap, Located, Namespace, Object, ObjectKey, ObjectMeta, Pod, Role,
    RoleBinding, Secret, ServiceAccount,
};

mod binding;
mod completeness;
mod store;

pub use binding::{AnyBinding, AnyRole, ResolutionError};
pub use completeness::{Completeness, Gap};
pub use store::Store;
pub(crate) use store::{Place, Put};

/// An object of a policy: shared, and with the place that it was read at.
pub type Shared<T> = Arc<Located<T>>;

/// A kind that a [`Policy`] holds. Implemented for the kinds of [`Object`], and sealed.
pub trait PolicyObject: ApiObject + Into<Object> + Clone + private::Sealed {
    /// The objects of this kind in the policy.
    fn store(policy: &Policy) -> &Store<Self>;

    #[doc(hidden)]
    fn store_mut(policy: &mut Policy) -> &mut Store<Self>;

    #[doc(hidden)]
    fn part(object: &Shared<Self>) -> Part<'_>;
}

/// What an object is to the authorizer.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Part<'a> {
    /// It grants a role.
    Binding(AnyBinding<'a>),
    /// It holds rules.
    Role(AnyRole<'a>),
    /// It is not looked at.
    None,
}

mod private {
    #[expect(unnameable_types, reason = "the trait seals another one")]
    pub trait Sealed {}
}

/// What holds objects of every kind.
pub(crate) trait Objects {
    /// Inserts an object; says whether it replaced one.
    fn insert_one<T: PolicyObject>(&mut self, object: Located<T>) -> bool;

    /// Removes an object; says whether it was there.
    fn remove_one<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> bool;
}

impl Objects for Policy {
    fn insert_one<T: PolicyObject>(&mut self, object: Located<T>) -> bool {
        self.insert::<T>(object).is_some()
    }

    fn remove_one<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> bool {
        self.remove::<T>(namespace, name).is_some()
    }
}

macro_rules! part {
    (Role $kind:ident $object:ident) => {
        Part::Role(AnyRole::$kind($object))
    };
    (Binding $kind:ident $object:ident) => {
        Part::Binding(AnyBinding::$kind($object))
    };
    (None $kind:ident $object:ident) => {{
        let _ = $object;
        Part::None
    }};
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $field:ident $part:ident,)*) => {
        /// An ordered set of objects by (kind, namespace, name).
        ///
        /// A `Policy` is `Clone`, and a copy shares the objects. Memory: the objects, and some 150 bytes for each.
        ///
        /// ```
        /// use k8s_rbac::model::{ClusterRole, ClusterRoleBinding, PolicyRule, Subject};
        /// use k8s_rbac::policy::Policy;
        /// let mut policy = Policy::new();
        /// policy.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
        /// policy.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
        /// assert_eq!(policy.len(), 2);
        /// assert_eq!(policy.get::<ClusterRole>("", "reader").map(|role| role.rules.len()), Some(1));
        /// ```
        #[derive(Debug, Clone, Default)]
        pub struct Policy {
            $($field: Store<$kind>,)*
            completeness: Completeness,
        }

        impl Policy {
            $($(#[$doc])*
            #[must_use]
            pub fn $field(&self) -> &Store<$kind> {
                &self.$field
            })*

            /// How many objects there are, of all kinds.
            #[must_use]
            pub fn len(&self) -> usize {
                0 $(+ self.$field.len())*
            }

            /// Inserts an object of whatever kind; says whether it replaced one. Cost: as [`Policy::insert`].
            pub fn insert_object(&mut self, object: impl Into<Located<Object>>) -> bool {
                insert_into(self, object.into())
            }

            /// Removes the object of this key; says whether it was there. Cost: as [`Policy::remove`].
            pub fn remove_object(&mut self, key: &ObjectKey) -> bool {
                remove_from(self, key)
            }

            /// The object of this key. Cost: `O(1)` and a copy.
            #[must_use]
            pub fn get_object(&self, key: &ObjectKey) -> Option<Located<Object>> {
                match key.kind {
                    $($kind::KIND => {
                        let found = self.get::<$kind>(&key.namespace, &key.name);
                        found.map(|object| Located::clone(object).map(Object::$kind))
                    })*
                    _ => None,
                }
            }

            /// The metadata of the object of this key. Cost: `O(1)`.
            #[must_use]
            pub fn metadata(&self, key: &ObjectKey) -> Option<&ObjectMeta> {
                match key.kind {
                    $($kind::KIND => self.get::<$kind>(&key.namespace, &key.name).map(|object| object.metadata()),)*
                    _ => None,
                }
            }

            /// Every object, kind by kind, in order.
            pub fn objects(&self) -> impl Iterator<Item = Located<Object>> + '_ {
                std::iter::empty()$(.chain(self.$field.iter().map(|object| Located::clone(object).map(Object::$kind))))*
            }
        }

        /// Objects on their way into a policy, by kind.
        #[derive(Default)]
        pub(crate) struct Waiting {
            $($field: Vec<Shared<$kind>>,)*
        }

        impl Waiting {
            /// Lets an object wait until there are as many of its kind as are to be put in at once.
            #[inline(always)]
            pub(crate) fn push(&mut self, into: &mut impl TakesMany, object: Located<Object>) {
                // Objects are large: none is moved more often than it has to be.
                let source = object.source;
                match object.object {
                    $(Object::$kind(object) => {
                        self.$field.push(Arc::new(Located { object, source }));
                        if self.$field.len() >= into.at_once::<$kind>() {
                            into.put_many::<$kind>(std::mem::take(&mut self.$field));
                        }
                    })*
                }
            }

            /// How many objects wait.
            pub(crate) fn len(&self) -> usize {
                0 $(+ self.$field.len())*
            }

            /// Puts in all that wait.
            pub(crate) fn put_into(self, into: &mut impl TakesMany) {
                $(into.put_many::<$kind>(self.$field);)*
            }
        }

        /// Hands an object of whatever kind to what takes each kind.
        pub(crate) fn insert_into(objects: &mut impl Objects, object: Located<Object>) -> bool {
            let source = object.source;
            match object.object {
                $(Object::$kind(object) => objects.insert_one::<$kind>(Located { object, source }),)*
            }
        }

        /// Removes the object of a key from what holds each kind.
        pub(crate) fn remove_from(objects: &mut impl Objects, key: &ObjectKey) -> bool {
            match key.kind {
                $($kind::KIND => objects.remove_one::<$kind>(&key.namespace, &key.name),)*
                _ => false,
            }
        }

        $(impl private::Sealed for $kind {}

        impl PolicyObject for $kind {
            fn store(policy: &Policy) -> &Store<Self> {
                &policy.$field
            }

            fn store_mut(policy: &mut Policy) -> &mut Store<Self> {
                &mut policy.$field
            }

            fn part(object: &Shared<Self>) -> Part<'_> {
                part!($part $kind object)
            }
        })*
    };
}

kinds! {
    /// The Roles.
    Role roles Role,
    /// The ClusterRoles.
    ClusterRole cluster_roles Role,
    /// The RoleBindings.
    RoleBinding role_bindings Binding,
    /// The ClusterRoleBindings.
    ClusterRoleBinding cluster_role_bindings Binding,
    /// The ServiceAccounts.
    ServiceAccount service_accounts None,
    /// The Secrets.
    Secret secrets None,
    /// The Namespaces.
    Namespace namespaces None,
    /// The ConfigMaps.
    ConfigMap config_maps None,
    /// The Pods.
    Pod pods None,
}

impl Policy {
    /// An empty policy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Inserts an object, or replaces the one of the same kind, namespace and name, which keeps its place and is given back.
    ///
    /// The namespace of a cluster-scoped object is not looked at. Cost: `O(log objects)`.
    pub fn insert<T: PolicyObject>(&mut self, object: impl Into<Located<T>>) -> Option<Shared<T>> {
        T::store_mut(self).put(Arc::new(object.into())).old
    }

    /// Removes an object and gives it back. The namespace of cluster-scoped kinds is not looked at. Cost: `O(log objects)`.
    pub fn remove<T: PolicyObject>(&mut self, namespace: &str, name: &str) -> Option<Shared<T>> {
        T::store_mut(self).take(namespace, name).map(|(_, object)| object)
    }

    /// The object of this kind, namespace and name. The namespace of cluster-scoped kinds is not looked at. Cost: `O(log objects)`.
    #[must_use]
    pub fn get<T: PolicyObject>(&self, namespace: &str, name: &str) -> Option<&Shared<T>> {
        T::store(self).get(namespace, name)
    }
}

/// What takes in many objects of a kind at once.
pub(crate) trait TakesMany {
    /// How many objects of the kind are put in at once.
    fn at_once<T: PolicyObject>(&self) -> usize;

    /// Puts in the objects, as one after the other.
    fn put_many<T: PolicyObject>(&mut self, objects: Vec<Shared<T>>);
}

/// How many objects of a kind are put into an empty policy at once. From then on as many as it has: it never holds more than twice what
/// is its own.
const AT_ONCE: usize = 1024;

impl TakesMany for Policy {
    fn at_once<T: PolicyObject>(&self) -> usize {
        T::store(self).len().max(AT_ONCE)
    }

    fn put_many<T: PolicyObject>(&mut self, objects: Vec<Shared<T>>) {
        T::store_mut(self).put_all(objects);
    }
}

/// A policy, and what waits to be put into it, which is done when this goes, be it by a panic of who gives the objects.
struct Filling<'a> {
    policy: &'a mut Policy,
    waiting: Waiting,
}

impl Drop for Filling<'_> {
    fn drop(&mut self) {
        std::mem::take(&mut self.waiting).put_into(self.policy);
    }
}

/// The result is that of inserting one object after the other, and comes sooner. An iterator that panics has put in what it gave before.
impl<O: Into<Located<Object>>> Extend<O> for Policy {
    fn extend<I: IntoIterator<Item = O>>(&mut self, objects: I) {
        let mut filling = Filling { policy: self, waiting: Waiting::default() };
        for object in objects {
            filling.waiting.push(filling.policy, object.into());
        }
    }
}

impl<O: Into<Located<Object>>> FromIterator<O> for Policy {
    fn from_iter<I: IntoIterator<Item = O>>(objects: I) -> Self {
        let mut policy = Self::new();
        policy.extend(objects);
        policy
    }
}

/// Two policies are equal when they hold equal objects in the same order, wherever they were read.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.objects().eq(other.objects())
    }
}

impl Eq for Policy {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PolicyRule, RoleRef};

    fn names(policy: &Policy) -> Vec<&str> {
        policy.role_bindings().iter().map(|binding| binding.metadata.name.as_str()).collect()
    }

    fn binding(namespace: &str, name: &str, role: &str) -> RoleBinding {
        RoleBinding::new(namespace, name, RoleRef::role(role), [])
    }

    #[test]
    fn what_was_given_before_a_panic_is_taken_in() {
        let mut policy = Policy::new();
        let given = (0..40).map(|number| match number {
            37 => panic!("the caller's"),
            _ => Object::from(binding("ns", &format!("b{number}"), "r")),
        });
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| policy.extend(given)));
        assert!(panicked.is_err());
        assert_eq!(names(&policy), (0..37).map(|number| format!("b{number}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_replaced_object_keeps_its_place_and_a_new_one_goes_to_the_end() {
        let mut policy: Policy = ["a", "b", "c"].map(|name| Object::from(binding("ns", name, "r"))).into_iter().collect();
        assert_eq!(policy.insert(binding("ns", "a", "other")).map(|old| old.role_ref.name.clone()), Some("r".into()));
        assert_eq!(names(&policy), ["a", "b", "c"]);
        assert!(policy.remove::<RoleBinding>("ns", "a").is_some() && policy.remove::<RoleBinding>("ns", "a").is_none());
        policy.insert(binding("ns", "a", "r"));
        assert_eq!(names(&policy), ["b", "c", "a"]);
        assert!(policy.insert(binding("other", "a", "r")).is_none());
        assert_eq!(policy.role_bindings().in_namespace("ns").count(), 3);
    }

    #[test]
    fn the_namespace_of_a_cluster_scoped_object_is_not_looked_at() {
        let mut policy = Policy::new();
        let mut role = ClusterRole::new("r", [PolicyRule::default()]);
        policy.insert(role.clone());
        role.metadata.namespace = "ns".into();
        assert!(policy.insert(role).is_some());
        assert!(policy.get::<ClusterRole>("anything", "r").is_some());
        assert!(policy.remove_object(&ObjectKey { kind: "ClusterRole", namespace: String::new(), name: "r".into() }));
        assert!(policy.is_empty());
    }
}
