//! Tokens of service accounts, with what is found of the objects behind them.

use std::collections::BTreeMap;

use k8s_rbac::identity::token::{AUTO_GENERATED, Claims, Expected, Found};
use k8s_rbac::model::{ObjectMeta, Secret, ServiceAccount};
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;

use crate::{Opinion, lines};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Objects {
    pub account: Option<ServiceAccount>,
    pub secret: Option<Secret>,
    pub pod: Option<OfMeta>,
    pub node: Option<OfMeta>,
}

/// An object of which the metadata counts alone.
#[derive(Debug, Deserialize)]
pub struct OfMeta {
    pub metadata: ObjectMeta,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    pub token: String,
    pub claims: Claims,
    pub found: Objects,
    pub audiences: Vec<String>,
    pub now: i64,
}

impl Asked {
    pub fn expected(&self) -> Expected {
        Expected {
            issuers: vec!["https://iss".into()],
            api_audiences: vec!["a".into()],
            audiences: self.audiences.clone(),
            now: self.now,
            ..Expected::default()
        }
    }

    pub fn found(&self) -> Found<'_> {
        Found {
            account: self.found.account.as_ref(),
            secret: self.found.secret.as_ref(),
            pod: self.found.pod.as_ref().map(|pod| &pod.metadata),
            node: self.found.node.as_ref().map(|node| &node.metadata),
            ..Found::default()
        }
    }
}

#[test]
fn tokens_are_taken_and_refused() {
    let (mut taken, mut refused) = (0, 0);
    for (asked, answer) in lines::<Asked, Opinion>("token", 65) {
        let ours = asked.claims.accept(&asked.token, &asked.found(), &asked.expected(), KubeVersion::V1_37);
        let mut annotations = BTreeMap::new();
        let mut note = |list: &[(&'static str, String)]| {
            annotations.extend(list.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        };
        let mut warnings = Vec::new();
        match &ours {
            Ok(Some(accepted)) => {
                note(&accepted.annotations);
                warnings.extend(accepted.warning.map(str::to_owned));
                taken += 1;
            }
            Ok(None) => {}
            Err(error) => {
                note(error.annotations());
                refused += 1;
            }
        }
        assert_eq!((&annotations, &warnings), (&answer.annotations, &answer.warnings), "{asked:?}");
        let user = ours.map(|accepted| accepted.map(|accepted| accepted.user)).map_err(|error| error.to_string());
        assert_eq!(user, answer.user(), "{asked:?}");
    }
    assert!(taken > 20 && refused > 30, "{taken} {refused}");
}

#[test]
fn the_text_of_a_token_holds_its_claims() {
    for (asked, _) in lines::<Asked, Opinion>("token", 65) {
        assert_eq!(Claims::from_jwt(&asked.token).unwrap(), asked.claims);
    }
    assert!(AUTO_GENERATED.starts_with("Use tokens from the TokenRequest API"));
}
