//! An authorizer that is changed while others read it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::Authorizer;

/// An authorizer that one side changes, say by a stream of watch events, while others ask it.
///
/// Readers take a snapshot, which never waits and never changes under them. A batch of changes becomes visible as a whole, when it is
/// complete. Changing copies only the pieces of the policy and its index that it touches: snapshots share all else. Many objects are put
/// in soonest by [`extend`](Extend::extend).
///
/// ```
/// use k8s_rbac::authorize::Live;
/// use k8s_rbac::{Attributes, Authorizer, UserInfo, model::*};
/// let live = Live::new(Authorizer::default());
/// let before = live.snapshot();
/// live.update(|rbac| {
///     rbac.insert(ClusterRole::new("reader", [PolicyRule::resources(["get"], [""], ["pods"])]));
///     rbac.insert(ClusterRoleBinding::new("jane-reads", "reader", [Subject::user("jane")]));
/// });
/// let jane = UserInfo::new("jane", ["dev"]);
/// let request = Attributes::resource("get", "pods").by(&jane);
/// assert!(live.snapshot().authorize(&request).is_allowed() && !before.authorize(&request).is_allowed());
/// ```
pub struct Live {
    current: ArcSwap<Authorizer>,
    writing: Mutex<()>,
}

impl Live {
    /// Makes an authorizer readable while it is changed.
    #[must_use]
    pub fn new(rbac: Authorizer) -> Self {
        Self { current: ArcSwap::from_pointee(rbac), writing: Mutex::new(()) }
    }

    /// The authorizer as it stands. Never waits. Cost: one counted reference.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Authorizer> {
        self.current.load_full()
    }

    /// Makes changes and publishes them as a whole; gives back what `change` gave. Changes that other threads make meanwhile wait.
    ///
    /// If `change` panics, nothing is published. Cost: that of the changes, and of copying what they touch.
    pub fn update<T>(&self, change: impl FnOnce(&mut Authorizer) -> T) -> T {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Authorizer::clone(&self.current.load());
        let result = change(&mut next);
        self.current.store(Arc::new(next));
        result
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new(Authorizer::default())
    }
}

impl From<Authorizer> for Live {
    fn from(rbac: Authorizer) -> Self {
        Self::new(rbac)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.current.load().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ClusterRole;

    #[test]
    fn a_snapshot_stays_and_the_next_one_has_the_changes() {
        let mut rbac = Authorizer::default();
        rbac.insert(ClusterRole::new("a", []));
        let live = Live::from(rbac);
        let before = live.snapshot();
        assert!(live.update(|rbac| rbac.insert(ClusterRole::new("b", []))).is_none());
        let count = |rbac: &Authorizer| rbac.policy().cluster_roles().len();
        assert_eq!((count(&before), count(&live.snapshot()), count(&Live::default().snapshot())), (1, 2, 0));
        assert_eq!(format!("{live:?}"), format!("{:?}", live.snapshot()));
    }
}
