//! Who holds what is dangerous: the rules about permissions, asked once more for the subjects alone.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{row, rows_of_grants};
use crate::identity::{UserInfo, service_account};
use crate::lint::context::holder;
use crate::lint::{Context, Finding, Severity};
use crate::model::Pod;
use crate::policy::AnyBinding;

/// By holder, the worst of what it holds that is of high severity or worse.
pub(super) struct Powerful(HashMap<String, (Severity, Cow<'static, str>)>);

impl Powerful {
    /// Asks every rule of RB1 to RB6. Cost: as linting with those rules.
    pub(super) fn of(context: &Context<'_>) -> Self {
        let mut worst = HashMap::new();
        for rule in rows_of_grants().into_iter().flat_map(row::rules) {
            rule.check(context, &mut |finding| {
                if finding.severity >= Severity::High {
                    for name in holders(context, &finding) {
                        let held = worst.entry(name).or_insert((finding.severity, finding.rule.clone()));
                        if held.0 < finding.severity {
                            *held = (finding.severity, finding.rule.clone());
                        }
                    }
                }
            });
        }
        Self(worst)
    }

    /// The worst that the service account of a Pod holds by itself or through its groups, if the Pod has its token.
    pub(super) fn pod(&self, context: &Context<'_>, pod: &Pod) -> Option<&(Severity, Cow<'static, str>)> {
        let namespace = pod.metadata.namespace.as_str();
        let name = Some(pod.spec.service_account_name.as_str()).filter(|name| !name.is_empty()).unwrap_or("default");
        let account = context.policy().service_accounts().get(namespace, name);
        let of_account = account.and_then(|account| account.automount_service_account_token);
        if pod.spec.automount_service_account_token.or(of_account) == Some(false) {
            return None;
        }
        let user = format!("user {}", service_account::username(namespace, name));
        let groups = service_account::groups(namespace).into_iter().chain([UserInfo::ALL_AUTHENTICATED.to_owned()]);
        let holders = std::iter::once(user).chain(groups.map(|group| format!("group {group}")));
        holders.filter_map(|holder| self.0.get(&holder)).max_by_key(|(severity, _)| *severity)
    }
}

/// Whom a finding is about: the subjects of its chains, or all of the binding where there are more than it carries.
fn holders(context: &Context<'_>, finding: &Finding) -> Vec<String> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let policy = context.policy();
    let binding = if namespace.is_empty() {
        policy.cluster_role_bindings().get("", name).map(AnyBinding::ClusterRoleBinding)
    } else {
        policy.role_bindings().get(namespace, name).map(AnyBinding::RoleBinding)
    };
    let Some(binding) = binding else { return Vec::new() };
    if finding.subjects > Finding::EVIDENCE {
        return binding.subjects().iter().map(|subject| holder(subject, binding)).collect();
    }
    finding.evidence.iter().map(|evidence| holder(&evidence.subject, binding)).collect()
}
