//! What a change of the policy grants and takes away, for the check of a pull request.
//!
//! ```console
//! $ cargo run --all-features --example diff -- old.yaml new.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::authorize::subject::Membership;
use k8s_rbac::diff::{Diff, diff};

const HELP: &str = "\
What a change of the policy grants and takes away.

usage: diff [options] OLD NEW

  OLD and NEW are files of YAML or JSON with RBAC objects. Order, names, labels and the way rules are written make no difference.

  -i, --implied   count the groups that the API server gives to everybody: what everybody had already is no change
  -h, --help      this text

Prints each subject with what it may newly do and no longer do, with the grants that make it so and requests to try. The exit code is 0 if
nothing is newly allowed, 1 if something is, and 2 for wrong input.";

fn main() -> ExitCode {
    support::exit(run(support::words()).map(|wider| !wider))
}

/// Compares, prints, and says whether something is newly allowed.
fn run(mut args: Vec<String>) -> Result<bool, String> {
    let mut take = |names: [&str; 2]| {
        let before = args.len();
        args.retain(|arg| !names.contains(&arg.as_str()));
        args.len() != before
    };
    if take(["-h", "--help"]) {
        println!("{HELP}");
        return Ok(false);
    }
    let membership = if take(["-i", "--implied"]) { Membership::Implied } else { Membership::Alone };
    let [old, new] = args.as_slice() else {
        return Err("expected two files; try --help".to_owned());
    };
    let (old, new) = (support::policy(std::slice::from_ref(old))?, support::policy(std::slice::from_ref(new))?);
    let found = diff(&old, &new, membership).map_err(|error| error.to_string())?;
    print!("{found}");
    print_witnesses(&found);
    Ok(found.is_wider())
}

fn print_witnesses(found: &Diff<'_>) {
    for witness in found.witnesses().filter(|witness| witness.allowed) {
        let user = witness.request.user.clone().unwrap_or_default();
        let groups: String = user.groups.iter().map(|group| format!(" --as-group {group}")).collect();
        println!("newly allowed: {}, as --as {:?}{groups}", witness.request, user.username);
    }
}
