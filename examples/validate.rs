//! What an API server would refuse of a manifest, in its words, with the line.
//!
//! ```console
//! $ cargo run --example validate -- examples/data/invalid.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::load::{Loaded, Loader};
use k8s_rbac::render;
use k8s_rbac::validation::{defaulted, validate};

fn main() -> ExitCode {
    support::exit(run(&support::words()))
}

/// Whether nothing is refused.
fn run(files: &[String]) -> Result<bool, String> {
    let mut taken = true;
    for file in files {
        taken &= check(&Loader::new().read_path(file).map_err(|error| format!("{file}: {error}"))?);
    }
    Ok(taken)
}

/// Prints what is wrong, and says whether nothing is.
fn check(loaded: &Loaded) -> bool {
    print!("{}", render::loaded(loaded));
    let mut taken = loaded.problems.is_empty();
    for object in &loaded.objects {
        for error in validate(&defaulted(object.clone())) {
            let place = error.place.as_ref().map(ToString::to_string).unwrap_or_default();
            println!("{place}: {}: {error}", object.key());
            taken = false;
        }
    }
    taken
}
