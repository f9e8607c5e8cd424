//! Telling questions to the default policy of every version, and the table of their answers.

use std::fmt::Write;

use k8s_rbac::authorize::{Authorizer, Decision};
use k8s_rbac::model::{ClusterRoleBinding, Subject};
use k8s_rbac::query::{allowed_subjects, rules_for};
use k8s_rbac::version::KubeVersion;
use k8s_rbac::{Attributes, UserInfo, bootstrap};

/// What is asked, and what answers it.
pub struct Question {
    pub text: &'static str,
    answer: fn(&Default) -> String,
}

/// The default policy of a version, with one user bound to each of the four roles for people.
struct Default {
    rbac: Authorizer,
}

const ROLES: [&str; 4] = ["view", "edit", "admin", "cluster-admin"];

pub const QUESTIONS: &[Question] = &[
    Question { text: "who may list pods", answer: |policy| policy.roles("list", "", "pods", "") },
    Question { text: "who may read secrets", answer: |policy| policy.roles("get", "", "secrets", "") },
    Question { text: "who may run a command in a pod", answer: |policy| policy.roles("create", "", "pods", "exec") },
    Question {
        text: "who may act as a service account",
        answer: |policy| policy.roles("impersonate", "", "serviceaccounts", ""),
    },
    Question {
        text: "who may ask for tokens of a service account",
        answer: |policy| policy.roles("create", "", "serviceaccounts", "token"),
    },
    Question { text: "who may write endpoints", answer: |policy| policy.roles("update", "", "endpoints", "") },
    Question {
        text: "who may write network policies",
        answer: |policy| policy.roles("update", "networking.k8s.io", "networkpolicies", ""),
    },
    Question { text: "who may write resource quotas", answer: |policy| policy.roles("update", "", "resourcequotas", "") },
    Question { text: "who may write roles", answer: |policy| policy.roles("update", "rbac.authorization.k8s.io", "roles", "") },
    Question {
        text: "who may read endpoint slices",
        answer: |policy| policy.roles("get", "discovery.k8s.io", "endpointslices", ""),
    },
    Question { text: "who may impersonate users without a binding of yours", answer: Default::impersonators },
    Question { text: "what may a user who is not authenticated read", answer: |policy| policy.urls(&UserInfo::anonymous()) },
    Question {
        text: "what may every authenticated user read",
        answer: |policy| policy.urls(&UserInfo::authenticated("jane", [""; 0])),
    },
    Question { text: "what may every authenticated user create", answer: Default::creations },
    Question { text: "may a node read secrets by RBAC", answer: Default::node_reads_secrets },
];

impl Default {
    fn of(version: KubeVersion) -> Self {
        let mut policy = bootstrap::policy(version);
        for role in ROLES {
            policy.insert(ClusterRoleBinding::new(format!("test:{role}"), role, [Subject::user(role)]));
        }
        Self { rbac: Authorizer::new(policy) }
    }

    /// Which of the roles for people allow it.
    fn roles(&self, verb: &str, group: &str, resource: &str, subresource: &str) -> String {
        let may = |role: &&&str| {
            let user = UserInfo::authenticated(**role, [""; 0]);
            let request =
                Attributes::resource(verb, resource).in_group(group).subresource(subresource).in_namespace("ns").by(&user);
            matches!(self.rbac.authorize(&request), Decision::Allow(_))
        };
        ROLES.iter().filter(may).copied().collect::<Vec<_>>().join(" ")
    }

    fn impersonators(&self) -> String {
        let request = Attributes::resource("impersonate", "users");
        let found = allowed_subjects(&self.rbac, &request, None);
        let names = found.subjects.iter().map(|subject| format!("{} {}", subject.kind, subject.name));
        let mut names: Vec<String> = names.filter(|name| !ROLES.iter().any(|role| *name == format!("User {role}"))).collect();
        names.dedup();
        names.join(", ")
    }

    fn urls(&self, user: &UserInfo) -> String {
        let rules = rules_for(&self.rbac, user, "");
        let mut urls: Vec<&str> = rules.rules().flat_map(|rule| &rule.non_resource_urls).map(String::as_str).collect();
        urls.sort_unstable();
        urls.dedup();
        urls.join(" ")
    }

    fn creations(&self) -> String {
        let user = UserInfo::authenticated("jane", [""; 0]);
        let rules = rules_for(&self.rbac, &user, "");
        let creating = rules.rules().filter(|rule| rule.verbs.iter().any(|verb| verb == "create"));
        creating.flat_map(|rule| &rule.resources).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn node_reads_secrets(&self) -> String {
        let node = UserInfo::authenticated("system:node:n1", ["system:nodes"]);
        let request = Attributes::resource("get", "secrets").in_namespace("ns").by(&node);
        if matches!(self.rbac.authorize(&request), Decision::Allow(_)) { "yes".to_owned() } else { "no".to_owned() }
    }
}

/// Each question with its answers, oldest first, each from the version that first gave it.
pub fn table() -> String {
    let versions: Vec<(KubeVersion, Default)> = KubeVersion::known().map(|version| (version, Default::of(version))).collect();
    let mut out = String::new();
    for question in QUESTIONS {
        let _ = writeln!(out, "{}?", question.text);
        let mut last = None;
        for (version, policy) in &versions {
            let answer = (question.answer)(policy);
            if last.as_ref() != Some(&answer) {
                let _ = writeln!(out, "  {version}  {}", if answer.is_empty() { "nobody" } else { &answer });
                last = Some(answer);
            }
        }
    }
    out
}
