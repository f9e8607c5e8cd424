//! What a server warns of while it stores an object (`WarningsOnCreate` and `WarningsOnUpdate` of the strategies).

use super::Validation;
use crate::model::{Object, ServiceAccount};
use crate::version::Behaviour;

impl Validation {
    /// What the server warns of while it stores the object, in the place of the old one if there is one.
    ///
    /// Of the kinds that the crate has, the server warns about accounts, Secrets and Pods. Certificates in Secrets are not looked at here, and of
    /// Pods the crate does not have what the warnings are about.
    ///
    /// ```
    /// use k8s_rbac::model::{Object, ServiceAccount};
    /// use k8s_rbac::validation::Validation;
    /// let mut account = ServiceAccount::default();
    /// account.metadata.annotations.insert(ServiceAccount::ENFORCE_MOUNTABLE_SECRETS.into(), "true".into());
    /// let account = Object::from(account);
    /// assert_eq!(
    ///     Validation::default().warnings(&account, None),
    ///     ["metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate \
    ///       access to mounted secrets"],
    /// );
    /// assert!(Validation::default().warnings(&account, Some(&account)).is_empty());
    /// ```
    #[must_use]
    pub fn warnings(self, new: &Object, old: Option<&Object>) -> Vec<String> {
        let annotation = ServiceAccount::ENFORCE_MOUNTABLE_SECRETS;
        let limits = |object: &Object| matches!(object, Object::ServiceAccount(account) if account.metadata.annotations.contains_key(annotation));
        if !self.version.has(Behaviour::WarnsOfMountableSecrets) || !limits(new) || old.is_some_and(limits) {
            return Vec::new();
        }
        let advice = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets";
        vec![format!("metadata.annotations[{annotation}]: {advice}")]
    }
}
