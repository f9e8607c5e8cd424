//! A small policy for each edge. What `mallory` is granted stands in one line: `create,get pods/exec=name in ops`; without `in`, in the
//! whole cluster.

use k8s_rbac::Policy;
use k8s_rbac::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, ObjectMeta, PolicyRule, RBAC_GROUP, Role, RoleBinding,
    RoleRef, Secret, ServiceAccount, Subject,
};
use k8s_rbac::paths::{Goal, Identity, Outcome, edges};
use k8s_rbac::version::{KubeVersion, Platform, Profile};

pub struct Case {
    pub edge: &'static str,
    /// What is done, where there are several ways to take the edge.
    pub row: &'static str,
    pub from: fn() -> Identity,
    pub goal: fn() -> Goal,
    pub rules: &'static [&'static str],
    pub narrow: &'static [&'static str],
    pub with: fn(&mut Policy),
    pub narrow_with: Option<fn(&mut Policy)>,
    pub profile: fn() -> Profile,
}

impl Case {
    /// What is done.
    pub fn title(&self) -> &'static str {
        let only = || edges::all().find(|edge| edge.id == self.edge).map_or("", |edge| edge.title);
        if self.row.is_empty() { only() } else { self.row }
    }
}

const BASE: Case = Case {
    edge: "",
    row: "",
    from: || Identity::user("mallory"),
    goal: || Goal::ClusterAdmin,
    rules: &[],
    narrow: &[],
    with: |_| (),
    narrow_with: None,
    profile: Profile::default,
};

pub fn rule(line: &str) -> (PolicyRule, Option<&str>) {
    let (what, namespace) = line.split_once(" in ").map_or((line, None), |(what, namespace)| (what, Some(namespace)));
    let (verbs, target) = what.split_once(' ').unwrap();
    let verbs = verbs.split(',');
    if target.starts_with('/') {
        return (PolicyRule::urls(verbs, [target]), namespace);
    }
    let (target, name) = target.split_once('=').map_or((target, None), |(target, name)| (target, Some(name)));
    let (resource, sub) = target.split_once('/').map_or((target, ""), |(resource, sub)| (resource, sub));
    let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
    let group = if group == "rbac" { RBAC_GROUP } else { group };
    let resource = if sub.is_empty() { resource.to_owned() } else { format!("{resource}/{sub}") };
    (PolicyRule::resources(verbs, [group], [resource]).named(name), namespace)
}

/// A cluster with an administrator in every form, and mallory with these rules.
pub fn policy(rules: &[&str], with: fn(&mut Policy)) -> Policy {
    let mut policy = Policy::new();
    let everything = [PolicyRule::resources(["*"], ["*"], ["*"]), PolicyRule::urls(["*"], ["*"])];
    policy.insert(ClusterRole::new("cluster-admin", everything));
    policy.insert(ClusterRole::new("plain", [PolicyRule::resources(["get"], [""], ["configmaps"])]));
    let admins = [
        Subject::service_account("ops", "robot"),
        Subject::service_account("argocd", "argocd-application-controller"),
        Subject::user("boss"),
        Subject::group("admins"),
    ];
    policy.insert(ClusterRoleBinding::new("admins", "cluster-admin", admins));
    policy.insert(RoleBinding::new("dev", "devs", RoleRef::cluster_role("plain"), [Subject::service_account("dev", "app")]));
    for (i, line) in rules.iter().enumerate() {
        let (rule, namespace) = rule(line);
        let name = format!("mallory-{i}");
        match namespace {
            Some(namespace) => {
                policy.insert(Role::new(namespace, &name, [rule]));
                policy.insert(RoleBinding::new(namespace, &name, RoleRef::role(&name), [Subject::user("mallory")]));
            }
            None => {
                policy.insert(ClusterRole::new(&name, [rule]));
                policy.insert(ClusterRoleBinding::new(&name, &name, [Subject::user("mallory")]));
            }
        }
    }
    with(&mut policy);
    policy
}

const CSR: &str = "create,get certificatesigningrequests.certificates.k8s.io";
const CSR_APPROVE: &str = "update certificatesigningrequests.certificates.k8s.io/approval";

fn token_secret(policy: &mut Policy, name: &str, account: &str) {
    let mut secret = Secret {
        metadata: ObjectMeta::namespaced("ops", name),
        r#type: Secret::SERVICE_ACCOUNT_TOKEN.into(),
        ..Secret::default()
    };
    secret.metadata.annotations.insert(Secret::SERVICE_ACCOUNT_NAME.into(), account.into());
    policy.insert(secret);
}

fn robot_token(policy: &mut Policy) {
    token_secret(policy, "robot-token", "robot");
}

fn other_token(policy: &mut Policy) {
    token_secret(policy, "other-token", "other");
}

fn holds_plain(policy: &mut Policy) {
    policy.insert(ClusterRoleBinding::new("plain", "plain", [Subject::user("mallory")]));
}

fn held_role(policy: &mut Policy) {
    policy.insert(Role::new("ops", "held", []));
    policy.insert(RoleBinding::new("ops", "held", RoleRef::role("held"), [Subject::user("mallory")]));
}

/// A Role of everything in ops, and a binding there of the role that is given.
fn owned(policy: &mut Policy, role: RoleRef) {
    policy.insert(Role::new("ops", "owner", [PolicyRule::resources(["*"], ["*"], ["*"])]));
    policy.insert(RoleBinding::new("ops", "owners", role, [Subject::user("boss")]));
}

/// An operator that holds everything.
fn operator(policy: &mut Policy, namespace: &str, account: &str) {
    policy.insert(ClusterRoleBinding::new("operator", "cluster-admin", [Subject::service_account(namespace, account)]));
}

fn aggregated(policy: &mut Policy, subject: Subject) {
    let selector = LabelSelector::labels([("into", "view")]);
    let rule = AggregationRule { cluster_role_selectors: vec![selector] };
    policy.insert(ClusterRole { aggregation_rule: Some(rule), ..ClusterRole::new("view", []) });
    policy.insert(ClusterRoleBinding::new("view", "view", [subject]));
}

fn missing_robot(policy: &mut Policy) {
    for (namespace, name) in [("dev", "app"), ("argocd", "argocd-application-controller")] {
        policy.insert(ServiceAccount { metadata: ObjectMeta::namespaced(namespace, name), ..ServiceAccount::default() });
    }
}

fn outcome(outcome: Outcome) -> Goal {
    Goal::Outcome(outcome)
}

fn at(minor: u16) -> Profile {
    Profile::of(KubeVersion::new(1, minor))
}

fn guarded() -> Profile {
    Profile { pod_security: true, ..Profile::default() }
}

fn on(platform: Platform) -> Profile {
    Profile { platform, ..Profile::default() }
}

fn everything_in(namespace: &str) -> Goal {
    let request = k8s_rbac::Attributes::resource("delete", "secrets").in_namespace(namespace).named("x");
    Goal::Request(request.into())
}

pub const CASES: &[Case] = &[
    Case { edge: "E01", rules: &["impersonate users"], narrow: &["impersonate users in ops"], ..BASE },
    Case { edge: "E01", rules: &["impersonate users=boss"], narrow: &["impersonate users=joe"], ..BASE },
    Case {
        edge: "E02",
        row: "impersonate a user in a group",
        rules: &["impersonate groups=admins", "impersonate users=joe"],
        narrow: &["impersonate groups=admins"],
        ..BASE
    },
    Case {
        edge: "E02",
        row: "impersonate a service account in a group",
        rules: &["impersonate groups=system:masters", "impersonate serviceaccounts=app in dev"],
        narrow: &["impersonate groups=system:masters in dev", "impersonate serviceaccounts=app in dev"],
        ..BASE
    },
    Case { edge: "E03", rules: &["impersonate serviceaccounts in ops"], narrow: &["impersonate serviceaccounts in dev"], ..BASE },
    Case {
        edge: "E03",
        rules: &["impersonate serviceaccounts=robot in ops"],
        narrow: &["impersonate serviceaccounts=app in ops"],
        ..BASE
    },
    Case {
        edge: "E04",
        goal: || outcome(Outcome::Claims),
        rules: &["impersonate uids.authentication.k8s.io", "impersonate users"],
        narrow: &["impersonate uids", "impersonate users"],
        ..BASE
    },
    Case {
        edge: "E06",
        rules: &["create serviceaccounts/token=robot in ops"],
        narrow: &["create serviceaccounts/token=app in ops"],
        ..BASE
    },
    Case { edge: "E06", rules: &["create serviceaccounts/token"], narrow: &["create serviceaccounts"], ..BASE },
    Case { edge: "E07", rules: &["get secrets in ops"], narrow: &["update secrets in ops"], with: robot_token, ..BASE },
    Case {
        edge: "E07",
        rules: &["list secrets=robot-token in ops"],
        narrow: &["list secrets=robot-token in ops"],
        with: robot_token,
        narrow_with: Some(other_token),
        ..BASE
    },
    Case { edge: "E08", rules: &["get secrets in ops"], narrow: &["get secrets in dev"], profile: || at(23), ..BASE },
    Case { edge: "E09", rules: &["create,get secrets in ops"], narrow: &["create secrets in ops", "get secrets in dev"], ..BASE },
    Case {
        edge: "E10",
        rules: &["patch secrets=robot-token in ops"],
        narrow: &["update secrets=robot-token in ops"],
        with: robot_token,
        ..BASE
    },
    Case {
        edge: "E10",
        rules: &["deletecollection secrets in ops"],
        narrow: &["delete secrets in ops"],
        with: robot_token,
        ..BASE
    },
    Case {
        edge: "E11",
        row: "approve a client certificate of one's own",
        rules: &[CSR, CSR_APPROVE, "approve signers.certificates.k8s.io=kubernetes.io/kube-apiserver-client"],
        narrow: &[CSR, CSR_APPROVE, "approve signers.certificates.k8s.io=example.com/mine"],
        ..BASE
    },
    Case {
        edge: "E11",
        row: "approve a certificate of anything",
        rules: &[CSR, CSR_APPROVE],
        narrow: &[CSR],
        profile: || at(17),
        ..BASE
    },
    Case {
        edge: "E12",
        row: "approve a certificate of a kubelet",
        goal: || Goal::Identity(Identity::node("any")),
        rules: &[CSR, CSR_APPROVE, "approve signers.certificates.k8s.io=kubernetes.io/*"],
        narrow: &[CSR, CSR_APPROVE, "approve signers.certificates.k8s.io=kubernetes.io/kube-apiserver-client"],
        ..BASE
    },
    Case {
        edge: "E12",
        row: "have a certificate of a kubelet approved",
        goal: || Goal::Identity(Identity::node("any")),
        rules: &[CSR, "create certificatesigningrequests.certificates.k8s.io/nodeclient"],
        narrow: &[CSR, "update certificatesigningrequests.certificates.k8s.io/nodeclient"],
        ..BASE
    },
    Case {
        edge: "E14",
        goal: || Goal::Identity(Identity::group("system:bootstrappers:kubeadm:default-node-token")),
        rules: &["create secrets in kube-system"],
        narrow: &["create secrets in ops"],
        ..BASE
    },
    Case {
        edge: "E15",
        goal: || outcome(Outcome::CloudIdentity),
        rules: &["create podcertificaterequests.certificates.k8s.io in ops", "sign signers.certificates.k8s.io"],
        narrow: &["create podcertificaterequests.certificates.k8s.io in ops", "sign signers.certificates.k8s.io in ops"],
        profile: || Profile { gates: [("PodCertificateRequest".to_owned(), true)].into(), ..Profile::default() },
        ..BASE
    },
    Case {
        edge: "E16",
        rules: &["patch configmaps=aws-auth in kube-system"],
        narrow: &["patch configmaps=aws-auth in ops"],
        profile: || on(Platform::Eks),
        ..BASE
    },
    Case {
        edge: "E17",
        goal: || outcome(Outcome::CloudIdentity),
        rules: &["patch serviceaccounts in ops"],
        narrow: &["delete serviceaccounts in ops"],
        profile: || on(Platform::Eks),
        ..BASE
    },
    Case {
        edge: "E18",
        rules: &["update oauths.config.openshift.io"],
        narrow: &["update oauths"],
        profile: || on(Platform::OpenShift),
        ..BASE
    },
    Case {
        edge: "E20",
        rules: &["create clusterrolebindings.rbac", "bind clusterroles.rbac=cluster-admin"],
        narrow: &["create clusterrolebindings.rbac", "bind clusterroles.rbac=plain"],
        ..BASE
    },
    Case {
        edge: "E20",
        rules: &["create clusterrolebindings.rbac", "bind clusterroles.rbac"],
        narrow: &["create clusterrolebindings.rbac", "bind clusterroles.rbac in ops"],
        ..BASE
    },
    Case {
        edge: "E20",
        rules: &["create clusterrolebindings.rbac", "bind clusterroles.rbac"],
        narrow: &["create clusterrolebindings.rbac", "bind clusterrolebindings.rbac"],
        ..BASE
    },
    Case {
        edge: "E21",
        row: "bind a ClusterRole in a namespace",
        goal: || everything_in("ops"),
        rules: &["create rolebindings.rbac in ops", "bind clusterroles.rbac=cluster-admin in ops"],
        narrow: &["create rolebindings.rbac in ops", "bind roles.rbac=cluster-admin in ops"],
        ..BASE
    },
    Case {
        edge: "E21",
        row: "bind a ClusterRole in a namespace",
        goal: || everything_in("ops"),
        rules: &["create rolebindings.rbac", "bind clusterroles.rbac in ops"],
        narrow: &["create rolebindings.rbac in dev", "bind clusterroles.rbac in ops"],
        ..BASE
    },
    Case {
        edge: "E21",
        row: "bind a Role",
        goal: || everything_in("ops"),
        rules: &["create rolebindings.rbac in ops", "bind roles.rbac=owner in ops"],
        narrow: &["create rolebindings.rbac in ops", "bind clusterroles.rbac=owner in ops"],
        with: |policy| owned(policy, RoleRef::role("owner")),
        ..BASE
    },
    Case {
        edge: "E23",
        row: "join a ClusterRoleBinding",
        rules: &["update clusterrolebindings.rbac=admins", "bind clusterroles.rbac=cluster-admin"],
        narrow: &["update clusterrolebindings.rbac=admins"],
        ..BASE
    },
    Case {
        edge: "E23",
        row: "join a RoleBinding of a ClusterRole",
        goal: || everything_in("ops"),
        rules: &["update rolebindings.rbac=owners in ops", "bind clusterroles.rbac=cluster-admin in ops"],
        narrow: &["update rolebindings.rbac=owners in ops", "bind roles.rbac=cluster-admin in ops"],
        with: |policy| owned(policy, RoleRef::cluster_role("cluster-admin")),
        ..BASE
    },
    Case {
        edge: "E23",
        row: "join a RoleBinding of a Role",
        goal: || everything_in("ops"),
        rules: &["patch rolebindings.rbac=owners in ops", "bind roles.rbac=owner in ops"],
        narrow: &["patch rolebindings.rbac=others in ops", "bind roles.rbac=owner in ops"],
        with: |policy| owned(policy, RoleRef::role("owner")),
        ..BASE
    },
    Case {
        edge: "E24",
        row: "rewrite a ClusterRole that one holds",
        rules: &["escalate,update clusterroles.rbac=plain"],
        narrow: &["escalate clusterroles.rbac=plain"],
        with: holds_plain,
        ..BASE
    },
    Case {
        edge: "E24",
        row: "rewrite a ClusterRole that one holds",
        rules: &["escalate,patch clusterroles.rbac"],
        narrow: &["escalate,patch clusterroles.rbac in ops"],
        ..BASE
    },
    Case {
        edge: "E24",
        row: "rewrite a Role that one holds",
        goal: || everything_in("ops"),
        rules: &["escalate,update roles.rbac=held in ops"],
        narrow: &["escalate,update roles.rbac=other in ops"],
        with: held_role,
        ..BASE
    },
    Case {
        edge: "E24",
        row: "create a ClusterRole of everything",
        rules: &["escalate,create clusterroles.rbac", "create clusterrolebindings.rbac", "bind clusterroles.rbac=mine"],
        narrow: &["escalate,create clusterroles.rbac=mine", "create clusterrolebindings.rbac", "bind clusterroles.rbac=mine"],
        ..BASE
    },
    Case {
        edge: "E25",
        rules: &["escalate,create clusterroles.rbac"],
        narrow: &["escalate,create clusterroles.rbac"],
        with: |policy| aggregated(policy, Subject::user("mallory")),
        narrow_with: Some(|policy| aggregated(policy, Subject::user("joe"))),
        ..BASE
    },
    Case {
        edge: "E26",
        rules: &["escalate,update clusterroles.rbac=plain"],
        narrow: &["escalate,update clusterroles.rbac=nothing"],
        with: |policy| aggregated(policy, Subject::user("mallory")),
        ..BASE
    },
    Case {
        edge: "E24",
        row: "rewrite a ClusterRole that one holds",
        with: |policy| {
            holds_plain(policy);
            all_rewrite(policy, "plain");
        },
        narrow_with: Some(|policy| {
            holds_plain(policy);
            all_rewrite(policy, "other");
        }),
        ..BASE
    },
    Case {
        edge: "E24",
        row: "create a Role of everything",
        goal: || everything_in("ops"),
        rules: &["escalate,create roles.rbac in ops", "create rolebindings.rbac in ops", "bind roles.rbac=mine in ops"],
        narrow: &["escalate,create roles.rbac=mine in ops", "create rolebindings.rbac in ops", "bind roles.rbac=mine in ops"],
        ..BASE
    },
    Case {
        edge: "E27",
        row: "delete Roles or their bindings",
        goal: || outcome(Outcome::Disruption),
        rules: &["delete roles.rbac in ops"],
        narrow: &["delete clusterroles.rbac in ops"],
        ..BASE
    },
    Case {
        edge: "E27",
        row: "delete ClusterRoles or their bindings",
        goal: || outcome(Outcome::Disruption),
        rules: &["delete clusterrolebindings.rbac"],
        narrow: &["delete clusterrolebindings.rbac in ops"],
        ..BASE
    },
    Case {
        edge: "E28",
        row: "create a service account that is bound already",
        rules: &["create serviceaccounts in ops", "create pods in ops"],
        narrow: &["create serviceaccounts in ops", "create pods in dev"],
        with: missing_robot,
        ..BASE
    },
    Case {
        edge: "E28",
        row: "create the ClusterRole that one is bound to in vain",
        rules: &["escalate,create clusterroles.rbac"],
        narrow: &["escalate,update clusterroles.rbac"],
        with: |policy| _ = policy.insert(ClusterRoleBinding::new("vain", "vain", [Subject::user("mallory")])),
        ..BASE
    },
    Case {
        edge: "E28",
        row: "create the Role that one is bound to in vain",
        goal: || everything_in("ops"),
        rules: &["escalate,create roles.rbac in ops"],
        narrow: &["escalate,create roles.rbac in dev"],
        with: |policy| _ = policy.insert(RoleBinding::new("ops", "vain", RoleRef::role("vain"), [Subject::user("mallory")])),
        ..BASE
    },
    Case {
        edge: "E29",
        row: "have Argo CD apply objects",
        rules: &["create applications.argoproj.io in argocd"],
        narrow: &["create applications in argocd"],
        ..BASE
    },
    Case {
        edge: "E29",
        row: "have Flux apply objects",
        rules: &["create kustomizations.kustomize.toolkit.fluxcd.io in dev"],
        narrow: &["get kustomizations.kustomize.toolkit.fluxcd.io in dev"],
        with: |policy| operator(policy, "flux-system", "kustomize-controller"),
        ..BASE
    },
    Case {
        edge: "E29",
        row: "have an operator write RBAC",
        rules: &["update clusterpolicies.kyverno.io"],
        narrow: &["update clusterpolicies.kyverno.io in kyverno"],
        with: |policy| operator(policy, "kyverno", "kyverno-background-controller"),
        ..BASE
    },
    Case {
        edge: "E29",
        row: "have an operator of the namespace write RBAC",
        rules: &["create subscriptions.operators.coreos.com in dev"],
        narrow: &["create subscriptions in dev"],
        with: |policy| operator(policy, "olm", "olm-operator-serviceaccount"),
        ..BASE
    },
    Case { edge: "E30", rules: &["create pods in ops"], narrow: &["create pods=x in ops"], ..BASE },
    Case { edge: "E30", rules: &["create pods"], narrow: &["create pods in dev"], ..BASE },
    Case {
        edge: "E31",
        row: "create workloads",
        rules: &["create deployments.apps in ops"],
        narrow: &["create deployments in ops"],
        ..BASE
    },
    Case {
        edge: "E31",
        row: "create custom resources that run Pods",
        rules: &["create workflows.argoproj.io in ops"],
        narrow: &["create workflows.argoproj.io in dev"],
        ..BASE
    },
    Case { edge: "E32", rules: &["patch cronjobs.batch=nightly in ops"], narrow: &["get cronjobs.batch=nightly in ops"], ..BASE },
    Case {
        edge: "E33",
        goal: || outcome(Outcome::NodeRoot),
        rules: &["create pods in kube-system"],
        narrow: &["create pods in ops"],
        profile: guarded,
        ..BASE
    },
    Case {
        edge: "E34",
        goal: || outcome(Outcome::NodeRoot),
        rules: &["patch namespaces=ops in ops", "create pods in ops"],
        narrow: &["patch namespaces=dev in ops", "create pods in ops"],
        profile: guarded,
        ..BASE
    },
    Case {
        edge: "E35",
        goal: || outcome(Outcome::NodeRoot),
        rules: &["create namespaces", "create pods"],
        narrow: &["create namespaces", "create pods in ops"],
        profile: guarded,
        ..BASE
    },
    Case {
        edge: "E36",
        row: "run commands in a Pod",
        rules: &["create pods/exec in ops"],
        narrow: &["get pods/exec in ops"],
        ..BASE
    },
    Case {
        edge: "E36",
        row: "run commands in a Pod over a WebSocket",
        rules: &["get pods/exec in ops"],
        narrow: &["get pods/* in ops"],
        profile: || at(34),
        ..BASE
    },
    Case {
        edge: "E37",
        rules: &["patch pods/ephemeralcontainers in ops"],
        narrow: &["get pods/ephemeralcontainers in ops"],
        ..BASE
    },
    Case { edge: "E38", rules: &["update pods in ops"], narrow: &["delete pods in ops"], ..BASE },
    Case {
        edge: "E39",
        goal: || outcome(Outcome::Disclosure),
        rules: &["get services/proxy in ops"],
        narrow: &["get services in ops"],
        ..BASE
    },
    Case {
        edge: "E40",
        goal: || outcome(Outcome::Disruption),
        rules: &["create bindings in ops"],
        narrow: &["get bindings in ops"],
        ..BASE
    },
    Case { edge: "E41", rules: &["patch nodes", "create pods"], narrow: &["get nodes", "create pods"], ..BASE },
    Case {
        edge: "E42",
        goal: || outcome(Outcome::NodeRoot),
        rules: &["create persistentvolumes", "create persistentvolumeclaims in ops", "create pods in ops"],
        narrow: &["create persistentvolumes in ops", "create persistentvolumeclaims in ops", "create pods in ops"],
        ..BASE
    },
    Case {
        edge: "E43",
        goal: || outcome(Outcome::Disclosure),
        rules: &["update storageclasses.storage.k8s.io"],
        narrow: &["update storageclasses.storage.k8s.io in ops"],
        ..BASE
    },
    Case {
        edge: "E44",
        goal: || outcome(Outcome::Disruption),
        rules: &["update serviceaccounts in ops"],
        narrow: &["update serviceaccounts/token in ops"],
        ..BASE
    },
    Case {
        edge: "E45",
        rules: &["create pods in dev", "list nodes"],
        narrow: &["create pods in dev", "list nodes in dev"],
        ..BASE
    },
    Case { edge: "E50", rules: &["get nodes/proxy"], narrow: &["get nodes/proxy in ops"], ..BASE },
    Case { edge: "E51", goal: || outcome(Outcome::Disclosure), rules: &["get nodes/log"], narrow: &["get nodes"], ..BASE },
    Case { edge: "E52", from: || Identity::node("any"), narrow: &[], narrow_with: Some(no_accounts), ..BASE },
    Case {
        edge: "E53",
        rules: &["create mutatingwebhookconfigurations.admissionregistration.k8s.io"],
        narrow: &["create validatingwebhookconfigurations.admissionregistration.k8s.io"],
        ..BASE
    },
    Case {
        edge: "E54",
        goal: || outcome(Outcome::Disclosure),
        rules: &["create validatingwebhookconfigurations.admissionregistration.k8s.io"],
        narrow: &["delete validatingwebhookconfigurations.admissionregistration.k8s.io"],
        ..BASE
    },
    Case {
        edge: "E55",
        row: "remove the guard rails",
        goal: || outcome(Outcome::GuardRails),
        rules: &["delete validatingadmissionpolicies.admissionregistration.k8s.io"],
        narrow: &["create validatingadmissionpolicies.admissionregistration.k8s.io"],
        ..BASE
    },
    Case {
        edge: "E55",
        row: "remove the guard rails and run a privileged Pod",
        goal: || outcome(Outcome::NodeRoot),
        rules: &["delete clusterpolicies.kyverno.io", "create pods"],
        narrow: &["delete clusterpolicies.kyverno.io", "create pods in ops"],
        profile: guarded,
        ..BASE
    },
    Case {
        edge: "E56",
        goal: || outcome(Outcome::WriteControl),
        rules: &["update apiservices.apiregistration.k8s.io"],
        narrow: &["get apiservices.apiregistration.k8s.io"],
        ..BASE
    },
    Case {
        edge: "E57",
        goal: || outcome(Outcome::WriteControl),
        rules: &["update customresourcedefinitions.apiextensions.k8s.io"],
        narrow: &["update customresourcedefinitions.apiextensions.k8s.io/status"],
        ..BASE
    },
    Case {
        edge: "E58",
        goal: || outcome(Outcome::Disclosure),
        rules: &["create tokenreviews.authentication.k8s.io"],
        narrow: &["create selfsubjectreviews.authentication.k8s.io"],
        ..BASE
    },
    Case {
        edge: "E59",
        goal: || outcome(Outcome::Traffic),
        rules: &["update endpointslices.discovery.k8s.io in ops"],
        narrow: &["update endpointslices in ops"],
        ..BASE
    },
    Case {
        edge: "E60",
        goal: || outcome(Outcome::Traffic),
        rules: &["update configmaps=coredns in kube-system"],
        narrow: &["update configmaps=mine in kube-system"],
        ..BASE
    },
    Case {
        edge: "E61",
        row: "crowd out others",
        goal: || outcome(Outcome::Disruption),
        rules: &["create priorityclasses.scheduling.k8s.io"],
        narrow: &["create priorityclasses.scheduling.k8s.io in ops"],
        ..BASE
    },
    Case {
        edge: "E61",
        row: "change the limits of a namespace",
        goal: || outcome(Outcome::Disruption),
        rules: &["update resourcequotas in ops"],
        narrow: &["get resourcequotas in ops"],
        ..BASE
    },
    Case {
        edge: "E62",
        goal: || outcome(Outcome::Disclosure),
        rules: &["get controllerrevisions.apps in ops"],
        narrow: &["delete controllerrevisions.apps in ops"],
        ..BASE
    },
    Case { edge: "E63", goal: || outcome(Outcome::Disclosure), rules: &["get /debug/*"], narrow: &["get /healthz"], ..BASE },
];

/// Everybody may rewrite the ClusterRole.
fn all_rewrite(policy: &mut Policy, role: &str) {
    policy.insert(ClusterRole::new("rewriter", [rule("escalate,update clusterroles.rbac").0.named([role])]));
    policy.insert(ClusterRoleBinding::new("rewriter", "rewriter", [Subject::group("system:authenticated")]));
}

/// Nobody who is bound is a service account.
fn no_accounts(policy: &mut Policy) {
    policy.insert(ClusterRoleBinding::new("admins", "cluster-admin", [Subject::user("boss")]));
}
