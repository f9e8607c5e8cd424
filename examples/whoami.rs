//! Who a service account's token stands for, as the API server reads its claims. The signature is not looked at.
//!
//! ```console
//! $ cargo run --all-features --example whoami -- "$(kubectl create token default)"
//! ```

mod support;

use std::process::ExitCode;

use k8s_rbac::KubeVersion;
use k8s_rbac::identity::token::{Claims, Expected};
use k8s_rbac::kubectl::can_i::whoami;

fn main() -> ExitCode {
    support::exit(run(&support::words()).map(|page| {
        print!("{page}");
        true
    }))
}

fn run(args: &[String]) -> Result<String, String> {
    let [token] = args else { return Err("usage: whoami TOKEN".to_owned()) };
    let claims = Claims::from_jwt(token).map_err(|error| error.to_string())?;
    // A server knows its issuers; here the token is taken at its word, at the time that it was issued.
    let expected = Expected { issuers: vec![claims.iss.clone()], now: claims.iat.unwrap_or_default(), ..Expected::default() };
    let user = claims.user(&expected, KubeVersion::REFERENCE).map_err(|error| error.to_string())?;
    whoami(&user.ok_or("the token is none of a service account")?).map_err(|error| error.to_string())
}
