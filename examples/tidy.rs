//! What a policy could do without: rules, subjects and bindings that change no answer, and roles that say the same.
//!
//! ```console
//! $ cargo run --example tidy -- examples/data/cluster-1.37.yaml examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::authorize::subject::Membership;
use k8s_rbac::redundancy::{equal_roles, redundant};

fn main() -> ExitCode {
    support::exit(run(&support::words()))
}

/// Prints what could go, and says whether there is nothing.
fn run(files: &[String]) -> Result<bool, String> {
    let policy = support::policy(files)?;
    let found = redundant(&policy, Membership::Alone).map_err(|error| error.to_string())?;
    print!("{found}");
    for group in equal_roles(&policy).map_err(|error| error.to_string())? {
        let names: Vec<String> = group.iter().map(ToString::to_string).collect();
        println!("the same: {}", names.join(", "));
    }
    Ok(found.is_empty())
}
