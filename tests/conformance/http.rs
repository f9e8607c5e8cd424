//! HTTP requests as the API server sees them, and the words of their denial.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::request::RequestInfo;
use serde::Deserialize;

use crate::harness::{Tally, version};

#[derive(Debug, Deserialize)]
struct Line {
    method: String,
    url: String,
    #[serde(default)]
    error: String,
    #[serde(flatten)]
    info: RequestInfo,
    /// The user, a newline, and the message.
    #[serde(default)]
    forbidden: String,
}

pub fn check(line: &str, tally: &mut Tally) {
    let Line { method, url, error, info, forbidden } = serde_json::from_str(line).unwrap();
    let upstream = if error.is_empty() { Ok((info, forbidden.clone())) } else { Err(error) };
    let username = forbidden.rsplit_once('\n').map_or("", |(user, _)| user);
    let user = UserInfo::new(username, [""; 0]);
    let ours = RequestInfo::from_url(&method, &url).map_err(|error| error.to_string()).map(|mut info| {
        let message = info.attributes(&user).forbidden("", version()).to_string();
        // The vectors leave these out.
        (info.parts, info.field_selector, info.label_selector) = Default::default();
        (info, format!("{}\n{message}", user.username))
    });
    tally.case(|| format!("{method} {url}"), &upstream, &ours);
}
