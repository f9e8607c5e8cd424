//! The account that every namespace has (`pkg/controller/serviceaccount/serviceaccounts_controller.go`).

use super::Change;
use crate::model::{Namespace, ObjectMeta, ServiceAccount};
use crate::policy::Policy;

/// The name of the account that every namespace has, and that a Pod runs as if it names none.
pub const DEFAULT: &str = "default";

/// The account that the controller makes in the namespace, if it is in use and has none of the name. Runs when a namespace is added or
/// updated and when an account of it is deleted. Accounts are never changed or removed. Cost: `O(log objects)`.
///
/// ```
/// use k8s_rbac::controller::{Change, service_account::sync_namespace};
/// use k8s_rbac::{Policy, model::Namespace};
/// let Some(Change::Create(account)) = sync_namespace(&Namespace::active("dev"), &Policy::new()) else { panic!() };
/// assert_eq!(account.key().to_string(), "ServiceAccount dev/default");
/// ```
#[must_use]
pub fn sync_namespace(namespace: &Namespace, policy: &Policy) -> Option<Change> {
    let name = &namespace.metadata.name;
    let active = namespace.status.as_ref().is_some_and(|status| status.phase == Namespace::ACTIVE);
    let missing = policy.get::<ServiceAccount>(name, DEFAULT).is_none();
    let account = || ServiceAccount { metadata: ObjectMeta::namespaced(name, DEFAULT), ..ServiceAccount::default() };
    (active && missing).then(|| Change::Create(account().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::core::NamespaceStatus;

    #[test]
    fn only_a_namespace_in_use_gets_its_account_and_only_once() {
        let mut policy = Policy::new();
        for phase in ["", "active", Namespace::TERMINATING] {
            let status = Some(NamespaceStatus { phase: phase.into(), conditions: None });
            assert_eq!(sync_namespace(&Namespace { status, ..Namespace::active("n") }, &policy), None, "{phase}");
        }
        assert_eq!(sync_namespace(&Namespace { status: None, ..Namespace::active("n") }, &policy), None);

        let change = sync_namespace(&Namespace::active("n"), &policy).unwrap();
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(
            json,
            r#"{"create":{"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"default","namespace":"n"}}}"#
        );
        let mut being_deleted = ServiceAccount { metadata: ObjectMeta::namespaced("n", DEFAULT), ..ServiceAccount::default() };
        being_deleted.metadata.deletion_timestamp = Some("2026-11-24T00:00:00Z".into());
        policy.insert(being_deleted);
        assert_eq!(sync_namespace(&Namespace::active("n"), &policy), None);
    }
}
