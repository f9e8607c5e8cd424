//! What an API server makes of the opinions of its authenticators.
//!
//! Models `pkg/kubeapiserver/authenticator/config.go` and `apiserver/pkg/authentication/request/{union,anonymous}`. The opinions come from the
//! rooms beside this one, in the server's order: front proxy, certificate, then what a token says (token file, token in a Secret, bound
//! token, bootstrap token, others).

use super::UserInfo;
use super::bearer::{Header, INVALID_TOKEN};

/// Whether requests that nobody recognises are let in as the anonymous user.
///
/// ```
/// use k8s_rbac::identity::chain::Anonymous;
/// let health_only = Anonymous { enabled: true, paths: vec!["/healthz".into()] };
/// assert!(health_only.user("/healthz").is_some());
/// assert_eq!(health_only.user("/healthz/etcd"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Anonymous {
    /// Whether any is (`--anonymous-auth`, on by default).
    pub enabled: bool,
    /// The only paths on which they are, word for word; none stands for all. Servers know such conditions since 1.32.
    pub paths: Vec<String>,
}

impl Default for Anonymous {
    fn default() -> Self {
        Self { enabled: true, paths: Vec::new() }
    }
}

/// Conditions where nobody is let in anyway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("enabled should be set to true when conditions are defined")]
pub struct AnonymousError(());

impl Anonymous {
    /// Whether a server would start with this.
    ///
    /// # Errors
    /// There are paths, but it is not enabled.
    pub const fn validate(&self) -> Result<(), AnonymousError> {
        if self.enabled || self.paths.is_empty() { Ok(()) } else { Err(AnonymousError(())) }
    }

    /// What is left of it under these authorization modes: with `AlwaysAllow` among them nobody is let in.
    #[must_use]
    pub fn under<'m>(self, modes: impl IntoIterator<Item = &'m str>) -> Self {
        let enabled = self.enabled && !modes.into_iter().any(|mode| mode == "AlwaysAllow");
        Self { enabled, ..self }
    }

    /// The anonymous user, if one is let in on the path.
    #[must_use]
    pub fn user(&self, path: &str) -> Option<UserInfo> {
        let is_open = self.paths.is_empty() || self.paths.iter().any(|open| open == path);
        (self.enabled && is_open).then(UserInfo::anonymous)
    }
}

/// What an authenticator says: a user, nothing, or that the credential is bad.
pub type Opinion<E> = Result<Option<UserInfo>, E>;

/// A request that is refused with 401. Displays as the message of its `Status`; the errors are for the server's log alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Unauthorized")]
pub struct Unauthorized {
    errors: Vec<String>,
}

impl Unauthorized {
    /// What the authenticators said, in their order.
    #[must_use]
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

/// The user behind a request for the path: of the first authenticator that knows one. Later ones are not asked any more.
///
/// `system:authenticated` is added where it is missing. A bad credential is never anonymous.
///
/// ```
/// use k8s_rbac::identity::{UserInfo, chain::{Anonymous, authenticate}};
/// let jane = || Ok(Some(UserInfo::new("jane", ["dev"])));
/// let user = authenticate([Err("bad certificate"), jane()], &Anonymous::default(), "/api")?;
/// assert_eq!(user.groups, ["dev", "system:authenticated"]);
/// assert_eq!(authenticate::<&str>([Ok(None)], &Anonymous::default(), "/api")?.username, "system:anonymous");
/// assert!(authenticate([Ok(None), Err("invalid bearer token")], &Anonymous::default(), "/api").is_err());
/// # Ok::<(), k8s_rbac::identity::chain::Unauthorized>(())
/// ```
///
/// # Errors
/// No authenticator knows the user, and one says that the credential is bad or no anonymous user is let in.
pub fn authenticate<E: ToString>(
    opinions: impl IntoIterator<Item = Opinion<E>>,
    anonymous: &Anonymous,
    path: &str,
) -> Result<UserInfo, Unauthorized> {
    let mut user = match first(opinions)? {
        Some(user) => user,
        None => return anonymous.user(path).ok_or(Unauthorized { errors: Vec::new() }),
    };
    user.add_authenticated();
    Ok(user)
}

/// What an `Authorization` header comes to, given what those say who know tokens. They are asked about a token alone.
///
/// ```
/// use k8s_rbac::identity::{bearer::header, chain::bearer};
/// let nobody_knows = |_: &str| [Ok::<_, String>(None)];
/// assert_eq!(bearer(header("Bearer abc"), nobody_knows).unwrap_err().errors(), ["invalid bearer token"]);
/// assert_eq!(bearer(header("Basic abc"), nobody_knows), Ok(None));
/// ```
///
/// # Errors
/// There is a token, and nobody knows its user.
pub fn bearer<'a, E: ToString, O: IntoIterator<Item = Opinion<E>>>(
    header: Header<'a>,
    ask: impl FnOnce(&'a str) -> O,
) -> Result<Option<UserInfo>, Unauthorized> {
    let Header::Token(token) = header else { return Ok(None) };
    match first(ask(token))? {
        Some(user) => Ok(Some(user)),
        None => Err(Unauthorized { errors: vec![INVALID_TOKEN.to_owned()] }),
    }
}

/// The first user; the errors only if there is none.
fn first<E: ToString>(opinions: impl IntoIterator<Item = Opinion<E>>) -> Result<Option<UserInfo>, Unauthorized> {
    let mut errors = Vec::new();
    for opinion in opinions {
        match opinion {
            Ok(Some(user)) => return Ok(Some(user)),
            Ok(None) => {}
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(None) } else { Err(Unauthorized { errors }) }
}
