//! Any text may come as a URL or a selector: it is read or refused, and what was read hangs together.

use k8s_rbac::identity::UserInfo;
use k8s_rbac::request::RequestInfo;
use k8s_rbac::request::selector::{parse_fields, parse_labels};
use k8s_rbac::version::KubeVersion;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const PIECES: [&str; 32] = [
    "api",
    "apis",
    "v1",
    "apps",
    "namespaces",
    "watch",
    "proxy",
    "pods",
    "a",
    "status",
    "/",
    "//",
    "?",
    "&",
    "=",
    "%2f",
    "%",
    "%zz",
    "..",
    ".",
    "watch=true",
    "fieldSelector=metadata.name%3Dx",
    "labelSelector=a%20in%20(b)",
    ";",
    "#",
    "é",
    "\u{0}",
    " ",
    ":",
    "@",
    "[",
    "finalize",
];
const SELECTOR: [&str; 20] = [
    "a",
    "b/c",
    "=",
    "==",
    "!=",
    "!",
    ",",
    "(",
    ")",
    " in ",
    " notin ",
    ">",
    "<",
    "7",
    "\\",
    "\\,",
    " ",
    "é",
    "metadata.name",
    "exists",
];

fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![vec(select(pieces), 0..14).prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn a_target_is_a_request_or_an_error(method in select(vec!["GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "", "odd"]), path in text(&PIECES)) {
        let user = UserInfo::new("jane", ["dev"]);
        for read in [RequestInfo::from_target(method, &format!("/{path}")), RequestInfo::from_target(method, &path), RequestInfo::from_url(method, &path)] {
            let Ok(info) = read else { continue };
            let attributes = info.attributes(&user);
            prop_assert!(!attributes.forbidden("", KubeVersion::V1_37).to_string().is_empty());
            if !attributes.resource_request {
                prop_assert_eq!((attributes.resource, attributes.subresource, attributes.name), ("", "", ""));
            }
        }
    }

    #[test]
    fn a_selector_is_requirements_or_an_error(selector in text(&SELECTOR)) {
        if let Ok(labels) = parse_labels(&selector) {
            prop_assert!(labels.len() <= selector.len() && labels.iter().all(|label| !label.key.is_empty()));
        }
        if let Ok(fields) = parse_fields(&selector) {
            prop_assert!(fields.len() <= selector.len());
        }
    }
}
