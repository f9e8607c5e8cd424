//! The user that a client certificate stands for (`apiserver/pkg/authentication/request/x509/x509.go`, `CommonNameUserConversion`).
//!
//! Certificates are not parsed and not verified here: the caller hands in what its subject says, in the order of the certificate.

use super::{UserInfo, extra};
use crate::version::{Behaviour, KubeVersion};

/// The parts of a client certificate that an API server looks at. Units, alternative names and everything else mean nothing to it.
///
/// ```
/// use k8s_rbac::identity::certificate::Certificate;
/// use k8s_rbac::version::KubeVersion;
/// let certificate = Certificate { common_name: "jane".into(), organizations: vec!["dev".into()], ..Default::default() };
/// let user = certificate.user(KubeVersion::V1_37)?.expect("a user");
/// assert_eq!((user.username.as_str(), user.groups.join(" ")), ("jane", "dev system:authenticated".to_owned()));
/// # Ok::<(), k8s_rbac::identity::certificate::UidError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Certificate {
    /// The common name: the user name.
    pub common_name: String,
    /// The organizations: the groups.
    pub organizations: Vec<String>,
    /// The attributes with the object identifier [`UID_OID`]; `None` for one that is not a string.
    pub uids: Vec<Option<String>>,
    /// The SHA-256 of the certificate's DER, if it is known.
    pub sha256: Option<[u8; 32]>,
}

/// The object identifier of the attribute that holds the unique id of the user.
pub const UID_OID: &str = "1.3.6.1.4.1.57683.2";

impl Certificate {
    /// The user, with `system:authenticated` added as the API server adds it; `None` if there is no common name, so that other
    /// authenticators, and last the anonymous one, are asked.
    ///
    /// # Errors
    /// There is not exactly one unique id where there is any, or it is empty or no string; since 1.33.
    pub fn user(&self, version: KubeVersion) -> Result<Option<UserInfo>, UidError> {
        if self.common_name.is_empty() {
            return Ok(None);
        }
        let mut user = UserInfo::authenticated(self.common_name.as_str(), self.organizations.iter().map(String::as_str));
        if version.has(Behaviour::CertificatesCarryUid) {
            user.uid = self.uid()?;
        }
        if let Some(hash) = self.sha256.filter(|_| version.has(Behaviour::CertificatesHaveCredentialId)) {
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            user.extra.insert(extra::CREDENTIAL_ID.to_owned(), vec![format!("X509SHA256={hex}")]);
        }
        Ok(Some(user))
    }

    fn uid(&self) -> Result<String, UidError> {
        let uids: Option<Vec<&str>> = self.uids.iter().map(Option::as_deref).collect();
        match uids.as_deref().ok_or(UidError(Kind::NoString))? {
            [] => Ok(String::new()),
            [""] => Err(UidError(Kind::Empty)),
            [uid] => Ok((*uid).to_owned()),
            several => Err(UidError(Kind::Several(several.join(" ")))),
        }
    }

    /// Whether a kubelet's signer takes the subject for that of a node: the one organization `system:nodes`, and the name of a node.
    #[must_use]
    pub fn is_of_node(&self) -> bool {
        use super::well_known::{NODE_PREFIX, NODES};
        self.organizations == [NODES] && self.common_name.starts_with(NODE_PREFIX)
    }
}

impl Certificate {
    /// Whether the signer of client certificates, `kubernetes.io/kube-apiserver-client`, is asked for one like this in vain
    /// (`plugin/pkg/admission/certificates/subjectrestriction/admission.go`).
    ///
    /// # Errors
    /// The privileged group is among the organizations.
    ///
    /// ```
    /// use k8s_rbac::identity::certificate::Certificate;
    /// let asked = Certificate { common_name: "jane".into(), organizations: vec!["system:masters".into()], ..Default::default() };
    /// assert_eq!(
    ///     asked.check_client_signer().unwrap_err().to_string(),
    ///     "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
    /// );
    /// ```
    pub fn check_client_signer(&self) -> Result<(), SignerError> {
        if self.organizations.iter().any(|group| group == UserInfo::MASTERS) { Err(SignerError(())) } else { Ok(()) }
    }
}

/// A request for a certificate that no signer may grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed")]
pub struct SignerError(());

/// A unique id in a certificate that cannot be one, in upstream's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct UidError(Kind);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("unable to parse UID into a string")]
    NoString,
    #[error("UID cannot be an empty string")]
    Empty,
    #[error("expected 1 UID, but found multiple: [{0}]")]
    Several(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(name: &str, organizations: &[&str]) -> Certificate {
        let organizations = organizations.iter().map(|o| (*o).to_owned()).collect();
        Certificate { common_name: name.into(), organizations, sha256: Some([0xab; 32]), ..Certificate::default() }
    }

    #[test]
    fn groups_are_the_organizations_as_they_stand() {
        let rows = [
            (&["b", "a", "b"][..], &["b", "a", "b", "system:authenticated"][..]),
            (&[], &["system:authenticated"]),
            (&["system:authenticated", "z"], &["system:authenticated", "z"]),
            (&["system:unauthenticated"], &["system:unauthenticated"]),
        ];
        for (organizations, groups) in rows {
            assert_eq!(certificate("jane", organizations).user(KubeVersion::V1_37).unwrap().unwrap().groups, groups);
        }
        assert_eq!(certificate("", &["dev"]).user(KubeVersion::V1_37), Ok(None));
        assert_eq!(certificate("system:anonymous", &[]).user(KubeVersion::V1_37).unwrap().unwrap().groups, [""; 0]);
    }

    #[test]
    fn newer_servers_see_the_id_and_the_hash() {
        let mut of_jane = certificate("jane", &[]);
        of_jane.uids = vec![Some("1".into())];
        let seen = |minor| {
            let user = of_jane.user(KubeVersion::new(1, minor)).unwrap().unwrap();
            (user.uid, user.extra.into_values().flatten().next().unwrap_or_default())
        };
        let hash = format!("X509SHA256={}", "ab".repeat(32));
        assert_eq!(seen(11), (String::new(), String::new()));
        assert_eq!(seen(32), (String::new(), hash.clone()));
        assert_eq!(seen(37), ("1".into(), hash));
    }

    #[test]
    fn ids_that_cannot_be_are_told_as_upstream_tells_them() {
        let told = |uids: &[Option<&str>]| {
            let uids = uids.iter().map(|uid| uid.map(str::to_owned)).collect();
            Certificate { uids, ..certificate("jane", &[]) }.user(KubeVersion::V1_37).unwrap_err().to_string()
        };
        assert_eq!(told(&[Some("a"), Some("b")]), "expected 1 UID, but found multiple: [a b]");
        assert_eq!(told(&[Some("")]), "UID cannot be an empty string");
        assert_eq!(told(&[Some("a"), None]), "unable to parse UID into a string");
    }

    #[test]
    fn a_kubelets_subject_is_exact() {
        assert!(certificate("system:node:n", &["system:nodes"]).is_of_node());
        for (name, organizations) in
            [("system:node:n", &["system:nodes", "x"][..]), ("system:node:n", &[]), ("n", &["system:nodes"])]
        {
            assert!(!certificate(name, organizations).is_of_node());
        }
    }
}
