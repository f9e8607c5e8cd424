//! The claims out of a token's text. Signatures are not looked at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token::{Claims, DecodeError};

impl Claims {
    /// The claims of a JSON web token: its middle part, decoded. **The signature is not verified**: whoever can write text can write this.
    ///
    /// ```
    /// use k8s_rbac::identity::token::Claims;
    /// let claims = Claims::from_jwt("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIiwiYXVkIjoiYSJ9.c2ln")?;
    /// assert_eq!((claims.sub.as_str(), claims.aud), ("jane", vec!["a".to_owned()]));
    /// # Ok::<(), k8s_rbac::identity::token::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// The text does not have three parts, or the middle one is not unpadded base64url of a JSON object with such claims.
    pub fn from_jwt(token: &str) -> Result<Self, DecodeError> {
        let [_, payload, _] = *token.split('.').collect::<Vec<_>>() else {
            return Err(DecodeError::new(format!("expected three parts separated by dots, found {}", token.split('.').count())));
        };
        let json = URL_SAFE_NO_PAD.decode(payload).map_err(|error| DecodeError::new(format!("payload: {error}")))?;
        serde_json::from_slice(&json).map_err(|error| DecodeError::new(format!("payload: {error}")))
    }
}
