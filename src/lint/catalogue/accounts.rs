//! Service accounts and the Pods that run as them: RB121, RB126 and the rest of RB7.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::over::{of_subjects, refers_to};
use super::powerful::Powerful;
use super::simple::{Found, Simple};
use crate::lint::Severity::{High, Info, Low};
use crate::lint::context::holder;
use crate::lint::{Context, Finding, RuleInfo};
use crate::model::{Pod, Secret, Subject};
use crate::policy::AnyBinding;

/// Annotations that give a service account an identity at a cloud.
const CLOUD_ANNOTATIONS: &[&str] = &[
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
    "azure.workload.identity/tenant-id",
];

/// From how many roles of a subject, or subjects of a namespace, on it is sprawl.
const MANY_ROLES: usize = 4;
const MANY_SUBJECTS: usize = 5;

pub(super) const TABLE: &[Simple] = &[
    Simple {
        id: "RB121",
        name: "legacy-token-secrets",
        severity: Low,
        title: "a token of a service account that does not expire",
        why: "it works until it is deleted, wherever it was copied to",
        fix: "let Pods use projected tokens, ask for others by a token request, and delete the Secret",
        see: &["check-serviceaccount-secrets", "deny-secret-service-account-token-type"],
        check: |info, context, found| {
            let policy = context.policy();
            let tokens = policy.secrets().iter().filter(|secret| secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN);
            tokens.for_each(|secret| found(Finding::of_object(info, secret, "type")));
            let listing = policy.service_accounts().iter().filter(|account| !account.secrets.is_empty());
            listing.for_each(|account| found(Finding::of_object(info, account, "secrets")));
        },
    },
    Simple {
        id: "RB126",
        name: "cloud-iam-annotation",
        severity: Info,
        title: "an account that is somebody at a cloud",
        why: "whoever may run Pods as it, or ask for its tokens, reaches that cloud account too",
        fix: "nothing, if it is meant; look at who may use the account",
        see: &["providerIAM", "KUBE-CLOUD-IRSA"],
        check: |info, context, found| {
            for account in context.policy().service_accounts().iter() {
                let key = CLOUD_ANNOTATIONS.iter().find(|key| account.metadata.annotations.contains_key(**key));
                if let Some(key) = key {
                    found(Finding::of_object(info, account, &format!("metadata.annotations[{key}]")).saying(key));
                }
            }
        },
    },
    Simple {
        id: "RB715",
        name: "dashboard-binding",
        severity: Low,
        title: "the dashboard holds more than its own role",
        why: "it is a known way in: whoever reaches it without a login acts as its account",
        fix: "leave the account its own role, and let people log in with their own tokens",
        see: &["C-0014"],
        check: |info, context, found| {
            of_subjects(info, context, found, |binding, subject| {
                let dashboard = subject.kind == Subject::SERVICE_ACCOUNT && subject.name == "kubernetes-dashboard";
                (dashboard && !refers_to(binding, &["kubernetes-dashboard"])).then_some(Low)
            });
        },
    },
    Simple {
        id: "RB716",
        name: "workload-powerful-account",
        severity: High,
        title: "a Pod has the token of an account that holds something dangerous",
        why: "whoever breaks into the Pod has what the account has",
        fix: "give the account less, or do not mount its token",
        see: &["C-0267", "C-0272", "risky-pods", "KUBE-SA-PRIVILEGED"],
        check: |info, context, found| powerful_pods(info, context, found, |_| true),
    },
    Simple {
        id: "RB717",
        name: "account-automount",
        severity: Low,
        title: "the token of an account without a binding is mounted",
        why: "nothing needs the token, and it can still be stolen",
        fix: "set automountServiceAccountToken to false",
        see: &["CIS 5.1.6", "C-0034", "C-0190", "CKV_K8S_38", "KUBE-SA-DEFAULT-001"],
        check: |info, context, found| {
            if !context.knows_every_binding() {
                return;
            }
            let policy = context.policy();
            let bound: HashSet<String> = policy
                .bindings()
                .flat_map(|binding| binding.subjects().iter().map(move |subject| holder(subject, binding)))
                .collect();
            for account in policy.service_accounts().iter() {
                let user = crate::identity::service_account::username(&account.metadata.namespace, &account.metadata.name);
                let mounted = account.automount_service_account_token != Some(false);
                if mounted && !bound.contains(&format!("user {user}")) {
                    found(Finding::of_object(info, account, ""));
                }
            }
        },
    },
    Simple {
        id: "RB718",
        name: "many-roles",
        severity: Info,
        title: "a subject with many roles",
        why: "what it holds together is hard to see",
        fix: "ask what it holds effectively, and write one role",
        see: &["many-roles"],
        check: |info, context, found| {
            let mut roles: BTreeMap<String, Sprawl<'_>> = BTreeMap::new();
            for (binding, subject) in subjects(context) {
                let reference = binding.role_ref();
                let role = format!("{} {}/{}", reference.kind, binding.namespace(), reference.name);
                roles.entry(holder(subject, binding)).or_insert_with(|| Sprawl::new(binding)).parts.insert(role);
            }
            report_sprawl(info, roles, MANY_ROLES, found);
        },
    },
    Simple {
        id: "RB719",
        name: "many-subjects",
        severity: Info,
        title: "a namespace with many subjects",
        why: "who acts in it is hard to see",
        fix: "bind groups",
        see: &["many-subjects"],
        check: |info, context, found| {
            let mut namespaces: BTreeMap<String, Sprawl<'_>> = BTreeMap::new();
            for (binding, subject) in subjects(context).filter(|(binding, _)| !binding.namespace().is_empty()) {
                let namespace = namespaces.entry(format!("namespace {}", binding.namespace()));
                namespace.or_insert_with(|| Sprawl::new(binding)).parts.insert(holder(subject, binding));
            }
            report_sprawl(info, namespaces, MANY_SUBJECTS, found);
        },
    },
    Simple {
        id: "RB720",
        name: "daemon-powerful-account",
        severity: High,
        title: "a Pod on every node has the token of an account that holds something dangerous",
        why: "whoever breaks into any node has what the account has",
        fix: "give the account less, or leave the task to a Pod that does not run everywhere",
        see: &["KUBE-SA-DAEMONSET-001"],
        check: |info, context, found| powerful_pods(info, context, found, of_daemon_set),
    },
];

fn subjects<'a>(context: &Context<'a>) -> impl Iterator<Item = (AnyBinding<'a>, &'a Subject)> + use<'a> {
    context.policy().bindings().flat_map(|binding| binding.subjects().iter().map(move |subject| (binding, subject)))
}

/// What was counted, and the first binding that counts.
struct Sprawl<'a> {
    first: AnyBinding<'a>,
    parts: BTreeSet<String>,
}

impl<'a> Sprawl<'a> {
    const fn new(first: AnyBinding<'a>) -> Self {
        Self { first, parts: BTreeSet::new() }
    }
}

fn report_sprawl(info: &RuleInfo, counted: BTreeMap<String, Sprawl<'_>>, many: usize, found: Found<'_>) {
    for (what, Sprawl { first, parts }) in counted.into_iter().filter(|(_, sprawl)| sprawl.parts.len() >= many) {
        found(Finding::of_binding(info, first, "").saying(format_args!("{what}: {}", parts.len())));
    }
}

fn of_daemon_set(pod: &Pod) -> bool {
    pod.metadata.owner_references.iter().any(|owner| owner.kind == "DaemonSet")
}

fn powerful_pods(info: &RuleInfo, context: &Context<'_>, found: Found<'_>, which: fn(&Pod) -> bool) {
    let mut pods = context.policy().pods().iter().filter(|pod| which(pod)).peekable();
    if pods.peek().is_none() {
        return;
    }
    let powerful = Powerful::of(context);
    for pod in pods {
        if let Some((severity, rule)) = powerful.pod(context, pod) {
            let finding = Finding::of_object(info, pod, "spec.serviceAccountName");
            found(finding.with_severity((*severity).min(info.severity)).saying(format_args!("{rule}")));
        }
    }
}
