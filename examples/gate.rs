//! A gate for a pull request: nothing newly allowed, nothing public, and nobody who reads secrets.
//!
//! ```console
//! $ cargo run --example gate -- examples/data/diff-old.yaml examples/data/diff-new.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::Policy;
use k8s_rbac::authorize::subject::Membership;
use k8s_rbac::gate::{Answer, Ban, Outcome, no_new_access, no_public_access, not_granted};
use k8s_rbac::permission::{Choice, Pattern, PermissionSet, TooLarge};

const USAGE: &str = "usage: gate OLD NEW

OLD and NEW are files with RBAC objects. The exit code is 0 if NEW passes every gate, 1 if not, and 2 for wrong input.";

fn main() -> ExitCode {
    support::exit(run(&support::words()))
}

fn run(args: &[String]) -> Result<bool, String> {
    let [old, new] = args else { return Err(USAGE.to_owned()) };
    let (old, new) = (support::policy(std::slice::from_ref(old))?, support::policy(std::slice::from_ref(new))?);
    let gates = gates(&old, &new).map_err(|error| error.to_string())?;
    let mut passed = true;
    for (name, outcome) in gates {
        println!("{name}: {:?}\n{outcome}", outcome.answer());
        // A policy that was not given whole does not pass in silence.
        passed &= outcome.answer() == Answer::Passed;
    }
    Ok(passed)
}

fn gates(old: &Policy, new: &Policy) -> Result<[(&'static str, Outcome); 3], TooLarge> {
    let secrets =
        Pattern { verbs: Choice::only(["get", "list", "watch"]), resources: Choice::only(["secrets"]), ..Pattern::default() };
    let bans = [Ban::new(PermissionSet::matching(&secrets))];
    Ok([
        ("no new access", no_new_access(old, new, Membership::Implied)?),
        ("nothing public", no_public_access(new, old)?),
        ("nobody reads secrets", not_granted(new, &bans)?),
    ])
}
