//! Who a request comes from: the user as the API server sees it after authentication, and the well-known names.
//!
//! Models `staging/src/k8s.io/apiserver/pkg/authentication/user` and `…/serviceaccount`. What the user may do is asked of `authorize`.

use std::collections::BTreeMap;

pub mod bearer;
pub mod bootstrap_token;
pub mod certificate;
pub mod chain;
pub mod extra;
#[cfg(feature = "json")]
mod jwt;
pub mod node;
pub mod service_account;
pub mod token;
pub mod well_known;

/// The user behind a request: name, id, groups and extra attributes.
///
/// Groups keep their order and duplicates. RBAC looks at the name and the groups only.
///
/// ```
/// use k8s_rbac::identity::UserInfo;
/// let user = UserInfo::service_account("default", "ci");
/// assert_eq!(user.username, "system:serviceaccount:default:ci");
/// assert_eq!(user.groups, ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct UserInfo {
    /// The user name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// The unique id; empty if there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// The groups, in the order of the authenticator.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What else the authenticator knows; keys are lower case as a rule.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// The user of a request without credentials, where such are let in.
    pub const ANONYMOUS: &str = "system:anonymous";
    /// The group of every user that an authenticator recognised.
    pub const ALL_AUTHENTICATED: &str = "system:authenticated";
    /// The group of the anonymous user.
    pub const ALL_UNAUTHENTICATED: &str = "system:unauthenticated";
    /// The group that the API server allows everything, ahead of RBAC.
    pub const MASTERS: &str = "system:masters";

    /// A user of exactly this name and these groups. Nothing is added, as in a SubjectAccessReview.
    pub fn new(username: impl Into<String>, groups: impl IntoIterator<Item: Into<String>>) -> Self {
        let groups = groups.into_iter().map(Into::into).collect();
        Self { username: username.into(), groups, ..Self::default() }
    }

    /// A user that an authenticator recognised: as [`UserInfo::new`], with `system:authenticated` added as the API server adds it.
    ///
    /// ```
    /// use k8s_rbac::UserInfo;
    /// assert_eq!(UserInfo::authenticated("jane", ["dev"]).groups, ["dev", "system:authenticated"]);
    /// // As somebody writes it who speaks of a user, without what a server adds.
    /// assert_eq!(UserInfo::new("jane", ["dev"]).groups, ["dev"]);
    /// ```
    pub fn authenticated(username: impl Into<String>, groups: impl IntoIterator<Item: Into<String>>) -> Self {
        let mut user = Self::new(username, groups);
        user.add_authenticated();
        user
    }

    /// A service account with the groups that its token brings.
    #[must_use]
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self::authenticated(service_account::username(namespace, name), service_account::groups(namespace))
    }

    /// The user that an API server makes of `kubectl --as USERNAME --as-group GROUP …`.
    ///
    /// The name of a service account brings the groups of its token where no group is given, and `system:authenticated` is added, or
    /// `system:unauthenticated` to the anonymous user. Who may impersonate whom, and the user that an older server makes, is told by
    /// `impersonation`.
    ///
    /// ```
    /// use k8s_rbac::identity::UserInfo;
    /// assert_eq!(UserInfo::impersonated("system:serviceaccount:default:ci", [""; 0]), UserInfo::service_account("default", "ci"));
    /// assert_eq!(UserInfo::impersonated("jane", ["dev"]).groups, ["dev", "system:authenticated"]);
    /// assert_eq!(UserInfo::impersonated("system:anonymous", [""; 0]), UserInfo::anonymous());
    /// ```
    pub fn impersonated(username: impl Into<String>, groups: impl IntoIterator<Item: Into<String>>) -> Self {
        let mut user = Self::new(username, groups);
        user.add_account_groups();
        user.add_authentication_group();
        user
    }

    /// The user of a request without credentials.
    ///
    /// ```
    /// let nobody = k8s_rbac::UserInfo::anonymous();
    /// assert_eq!((nobody.username.as_str(), nobody.groups.join(",")), ("system:anonymous", "system:unauthenticated".to_owned()));
    /// ```
    #[must_use]
    pub fn anonymous() -> Self {
        Self::new(Self::ANONYMOUS, [Self::ALL_UNAUTHENTICATED])
    }

    /// Appends `system:authenticated`, unless the user is anonymous or already says whether it is authenticated
    /// (`apiserver/pkg/authentication/group/authenticated_group_adder.go`).
    pub fn add_authenticated(&mut self) {
        let says = |group: &String| group == Self::ALL_AUTHENTICATED || group == Self::ALL_UNAUTHENTICATED;
        if self.username != Self::ANONYMOUS && !self.groups.iter().any(says) {
            self.groups.push(Self::ALL_AUTHENTICATED.to_owned());
        }
    }

    /// Gives a service account that has no groups those of its token, as the impersonation filter does.
    pub(crate) fn add_account_groups(&mut self) {
        let account = service_account::split_username(&self.username).filter(|_| self.groups.is_empty());
        self.groups.extend(account.map(|(namespace, _)| service_account::groups(namespace)).into_iter().flatten());
    }

    /// Appends the group that says whether the user is authenticated, as the impersonation filter does: it trusts the name.
    pub(crate) fn add_authentication_group(&mut self) {
        if self.username != Self::ANONYMOUS {
            return self.add_authenticated();
        }
        if !self.groups.iter().any(|group| group == Self::ALL_UNAUTHENTICATED) {
            self.groups.push(Self::ALL_UNAUTHENTICATED.to_owned());
        }
    }
}
