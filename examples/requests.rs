//! HTTP requests as the API server sees and answers them: a file with lines of `METHOD TARGET`.
//!
//! ```console
//! $ cargo run --example requests -- jane examples/data/requests.txt examples/data/cluster-1.37.yaml examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::authorize::server::{self, Verdict};
use k8s_rbac::request::RequestInfo;
use k8s_rbac::{Authorizer, KubeVersion, UserInfo};

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|()| true))
}

fn run(args: &[String]) -> Result<(), String> {
    let [name, lines, files @ ..] = args else { return Err("usage: requests USER LINES FILE...".to_owned()) };
    let (rbac, user) = (Authorizer::new(support::policy(files)?), UserInfo::impersonated(name.as_str(), [""; 0]));
    for line in std::fs::read_to_string(lines).map_err(|error| format!("{lines}: {error}"))?.lines() {
        let (method, target) = line.split_once(' ').ok_or(format!("expected METHOD TARGET, found {line:?}"))?;
        println!("{}", answer(&rbac, &user, method, target));
    }
    Ok(())
}

/// The status and the words of a server.
fn answer(rbac: &Authorizer, user: &UserInfo, method: &str, target: &str) -> String {
    let info = match RequestInfo::from_target(method, target) {
        Ok(info) => info,
        Err(error) => return format!("400 {error}"),
    };
    let request = info.attributes(user);
    let verdict: Verdict<'_, '_> = server::authorize(rbac, &request);
    let reason = verdict.reason(KubeVersion::REFERENCE);
    if verdict.is_allowed() {
        format!("200 {reason}")
    } else {
        format!("403 {}", request.forbidden(&reason.to_string(), KubeVersion::REFERENCE))
    }
}
