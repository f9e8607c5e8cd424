//! The checks that all tokens share: the issuer and the audience.

use super::{Accepted, Annotation, ClaimError, Claims, Expected, Found, LEGACY_ISSUER};
use crate::identity::UserInfo;
use crate::quote::QuotedList;
use crate::version::{Behaviour, KubeVersion};

impl Claims {
    /// Whether the token says that it lies in a Secret.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        self.iss == LEGACY_ISSUER
    }

    /// The user of the claims, whether or not the objects that they name are there: what a server accepts that finds them all. `None` if the
    /// token is none of this server's, so that other authenticators are asked.
    ///
    /// `system:authenticated` is added as the API server adds it.
    ///
    /// ```
    /// use k8s_rbac::identity::token::{Claims, Expected, KubernetesClaims, Reference};
    /// use k8s_rbac::version::KubeVersion;
    /// let account = Reference { name: "ci".into(), uid: "1".into() };
    /// let kubernetes = KubernetesClaims { namespace: "default".into(), serviceaccount: account, ..Default::default() };
    /// let claims = Claims { iss: "https://me".into(), jti: "7".into(), exp: Some(1000), kubernetes, ..Default::default() };
    /// let mut expected = Expected { issuers: vec!["https://me".into()], now: 1060, ..Default::default() };
    /// let user = claims.user(&expected, KubeVersion::V1_37)?.expect("a user");
    /// assert_eq!(user.username, "system:serviceaccount:default:ci");
    /// assert_eq!(user.extra["authentication.kubernetes.io/credential-id"], ["JTI=7"]);
    /// expected.now = 1061;
    /// assert_eq!(claims.user(&expected, KubeVersion::V1_37).unwrap_err().to_string(), "service account token has expired");
    /// # Ok::<(), k8s_rbac::identity::token::ClaimError>(())
    /// ```
    ///
    /// # Errors
    /// The audience is another, a claim is missing or contradicts another, the time is not within the token's, or it is bound to what the
    /// server does not take.
    pub fn user(&self, expected: &Expected, version: KubeVersion) -> Result<Option<UserInfo>, ClaimError> {
        let accepted = Check { claims: self, found: None, expected, version, annotations: Vec::new() }.run()?;
        Ok(accepted.map(|accepted| accepted.user))
    }

    /// The user of the token, given what the caller found of the objects that its claims name; `None` if it is none of this server's.
    ///
    /// `token` is the text of the token, which a Secret must still hold that it lies in.
    ///
    /// ```
    /// use k8s_rbac::identity::token::{Claims, Expected, Found, KubernetesClaims, Reference};
    /// use k8s_rbac::{model::{ObjectMeta, ServiceAccount}, version::KubeVersion};
    /// let account = Reference { name: "ci".into(), uid: "1".into() };
    /// let kubernetes = KubernetesClaims { namespace: "default".into(), serviceaccount: account, ..Default::default() };
    /// let claims = Claims { iss: "https://me".into(), kubernetes, ..Default::default() };
    /// let expected = Expected { issuers: vec!["https://me".into()], ..Default::default() };
    /// let metadata = ObjectMeta { uid: "2".into(), ..ObjectMeta::namespaced("default", "ci") };
    /// let account = ServiceAccount { metadata, ..Default::default() };
    /// let found = Found { account: Some(&account), ..Default::default() };
    /// let refused = claims.accept("", &found, &expected, KubeVersion::V1_37).unwrap_err();
    /// assert_eq!(refused.to_string(), "service account UID (2) does not match claim (1)");
    /// ```
    ///
    /// # Errors
    /// As for [`Claims::user`], or an object is not there, is another of the same name, or was deleted.
    pub fn accept(
        &self,
        token: &str,
        found: &Found<'_>,
        expected: &Expected,
        version: KubeVersion,
    ) -> Result<Option<Accepted>, ClaimError> {
        Check { claims: self, found: Some((token, *found)), expected, version, annotations: Vec::new() }.run()
    }

    /// The seconds since the token should have been renewed, if it should have been: the server still takes it, and notes that in its audit.
    ///
    /// ```
    /// use k8s_rbac::identity::token::{Claims, KubernetesClaims};
    /// let kubernetes = KubernetesClaims { warnafter: Some(1000), ..Default::default() };
    /// let claims = Claims { kubernetes, ..Default::default() };
    /// assert_eq!((claims.stale_by(1000), claims.stale_by(1060)), (None, Some(60)));
    /// ```
    #[must_use]
    pub fn stale_by(&self, now: i64) -> Option<i64> {
        self.kubernetes.warnafter.filter(|at| *at != 0 && now > *at).map(|at| now.saturating_sub(at))
    }
}

/// One token on its way through the checks.
pub(super) struct Check<'a> {
    pub(super) claims: &'a Claims,
    /// The text of the token and the objects behind it, if they are looked up.
    pub(super) found: Option<(&'a str, Found<'a>)>,
    pub(super) expected: &'a Expected,
    pub(super) version: KubeVersion,
    pub(super) annotations: Vec<Annotation>,
}

impl Check<'_> {
    fn run(mut self) -> Result<Option<Accepted>, ClaimError> {
        let Claims { iss, aud, sub, .. } = self.claims;
        let is_legacy = self.claims.is_legacy();
        if !is_legacy && !self.expected.issuers.contains(iss) {
            return Ok(None);
        }
        if aud.is_empty() && self.version.has(Behaviour::TokenAudiencesAreTold) {
            self.annotations.push(("authentication.k8s.io/legacy-token", sub.clone()));
        }
        let answer = self.audience().and_then(|()| if is_legacy { self.legacy() } else { self.bound() });
        match answer {
            Ok((mut user, warning)) => {
                user.add_authenticated();
                Ok(Some(Accepted { user, warning, annotations: self.annotations }))
            }
            Err(error) => Err(ClaimError { annotations: self.annotations, ..error }),
        }
    }

    pub(super) fn has(&self, behaviour: Behaviour) -> bool {
        self.version.has(behaviour)
    }

    fn audience(&self) -> Result<(), ClaimError> {
        if !self.has(Behaviour::TokenAudiencesAreTold) || self.is_for_us() {
            return Ok(());
        }
        let (of_token, asked) = self.audiences();
        let (of_token, asked) = (QuotedList(of_token), QuotedList(asked));
        Err(ClaimError::new(format!("token audiences {of_token} is invalid for the target audiences {asked}")))
    }

    /// Whether one audience of the token is asked for. A server without audiences does not look.
    pub(super) fn is_for_us(&self) -> bool {
        let (of_token, asked) = self.audiences();
        self.expected.api_audiences.is_empty() || of_token.iter().any(|audience| asked.contains(audience))
    }

    fn audiences(&self) -> (&[String], &[String]) {
        let Expected { api_audiences, audiences, .. } = self.expected;
        let or_own = |list| if <[String]>::is_empty(list) { api_audiences } else { list };
        (or_own(&self.claims.aud), or_own(audiences))
    }
}
