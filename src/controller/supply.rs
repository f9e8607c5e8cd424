//! A supply that counts, so that the same story gives the same names.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Supply;
use crate::identity::service_account::username;
use crate::model::ServiceAccount;
use crate::quote::JsonString;

/// A [`Supply`] that counts up from a number: names and ids are not random, and tokens have the claims of real ones but no signature.
///
/// ```
/// use k8s_rbac::controller::{Counted, Supply};
/// let mut supply = Counted::starting_at(1);
/// assert_eq!((supply.suffix(), supply.suffix()), (1, 2));
/// assert_eq!(supply.uid(), "00000000-0000-4000-8000-000000000003");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    next: u32,
}

impl Counted {
    /// A supply whose first number is this one.
    #[must_use]
    pub const fn starting_at(next: u32) -> Self {
        Self { next }
    }

    fn count(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        number
    }
}

impl Supply for Counted {
    fn suffix(&mut self) -> u32 {
        self.count()
    }

    /// A JSON web token with `"alg":"none"` and the claims of a token that is kept in a Secret.
    fn token(&mut self, account: &ServiceAccount, secret: &str) -> String {
        let metadata = &account.metadata;
        let subject = username(&metadata.namespace, &metadata.name);
        let claims = [
            ("iss", "kubernetes/serviceaccount"),
            ("kubernetes.io/serviceaccount/namespace", &metadata.namespace),
            ("kubernetes.io/serviceaccount/secret.name", secret),
            ("kubernetes.io/serviceaccount/service-account.name", &metadata.name),
            ("kubernetes.io/serviceaccount/service-account.uid", &metadata.uid),
            ("sub", &subject),
        ];
        let [header, claims] = [json(&[("alg", "none")]), json(&claims)].map(|text| URL_SAFE_NO_PAD.encode(text));
        format!("{header}.{claims}.")
    }

    fn uid(&mut self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.count())
    }
}

fn json(entries: &[(&str, &str)]) -> String {
    let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{}:{}", JsonString(key), JsonString(value))).collect();
    format!("{{{}}}", entries.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ObjectMeta;

    #[test]
    fn a_token_has_the_claims_of_a_real_one() {
        let mut account =
            ServiceAccount { metadata: ObjectMeta::namespaced("default", "a\"\\\u{1}é"), ..ServiceAccount::default() };
        account.metadata.uid = "u".into();
        let token = Counted::default().token(&account, "s");
        let parts: Vec<&str> = token.split('.').collect();
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims["sub"], "system:serviceaccount:default:a\"\\\u{1}é");
        assert_eq!(claims["kubernetes.io/serviceaccount/secret.name"], "s");
        assert_eq!(claims["kubernetes.io/serviceaccount/service-account.uid"], "u");
        assert_eq!((parts.len(), parts[2], claims.as_object().unwrap().len()), (3, "", 6));
    }
}
