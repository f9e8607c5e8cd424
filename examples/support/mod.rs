//! What the examples share: a policy from files or standard input, and exit codes.
#![allow(dead_code, reason = "an example takes what it needs")]

use std::io::Read;
use std::process::ExitCode;

use k8s_rbac::Policy;
use k8s_rbac::load::{Loaded, Loader};
use k8s_rbac::model::Object;

/// Reads the files, or standard input if there is none, into one policy. What was skipped is told on standard error.
pub fn policy(files: &[String]) -> Result<Policy, String> {
    policy_in("", files)
}

/// The same; objects that name no namespace are put into this one, as `kubectl apply` does.
pub fn policy_in(namespace: &str, files: &[String]) -> Result<Policy, String> {
    let loader = Loader::new();
    let mut policy = Policy::new();
    if files.is_empty() {
        take(&mut policy, namespace, "<stdin>", loader.read_bytes("<stdin>", &standard_input()?))?;
    }
    for file in files {
        let loaded = loader.read_path(file).map_err(|error| format!("{file}: {error}"))?;
        take(&mut policy, namespace, file, loaded)?;
    }
    Ok(policy)
}

/// The exit code of an example: 0 for yes, 1 for no, and 2 for wrong input, which is told on standard error.
pub fn exit(answer: Result<bool, String>) -> ExitCode {
    match answer {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// The words of the command line.
pub fn words() -> Vec<String> {
    std::env::args().skip(1).collect()
}

fn standard_input() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    Ok(bytes)
}

fn take(policy: &mut Policy, namespace: &str, name: &str, loaded: Loaded) -> Result<(), String> {
    for skipped in &loaded.skipped {
        eprintln!("{name}: skipped {skipped}");
    }
    for object in loaded.into_result().map_err(|error| error.to_string())? {
        let object = object.map(|object| placed(object, namespace));
        let key = object.key();
        if policy.insert_object(object) {
            return Err(format!("{name}: {key} stands in an earlier file already"));
        }
    }
    Ok(())
}

fn placed(mut object: Object, namespace: &str) -> Object {
    if object.is_namespaced() && object.metadata().namespace.is_empty() {
        namespace.clone_into(&mut object.metadata_mut().namespace);
    }
    object
}
