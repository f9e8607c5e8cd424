//! An admission check of what a Role or a binding grants: an AdmissionReview in, one with the answer out.
//!
//! ```console
//! $ cargo run --example admission -- examples/data/admission-denied.json examples/data/cluster-1.37.yaml examples/data/team.yaml
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::escalation::{check_create, check_update};
use k8s_rbac::model::{Located, Object};
use k8s_rbac::validation::{admit, defaulted};
use k8s_rbac::{Authorizer, UserInfo};
use serde_json::{Value, json};

const USAGE: &str = "usage: admission REVIEW POLICY...

REVIEW is an AdmissionReview in JSON, POLICY files with the cluster's RBAC objects. Prints the answer. The exit code is 0 if the object is let
in, 1 if it is refused, and 2 for wrong input.";

#[derive(serde::Deserialize)]
struct Review {
    request: Request,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    uid: String,
    operation: String,
    user_info: UserInfo,
    object: Option<Value>,
    old_object: Option<Value>,
}

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|(allowed, answer)| {
        println!("{answer:#}");
        allowed
    }))
}

/// Whether the object is let in, and the review to send back.
fn run(args: &[String]) -> Result<(bool, Value), String> {
    let [review, policy @ ..] = args else { return Err(USAGE.to_owned()) };
    let text = std::fs::read_to_string(review).map_err(|error| format!("{review}: {error}"))?;
    let Review { request } = serde_json::from_str(&text).map_err(|error| format!("{review}: {error}"))?;
    let rbac = Authorizer::new(support::policy(policy)?);
    let verdict = check(&rbac, &request)?;
    let mut response = json!({ "uid": request.uid, "allowed": verdict.is_ok() });
    if let Err((code, message)) = &verdict {
        response["status"] = json!({ "code": code, "message": message });
    }
    Ok((verdict.is_ok(), json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response })))
}

/// Lets the object in, or tells the status and the words of the API server. What is deleted grants nothing, and what is none of the kinds that
/// the crate has a type for is not looked at.
fn check(rbac: &Authorizer, request: &Request) -> Result<Result<(), (u16, String)>, String> {
    let Some(new) = object(request.object.as_ref())?.filter(|_| request.operation != "DELETE") else { return Ok(Ok(())) };
    let held = match object(request.old_object.as_ref())? {
        Some(old) => check_update(rbac, &request.user_info, &new, Some(&*old)),
        None => check_create(rbac, &request.user_info, &new),
    };
    if let Err(refusal) = held {
        return Ok(Err((refusal.status(), refusal.to_string())));
    }
    Ok(admit(new).map(|_| ()).map_err(|invalid| (422, invalid.to_string())))
}

/// The object with what the server fills in; `None` if there is none, or no type for it.
fn object(given: Option<&Value>) -> Result<Option<Located<Object>>, String> {
    let Some(value) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    let word = |field: &str| value[field].as_str().unwrap_or_default();
    let read = Object::deserialize_as(word("apiVersion"), word("kind"), value).transpose().map_err(|error| error.to_string())?;
    Ok(read.map(|object| defaulted(Located::from(object))))
}
