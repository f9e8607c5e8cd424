//! What is asked of the authorizer about the impersonated user, one question for each value.

use super::Mode;
use crate::identity::{UserInfo, node, service_account};
use crate::request::OwnedAttributes;
use crate::version::{Behaviour, KubeVersion};

const AUTHENTICATION_GROUP: &str = "authentication.k8s.io";

/// The questions that the mode asks about the user, in order, as the requester: the user, then id, groups and extra; before 1.36 the id
/// comes last. Modes for nodes and service accounts ask about the user alone.
///
/// RBAC allows the first two of these by `verbs: [impersonate]`, `resources: [users, groups]` in the core group:
///
/// ```
/// use k8s_rbac::impersonation::{Mode, checks};
/// use k8s_rbac::{identity::UserInfo, version::KubeVersion};
/// let mut wanted = UserInfo::new("jane", ["dev"]);
/// wanted.extra.insert("acme.com/project".into(), vec!["x".into()]);
/// let asked = checks(Mode::Legacy, &wanted, &UserInfo::new("admin", ["ops"]), KubeVersion::V1_37);
/// let told: Vec<String> = asked.iter().map(|check| format!("{} {}", check.attributes().combined_resource(), check.name)).collect();
/// assert_eq!(told, ["users jane", "groups dev", "userextras/acme.com/project x"]);
/// ```
#[must_use]
pub fn checks(mode: Mode, wanted: &UserInfo, requester: &UserInfo, version: KubeVersion) -> Vec<OwnedAttributes> {
    let question = Question { mode, requester, constrains: version.has(Behaviour::ConstrainsImpersonation) };
    let mut asked = vec![question.user(&wanted.username)];
    let uid = (!wanted.uid.is_empty()).then(|| question.about("uids", &wanted.uid));
    let groups = wanted.groups.iter().map(|group| question.about("groups", group));
    let extra = wanted.extra.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
    let extra = extra.map(|(key, value)| OwnedAttributes { subresource: key.clone(), ..question.about("userextras", value) });
    if question.constrains {
        asked.extend(uid.into_iter().chain(groups).chain(extra));
    } else {
        asked.extend(groups.chain(extra).chain(uid));
    }
    asked
}

/// The one question that stands for all groups, where there are many of them.
pub(super) fn all_groups(requester: &UserInfo) -> OwnedAttributes {
    Question { mode: Mode::UserInfo, requester, constrains: true }.about("groups", "*")
}

/// The one question that stands for all extra attributes, where there are many of them.
pub(super) fn all_extra(requester: &UserInfo) -> OwnedAttributes {
    let question = Question { mode: Mode::UserInfo, requester, constrains: true }.about("userextras", "*");
    OwnedAttributes { subresource: "*".into(), ..question }
}

struct Question<'a> {
    mode: Mode,
    requester: &'a UserInfo,
    constrains: bool,
}

impl Question<'_> {
    fn user(&self, username: &str) -> OwnedAttributes {
        if let Some((namespace, name)) = service_account::split_username(username) {
            return OwnedAttributes { namespace: namespace.to_owned(), ..self.about("serviceaccounts", name) };
        }
        match (self.mode, node::split_username(username)) {
            (Mode::Legacy, _) | (_, None) => self.about("users", username),
            (Mode::AssociatedNode, Some(_)) => self.about("nodes", "*"),
            (_, Some(node)) => self.about("nodes", node),
        }
    }

    fn about(&self, resource: &str, name: &str) -> OwnedAttributes {
        let is_core = self.mode == Mode::Legacy && matches!(resource, "users" | "groups" | "serviceaccounts");
        OwnedAttributes {
            user: Some(self.requester.clone()),
            verb: self.mode.verb(),
            api_group: if is_core { "" } else { AUTHENTICATION_GROUP }.to_owned(),
            api_version: if is_core && !self.constrains { "" } else { "v1" }.to_owned(),
            resource: resource.to_owned(),
            name: name.to_owned(),
            resource_request: true,
            ..OwnedAttributes::default()
        }
    }
}
