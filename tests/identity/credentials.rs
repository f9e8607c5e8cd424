//! Certificates, front proxies, bearer headers, token files and bootstrap tokens.

use k8s_rbac::identity::bearer::{self, Header};
use k8s_rbac::identity::certificate::Certificate;
use k8s_rbac::identity::{bootstrap_token, chain};
use k8s_rbac::model::Secret;
use k8s_rbac::request::front_proxy::FrontProxy;
use k8s_rbac::version::KubeVersion;
use serde::Deserialize;
use serde_json::Value;

use crate::{Opinion, lines, with_authenticated};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    common_name: String,
    organizations: Vec<String>,
    uids: Vec<Value>,
    sha256: String,
}

#[test]
fn a_certificate_is_a_user() {
    for (Subject { common_name, organizations, uids, sha256 }, answer) in lines::<Subject, Opinion>("certificate", 9) {
        let uids = uids.iter().map(|uid| uid.as_str().map(str::to_owned)).collect();
        let mut hash = [0; 32];
        for (i, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&sha256[2 * i..2 * i + 2], 16).unwrap();
        }
        let certificate = Certificate { common_name, organizations, uids, sha256: Some(hash) };
        let user = certificate.user(KubeVersion::V1_37).map_err(|error| error.to_string());
        assert_eq!(user, answer.user(), "{certificate:?}");
    }
}

#[test]
fn the_client_signer_grants_no_privileged_group() {
    for (organizations, answer) in lines::<Vec<String>, Opinion>("signer", 4) {
        let certificate = Certificate { organizations, ..Certificate::default() };
        let told = certificate.check_client_signer().err().map(|error| error.to_string());
        // What stands before is said of every object that admission refuses.
        let theirs = answer.error.map(|error| error.rsplit_once("forbidden: ").unwrap().1.to_owned());
        assert_eq!(told, theirs, "{certificate:?}");
    }
}

#[test]
fn a_front_proxy_names_the_user() {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let proxy = FrontProxy {
        allowed_names: Vec::new(),
        user_headers: list(&["X-First", "X-Remote-User"]),
        uid_headers: list(&["X-Remote-Uid"]),
        group_headers: list(&["X-Remote-Group", "X-More"]),
        extra_prefixes: list(&["X-Remote-Extra-", "X-Other-"]),
    };
    for (headers, answer) in lines::<Vec<(String, String)>, Opinion>("frontProxy", 11) {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(proxy.user(&headers), answer.user.map(with_authenticated), "{headers:?}");
    }
}

#[derive(Deserialize)]
struct Bearer {
    token: Option<String>,
    warnings: Vec<String>,
    error: Option<String>,
}

#[test]
fn a_bearer_header_holds_a_token() {
    for (text, answer) in lines::<String, Bearer>("bearer", 14) {
        let header = bearer::header(&text);
        let token = if let Header::Token(token) = header { Some(token) } else { None };
        let warning = (header == Header::ExtraSpace).then(|| bearer::EXTRA_SPACE.to_owned());
        assert_eq!((token, warning.as_slice()), (answer.token.as_deref(), answer.warnings.as_slice()), "{text:?}");
        let refused = chain::bearer(header, |_| [Ok::<_, String>(None)]).err();
        assert_eq!(refused.map(|refused| refused.errors().concat()), answer.error, "{text:?}");
    }
}

#[test]
fn a_token_file_lists_users() {
    for (rows, answer) in lines::<Vec<Vec<String>>, Value>("tokenFile", 8) {
        let users = bearer::token_file(rows.iter().map(|row| row.iter().map(String::as_str).collect()));
        assert_eq!(users.is_err(), answer["refused"] == true, "{rows:?}");
        let theirs: Opinion = serde_json::from_value(answer).unwrap();
        assert_eq!(users.ok().and_then(|mut users| users.remove("t")), theirs.user.map(with_authenticated), "{rows:?}");
    }
}

#[test]
fn oidc_prefixes_come_from_the_flags() {
    for ([flag, claim, issuer], answer) in lines::<[String; 3], Value>("oidcPrefix", 6) {
        assert_eq!(bearer::oidc_username_prefix(&flag, &claim, &issuer), answer["username"], "{flag} {claim}");
        // The prefix of groups is that of its flag, which was not set.
        assert_eq!(answer["groups"], "");
    }
}

#[derive(Debug, Deserialize)]
struct Bootstrap {
    token: String,
    secret: Option<Secret>,
    now: i64,
}

#[test]
fn a_bootstrap_token_is_worth_what_its_secret_says() {
    let mut users = 0;
    for (Bootstrap { token, secret, now }, answer) in lines::<Bootstrap, Opinion>("bootstrapToken", 66) {
        // The lister that was asked finds the Secret by its name alone.
        let found = secret.filter(|secret| {
            bootstrap_token::split(&token).is_some_and(|(id, _)| bootstrap_token::secret_name(id) == secret.metadata.name)
        });
        let user = bootstrap_token::authenticate(&token, found.as_ref(), now);
        let detail = found.as_ref().map(|secret| {
            format!("{:?} {:?}", secret, secret.data.values().map(|v| String::from_utf8_lossy(&v.0)).collect::<Vec<_>>())
        });
        users += usize::from(user.is_ok());
        assert_eq!(user.ok(), answer.user.map(with_authenticated), "{token} {detail:?}");
    }
    assert!(users > 15);
}

/// The time counts to the second: a token whose time has come has expired, and a fraction is more than none.
#[test]
fn a_bootstrap_token_expires_in_its_second() {
    let (Bootstrap { token, secret, .. }, _) = lines::<Bootstrap, Opinion>("bootstrapToken", 1).remove(0);
    let mut secret = secret.unwrap();
    let mut ask = |expiration: &str, now| {
        secret.data.insert("expiration".into(), k8s_rbac::model::core::ByteString(expiration.into()));
        bootstrap_token::authenticate(&token, Some(&secret), now).is_ok()
    };
    assert!(ask("1970-01-01T00:00:10Z", 9) && !ask("1970-01-01T00:00:10Z", 10));
    assert!(ask("1970-01-01T00:00:10.5Z", 10) && !ask("1970-01-01T00:00:10.5Z", 11) && !ask("1970-01-01T00:00:10.0Z", 10));
}
