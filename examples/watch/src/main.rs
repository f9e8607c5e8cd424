//! Asks the same question again and again while a cluster's RBAC objects change: `watch jane list pods shop`.
//!
//! Four watches feed one authorizer. Whoever asks takes a snapshot, which never waits and never changes under the question.

use std::process::ExitCode;
use std::sync::Arc;

use k8s_rbac::authorize::Live;
use k8s_rbac::{Attributes, Decision, UserInfo};
use kube::Client;
use tokio::sync::watch;

mod follow;
mod mirror;
#[cfg(test)]
mod tests;

const USAGE: &str = "usage: watch USER VERB RESOURCE[.GROUP] [NAMESPACE]

Tells whether USER may do it, and tells it again whenever the answer changes, until it is interrupted. The cluster is that of kubectl; who runs
this must be allowed to list and watch roles, rolebindings, clusterroles and clusterrolebindings.";

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

async fn run(words: &[String]) -> Result<(), String> {
    let question = Question::read(words).ok_or(USAGE)?;
    let client = Client::try_default().await.map_err(|error| error.to_string())?;
    let live = Arc::new(mirror::unknowing());
    let (changed, mut changes) = watch::channel(());
    let following = follow::follow(client, Arc::clone(&live), changed);
    tokio::select! {
        () = following => Err("the watches ended".to_owned()),
        () = question.tell(&live, &mut changes, |answer| println!("{answer}")) => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// What is asked.
struct Question {
    user: UserInfo,
    verb: String,
    resource: String,
    group: String,
    namespace: String,
}

impl Question {
    fn read(words: &[String]) -> Option<Self> {
        let (name, verb, resource, namespace) = match words {
            [name, verb, resource] => (name, verb, resource, ""),
            [name, verb, resource, namespace] => (name, verb, resource, namespace.as_str()),
            _ => return None,
        };
        let user = UserInfo::impersonated(name.as_str(), [""; 0]);
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        let [verb, resource, group, namespace] = [verb, resource, group, namespace].map(str::to_owned);
        Some(Self { user, verb, resource, group, namespace })
    }

    /// The answer of the moment. A no is only certain when every kind was listed.
    fn answer(&self, live: &Live) -> String {
        let rbac = live.snapshot();
        let request =
            Attributes::resource(&self.verb, &self.resource).in_group(&self.group).in_namespace(&self.namespace).by(&self.user);
        match rbac.authorize(&request) {
            Decision::Allow(grant) => format!("yes: {}", grant.reason()),
            Decision::NoOpinion(no) if no.gaps().is_empty() => "no".to_owned(),
            Decision::NoOpinion(_) => "not known yet".to_owned(),
        }
    }

    /// Tells the answer whenever it is another than before.
    async fn tell(&self, live: &Live, changes: &mut watch::Receiver<()>, mut tell: impl FnMut(&str)) {
        let mut last = String::new();
        loop {
            let answer = self.answer(live);
            if answer != last {
                tell(&answer);
                last = answer;
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}
