//! Who comes, against upstream's own code: `tests/data/identity-1.37.jsonl` is what `conformance/identity` was answered.

use std::collections::BTreeMap;

use k8s_rbac::identity::UserInfo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

mod accounts;
mod chain;
mod credentials;
mod issue;
mod older;
mod tokens;
mod well_known;

/// What was asked and answered, of one kind; at least so many.
fn lines<A: DeserializeOwned, B: DeserializeOwned>(kind: &str, at_least: usize) -> Vec<(A, B)> {
    #[derive(Deserialize)]
    struct Line {
        kind: String,
        asked: Value,
        answer: Value,
    }
    let lines = include_str!("../data/identity-1.37.jsonl").lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
    let read = |line: Line| (serde_json::from_value(line.asked).unwrap(), serde_json::from_value(line.answer).unwrap());
    let found: Vec<_> = lines.filter(|line| line.kind == kind).map(read).collect();
    assert!(found.len() >= at_least, "{kind}: {}", found.len());
    found
}

/// What an authenticator said.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Opinion {
    user: Option<UserInfo>,
    error: Option<String>,
    warnings: Vec<String>,
    annotations: BTreeMap<String, String>,
}

impl Opinion {
    /// The user as the chain hands it on: with `system:authenticated`.
    fn user(self) -> Result<Option<UserInfo>, String> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.user.map(with_authenticated)),
        }
    }
}

fn with_authenticated(mut user: UserInfo) -> UserInfo {
    user.add_authenticated();
    user
}
