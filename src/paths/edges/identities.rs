//! Edges that change who one is (E01–E18).

use super::*;
use crate::identity::well_known;
use crate::version::{Behaviour, KubeVersion, Platform};

const AUTHENTICATION: &str = "authentication.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

const SECRETS_READ: &[Ask] = &[ask(READ, "", &["secrets"])];
/// What answers with the whole object without reading it.
const SECRETS_TOLD: &[Ask] = &[ask(&["patch", "deletecollection"], "", &["secrets"])];
const CSR: Part = in_cluster(&[ask(CREATE, CERTIFICATES, &["certificatesigningrequests"])]);
const CSR_READ: Part = in_cluster(&[ask(READ, CERTIFICATES, &["certificatesigningrequests"])]);
const CSR_APPROVE: Part = in_cluster(&[ask(CHANGE, CERTIFICATES, &["certificatesigningrequests/approval"])]);
const APPROVE: &[Ask] = &[ask(&["approve"], CERTIFICATES, &["signers"])];
const USERS: &[Ask] = &[ask(&["impersonate"], "", &["users"])];
const ACCOUNTS: &[Ask] = &[ask(&["impersonate"], "", &["serviceaccounts"])];
const GROUPS: &[Ask] = &[ask(&["impersonate"], "", &["groups"])];

const IMPERSONATION: &str = "apiserver/pkg/endpoints/filters/impersonation";

fn signers(place: &Place<'_>) -> bool {
    place.profile.version >= KubeVersion::new(1, 18)
}

pub(super) const EDGES: &[Edge] = &[
    Edge {
        id: "E01",
        title: "impersonate a user",
        parts: &[var(USERS)],
        at: At::Cluster,
        effect: Effect::User,
        source: IMPERSONATION,
        ..Edge::BASE
    },
    Edge {
        id: "E02",
        title: "impersonate a user in a group",
        parts: &[var(GROUPS), some(USERS)],
        at: At::Cluster,
        effect: Effect::Group,
        source: IMPERSONATION,
        ..Edge::BASE
    },
    Edge {
        id: "E02",
        title: "impersonate a service account in a group",
        parts: &[in_cluster_var(GROUPS), some(ACCOUNTS)],
        effect: Effect::Group,
        source: IMPERSONATION,
        ..Edge::BASE
    },
    Edge {
        id: "E03",
        title: "impersonate a service account",
        parts: &[var(ACCOUNTS)],
        effect: Effect::Account,
        source: IMPERSONATION,
        ..Edge::BASE
    },
    Edge {
        id: "E04",
        title: "impersonate uids or extra values",
        certainty: POTENTIAL,
        parts: &[some(&[ask(&["impersonate"], AUTHENTICATION, &["uids", "userextras/?"])]), some(USERS)],
        at: At::Cluster,
        effect: Effect::Outcome(Outcome::Claims),
        assumes: &["another authorizer or a webhook looks at the uid or the extra values"],
        source: IMPERSONATION,
        ..Edge::BASE
    },
    Edge {
        id: "E06",
        title: "request a token",
        parts: &[var(&[ask(CREATE, "", &["serviceaccounts/token"])])],
        effect: Effect::Account,
        source: "pkg/registry/core/serviceaccount/storage/token.go",
        when: |place| place.profile.version >= KubeVersion::new(1, 12),
        ..Edge::BASE
    },
    Edge {
        id: "E07",
        title: "read a token Secret",
        certainty: CONDITIONAL,
        parts: &[var(SECRETS_READ)],
        effect: Effect::TokenSecrets,
        assumes: &["a Secret with a token of the account exists"],
        source: "pkg/controller/serviceaccount/tokens_controller.go",
        ..Edge::BASE
    },
    Edge {
        id: "E08",
        title: "guess the name of a token Secret",
        certainty: POTENTIAL,
        parts: &[some(&[ask(&["get"], "", &["secrets"])])],
        effect: Effect::Accounts,
        assumes: &["the name of a token Secret, with its five random characters, can be tried out"],
        source: "pkg/controller/serviceaccount/tokens_controller.go",
        when: |place| !place.profile.version.has(Behaviour::NoAutomaticTokens),
        ..Edge::BASE
    },
    Edge {
        id: "E09",
        title: "have a token Secret made and read it",
        parts: &[some(&[ask(CREATE, "", &["secrets"])]), some(SECRETS_READ)],
        effect: Effect::Accounts,
        source: "pkg/controller/serviceaccount/tokens_controller.go",
        ..Edge::BASE
    },
    Edge {
        id: "E10",
        title: "be told a token Secret by a write",
        certainty: CONDITIONAL,
        parts: &[var(SECRETS_TOLD)],
        effect: Effect::TokenSecrets,
        assumes: &["a Secret with a token of the account exists", "the answer to the write has the whole object"],
        source: "apiserver/pkg/endpoints/handlers/patch.go",
        ..Edge::BASE
    },
    Edge {
        id: "E11",
        title: "approve a client certificate of one's own",
        parts: &[CSR, CSR_APPROVE, one_of(APPROVE, &["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"]), CSR_READ],
        at: At::Cluster,
        effect: Effect::AnyUser,
        source: "plugin/pkg/admission/certificates/approval/admission.go",
        when: signers,
        ..Edge::BASE
    },
    Edge {
        id: "E11",
        title: "approve a certificate of anything",
        parts: &[CSR, CSR_APPROVE, CSR_READ],
        at: At::Cluster,
        effect: Effect::ClusterAdmin,
        assumes: &["no admission restricts what a certificate says"],
        source: "pkg/controller/certificates/signer",
        when: |place| !signers(place),
        ..Edge::BASE
    },
    Edge {
        id: "E12",
        title: "approve a certificate of a kubelet",
        parts: &[
            CSR,
            CSR_APPROVE,
            one_of(APPROVE, &["kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/*"]),
            CSR_READ,
        ],
        at: At::Cluster,
        effect: Effect::Node,
        source: "pkg/apis/certificates/helpers.go",
        when: signers,
        ..Edge::BASE
    },
    Edge {
        id: "E12",
        title: "have a certificate of a kubelet approved",
        certainty: CONDITIONAL,
        parts: &[
            CSR,
            some(&[ask(
                CREATE,
                CERTIFICATES,
                &["certificatesigningrequests/nodeclient", "certificatesigningrequests/selfnodeclient"],
            )]),
            CSR_READ,
        ],
        at: At::Cluster,
        effect: Effect::Node,
        assumes: &["the controller manager approves the certificates of kubelets"],
        source: "pkg/controller/certificates/approver/sarapprove.go",
        ..Edge::BASE
    },
    Edge {
        id: "E14",
        title: "write a bootstrap token",
        certainty: CONDITIONAL,
        parts: &[some(&[ask(WRITE, "", &["secrets"])])],
        at: At::In("kube-system"),
        effect: Effect::TheGroup(well_known::KUBEADM_JOIN),
        assumes: &["the API server takes bootstrap tokens"],
        source: "plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go",
        ..Edge::BASE
    },
    Edge {
        id: "E15",
        title: "have a Pod certificate issued",
        certainty: POTENTIAL,
        parts: &[
            some(&[ask(CREATE, CERTIFICATES, &["podcertificaterequests"])]),
            in_cluster(&[ask(&["sign", "attest"], CERTIFICATES, &["signers"])]),
        ],
        effect: Effect::Outcome(Outcome::CloudIdentity),
        assumes: &["something trusts the signer"],
        source: "pkg/registry/certificates/podcertificaterequest",
        when: |place| place.profile.gate("PodCertificateRequest", KubeVersion::new(1, 38)),
        ..Edge::BASE
    },
    Edge {
        id: "E16",
        title: "map a cloud identity to system:masters",
        certainty: CONDITIONAL,
        parts: &[one_of(&[ask(CHANGE, "", &["configmaps"])], &["aws-auth"])],
        at: At::In("kube-system"),
        effect: Effect::ClusterAdmin,
        assumes: &["the cluster authenticates by the ConfigMap aws-auth"],
        source: "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html",
        when: |place| place.profile.platform == Platform::Eks,
        ..Edge::BASE
    },
    Edge {
        id: "E17",
        title: "attach a cloud identity to Pods",
        certainty: POTENTIAL,
        parts: &[some(&[
            ask(WRITE, "aadpodidentity.k8s.io", &["azureidentities", "azurepodidentityexceptions"]),
            ask(CHANGE, "", &["serviceaccounts"]),
        ])],
        effect: Effect::Outcome(Outcome::CloudIdentity),
        assumes: &["the cloud trusts service accounts by annotation or custom resource"],
        source: "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        when: |place| place.profile.platform != Platform::Plain,
        ..Edge::BASE
    },
    Edge {
        id: "E18",
        title: "change how users are authenticated",
        certainty: CONDITIONAL,
        parts: &[some(&[
            ask(WRITE, "config.openshift.io", &["oauths", "authentications"]),
            ask(WRITE, "user.openshift.io", &["identities", "useridentitymappings", "groups"]),
        ])],
        at: At::Cluster,
        effect: Effect::AnyUser,
        assumes: &["users are authenticated by OpenShift's OAuth server"],
        source: "https://docs.redhat.com/en/documentation/openshift_container_platform",
        when: |place| place.profile.platform == Platform::OpenShift,
        ..Edge::BASE
    },
];
