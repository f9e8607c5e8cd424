//! Whether somebody may act as somebody else, by which right, and who the request is made as.
//!
//! ```console
//! $ cargo run --example impersonate -- bob,support jane examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::impersonation::impersonate;
use k8s_rbac::{Attributes, Authorizer, KubeVersion, UserInfo};

fn main() -> ExitCode {
    support::exit(run(&support::words()))
}

fn run(args: &[String]) -> Result<bool, String> {
    let [requester, wanted, files @ ..] = args else {
        return Err("usage: impersonate USER[,GROUP...] USER[,GROUP...] FILE...".to_owned());
    };
    let rbac = Authorizer::new(support::policy(files)?);
    let (name, groups) = split(requester);
    let requester = UserInfo::authenticated(name, groups);
    let (name, groups) = split(wanted);
    let request = Attributes::resource("list", "pods").in_namespace("shop").by(&requester);
    match impersonate(&rbac, &request, &UserInfo::new(name, groups), KubeVersion::REFERENCE) {
        Ok(made) => {
            let answer = rbac.authorize(&request.by(&made.user)).is_allowed();
            println!(
                "as {} in {:?}, by the mode {}: allowed: {answer}",
                made.user.username,
                made.user.groups,
                made.mode.as_str()
            );
            Ok(true)
        }
        Err(denied) => {
            println!("{denied}");
            Ok(false)
        }
    }
}

/// A name, and what follows it.
fn split(words: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut words = words.split(',');
    (words.next().unwrap_or_default(), words)
}
