//! RB1: credentials and identities.

use super::row::{CHANGE, EVERY_VERB, READ, Row, WRITE};
use crate::lint::Names::{All, Limited, OneOf, Some as Any};
use crate::lint::Severity::{Critical, High, Info, Low, Medium};
use crate::lint::{Severities, Want};
use crate::version::KubeVersion;

const AUTHENTICATION: &str = "authentication.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const SECRETS: &[&str] = &["secrets"];
const IMPERSONATE: &[&str] = &["impersonate"];
const AUDIENCE: &[&str] = &["request-serviceaccounts-token-audience"];

const APPROVAL: &[Want] = &[Want::new(CHANGE, CERTIFICATES, &["certificatesigningrequests/approval"], Any)];
const CREATE_CSR: &[Want] = &[Want::new(&["create"], CERTIFICATES, &["certificatesigningrequests"], Any)];

const fn signer(names: &'static [&'static str]) -> Want {
    Want::new(&["approve"], CERTIFICATES, &["signers"], OneOf(names))
}

const CLIENT_SIGNER: &[Want] = &[signer(&["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"])];
const KUBELET_SIGNER: &[Want] =
    &[signer(&["kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving", "kubernetes.io/*"])];

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB101",
        name: "secrets-read-cluster",
        title: "read all Secrets",
        why: "every stored credential is among them, the tokens of service accounts included",
        fix: "bind the role in the namespaces that need it, or name the Secrets in resourceNames",
        see: &["CIS 5.1.2", "C-0015", "C-0186", "KSV-0041", "CKV2_K8S_5", "access-to-secrets", "list_secrets"],
        cases: &[(Severities::cluster_only(Critical), &[&[Want::new(READ, "", SECRETS, All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB102",
        name: "secrets-read-ns",
        title: "read the Secrets of a namespace",
        why: "the tokens and credentials of everything that runs in the namespace are among them",
        fix: "name the Secrets in resourceNames, and leave out list and watch",
        see: &["CIS 5.1.2", "KSV-0113", "obtain_token_weak_ns"],
        cases: &[(Severities::namespaces_only(Critical, High), &[&[Want::new(READ, "", SECRETS, All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB103",
        name: "secrets-get",
        title: "get Secrets by name, whatever the name",
        why: "without list the names must be known, but many are easily guessed: those of releases, certificates, pull secrets",
        fix: "name the Secrets in resourceNames",
        see: &["TOKEN_BRUTEFORCE", "risky-get-secrets"],
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(&["get"], "", SECRETS, All)]])],
        unless: &[Want::new(&["list", "watch"], "", SECRETS, All)],
        ..Row::BASE
    },
    Row {
        id: "RB104",
        name: "secrets-named",
        title: "read named Secrets",
        why: "a narrow grant, recorded so that it is seen",
        fix: "nothing, if the names are meant",
        cases: &[(Severities::everywhere(Info), &[&[Want::new(READ, "", SECRETS, Limited)]])],
        ..Row::BASE
    },
    Row {
        id: "RB105",
        name: "secrets-write",
        title: "write Secrets where the cluster keeps its own",
        why: "a token Secret that is created is filled with the token of an account; certificates and pull secrets can be replaced",
        fix: "grant it in the namespaces of the workload alone, or name the Secrets in resourceNames",
        see: &["KSV-0041", "KSV-0113", "issue_token_secrets", "CREATE_SECRET_WITH_TOKEN"],
        cases: &[
            (
                Severities::privileged(Critical),
                &[
                    &[Want::new(WRITE, "", SECRETS, All)],
                    &[Want::new(READ, "", SECRETS, All), Want::new(&["create"], "", &["pods"], All)],
                ],
            ),
            (Severities::privileged(High), &[&[Want::new(WRITE, "", SECRETS, All)]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB106",
        name: "secrets-any-verb",
        title: "do anything with Secrets",
        why: "reading, planting and replacing credentials at once, and every verb to come",
        fix: "list the verbs that are used",
        see: &["KSV-0045", "risky-any-verb-secrets"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(EVERY_VERB, "", SECRETS, All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB107",
        name: "token-request",
        title: "mint tokens of service accounts",
        why: "whoever has a token is the account, with everything that is bound to it",
        fix: "name the accounts in resourceNames, and bind it in one namespace",
        see: &["CIS 5.1.13", "C-0282", "token_request", "GENERATE_TOKEN"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(&["create"], "", &["serviceaccounts/token"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB108",
        name: "impersonate-users",
        title: "impersonate users",
        why: "an impersonated user's permissions are one's own; without names that is any user",
        fix: "name the users in resourceNames",
        see: &["CIS 5.1.8", "C-0065", "C-0191", "CKV2_K8S_3", "impersonate", "CAN_IMPERSONATE"],
        cases: &[
            (Severities::cluster_only(Critical), &[&[Want::new(IMPERSONATE, "", &["users"], All)]]),
            (Severities::cluster_only(Medium), &[&[Want::new(IMPERSONATE, "", &["users"], Limited)]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB109",
        name: "impersonate-groups",
        title: "impersonate groups",
        why: "a group is added to one's own; system:masters among them is allowed everything",
        fix: "name the groups in resourceNames, system:masters not among them",
        see: &["CIS 5.1.8", "KSV-0043", "risky-impersonate-groups"],
        cases: &[
            (Severities::cluster_only(Critical), &[&[Want::new(IMPERSONATE, "", &["groups"], OneOf(&["system:masters"]))]]),
            (Severities::cluster_only(High), &[&[Want::new(IMPERSONATE, "", &["groups"], Limited)]]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB110",
        name: "impersonate-service-accounts",
        title: "impersonate service accounts",
        why: "the permissions of the accounts of the scope are one's own",
        fix: "name the accounts in resourceNames, and bind it in one namespace",
        see: &["CIS 5.1.8", "CKV2_K8S_3", "impersonate"],
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(IMPERSONATE, "", &["serviceaccounts"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB111",
        name: "impersonate-extra",
        title: "impersonate ids or extra attributes",
        why: "webhooks and admission that look at them are fooled: scopes, claims of a node, of a Pod",
        fix: "name the keys as subresources and the values in resourceNames",
        see: &["C-0065", "impersonate"],
        cases: &[(
            Severities::cluster_only(Medium),
            &[&[Want::new(IMPERSONATE, AUTHENTICATION, &["uids", "userextras/?"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB112",
        name: "impersonate-anything",
        title: "impersonate whatever can be impersonated",
        why: "users, groups, accounts and everything that will be added",
        fix: "list the resources and the names",
        see: &["risky-any-resource-impersonate"],
        cases: &[(Severities::cluster_only(Critical), &[&[Want::new(IMPERSONATE, "any.group", &["any-resource"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB113",
        name: "impersonate-inert",
        title: "impersonate users or groups in a namespace only, which has no effect",
        why: "users and groups have no namespace, so the question is asked of cluster-wide grants alone",
        fix: "remove it",
        cases: &[(Severities::namespaces_only(Info, Info), &[&[Want::new(IMPERSONATE, "", &["users", "groups"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB114",
        name: "constrained-impersonate-identity",
        title: "be an identity under constrained impersonation",
        why: "it is half of a delegation: the other half says for which actions",
        fix: "name the identities in resourceNames",
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(
                &[
                    "impersonate:user-info",
                    "impersonate:serviceaccount",
                    "impersonate:arbitrary-node",
                    "impersonate:associated-node",
                ],
                AUTHENTICATION,
                &["users", "groups", "uids", "userextras/?", "serviceaccounts", "nodes"],
                Any,
            )]],
        )],
        when: |profile| profile.gate("ConstrainedImpersonation", KubeVersion::new(1, 36)),
        ..Row::BASE
    },
    Row {
        id: "RB115",
        name: "constrained-impersonate-action",
        title: "act under constrained impersonation",
        why: "it is half of a delegation: the other half says as whom; a verb * holds it too",
        fix: "list the verbs and resources that are delegated",
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(&["impersonate-on:?"], "?", &["?"], Any)]])],
        when: |profile| profile.gate("ConstrainedImpersonation", KubeVersion::new(1, 36)),
        ..Row::BASE
    },
    Row {
        id: "RB116",
        name: "csr-approve",
        title: "approve client certificates",
        why: "an approved certificate makes its holder any user and any group but system:masters",
        fix: "leave approval to the controllers, or limit the signers by resourceNames",
        see: &["CIS 5.1.11", "C-0280", "CKV_K8S_156", "approve_csrs", "GENERATE_CLIENT_CERTIFICATE"],
        cases: &[
            (Severities::cluster_only(Critical), &[APPROVAL, CLIENT_SIGNER, CREATE_CSR]),
            (Severities::cluster_only(High), &[APPROVAL, CLIENT_SIGNER]),
        ],
        ..Row::BASE
    },
    Row {
        id: "RB117",
        name: "csr-approve-kubelet",
        title: "approve the certificates of nodes",
        why: "an approved certificate makes its holder a node, or lets it pose as a kubelet",
        fix: "leave approval to the controllers",
        see: &["CIS 5.1.11"],
        cases: &[(Severities::cluster_only(High), &[APPROVAL, KUBELET_SIGNER])],
        ..Row::BASE
    },
    Row {
        id: "RB118",
        name: "csr-auto-approve",
        title: "have certificate requests of nodes approved by themselves",
        why: "whoever holds it gets the certificate of a node without anybody looking",
        fix: "bind it to the bootstrap and node groups alone",
        cases: &[(
            Severities::cluster_only(Medium),
            &[&[Want::new(
                &["create"],
                CERTIFICATES,
                &[
                    "certificatesigningrequests/nodeclient",
                    "certificatesigningrequests/selfnodeclient",
                    "certificatesigningrequests/selfnodeserver",
                ],
                Any,
            )]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB119",
        name: "signer-sign",
        title: "sign certificates for a signer",
        why: "a certificate of one's own making is handed out as the signer's",
        fix: "name the signers in resourceNames",
        cases: &[(
            Severities::cluster_only(Medium),
            &[
                &[Want::new(&["sign"], CERTIFICATES, &["signers"], Any)],
                &[Want::new(CHANGE, CERTIFICATES, &["certificatesigningrequests/status"], Any)],
            ],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB120",
        name: "signer-attest",
        title: "replace the trust anchors of workloads",
        why: "what a trust bundle holds is trusted by every Pod that mounts it",
        fix: "name the bundles and signers in resourceNames",
        cases: &[(
            Severities::cluster_only(Medium),
            &[&[
                Want::new(&["attest"], CERTIFICATES, &["signers"], Any),
                Want::new(WRITE, CERTIFICATES, &["clustertrustbundles"], Any),
            ]],
        )],
        when: |profile| profile.version >= KubeVersion::new(1, 27),
        ..Row::BASE
    },
    Row {
        id: "RB122",
        name: "bootstrap-token-write",
        title: "write bootstrap tokens",
        why: "a Secret of that type in kube-system lets its holder join a node to the cluster",
        fix: "name the Secrets in resourceNames",
        see: &["C-0288"],
        cases: &[(
            Severities { unbound: None, cluster: Some(High), system: Some(High), namespace: None },
            &[&[Want::new(&["create", "update", "patch"], "", SECRETS, All)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB123",
        name: "tokenreview-create",
        title: "have tokens reviewed",
        why: "it tells of a stolen token whose it is and whether it still holds",
        fix: "grant it to what authenticates on behalf of the cluster alone",
        cases: &[(Severities::cluster_only(Low), &[&[Want::new(&["create"], AUTHENTICATION, &["tokenreviews"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB124",
        name: "access-review-create",
        title: "ask what others may do",
        why: "it draws the map of everybody's permissions",
        fix: "grant it to what authorizes on behalf of the cluster alone",
        cases: &[(
            Severities::everywhere(Low),
            &[&[Want::new(&["create"], "authorization.k8s.io", &["subjectaccessreviews", "localsubjectaccessreviews"], All)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB125",
        name: "service-account-write",
        title: "write ServiceAccounts",
        why: "annotations tie an account to a role in the cloud, pull secrets are taken from it, and a missing account that is bound can be made",
        fix: "name the accounts in resourceNames, and leave out create",
        see: &["C-0282"],
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(WRITE, "", &["serviceaccounts"], All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB127",
        name: "secrets-read-by-write",
        title: "read Secrets through verbs that answer with them",
        why: "a patch that changes nothing answers with the object, and a dry-run deletecollection with all of them",
        fix: "name the Secrets in resourceNames",
        cases: &[(Severities::of(Critical, Critical, High), &[&[Want::new(&["patch", "deletecollection"], "", SECRETS, All)]])],
        ..Row::BASE
    },
    Row {
        id: "RB128",
        name: "unsafe-delete",
        title: "delete objects that cannot be read",
        why: "such a deletion passes by admission and finalizers",
        fix: "grant it for the time of a repair alone",
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(&["unsafe-delete-ignore-read-errors"], "?", &["?"], Any)]])],
        when: |profile| profile.version >= KubeVersion::new(1, 32),
        ..Row::BASE
    },
    Row {
        id: "RB129",
        name: "token-audience",
        title: "have kubelets ask for tokens of other audiences",
        why: "a token of an audience is good wherever that audience is trusted",
        fix: "list the audiences as resources, the accounts as resourceNames",
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(AUDIENCE, "", &["?"], Any).naming_the_verb(),
                // A star on a resource that is served is about the resource, not about an audience of that name.
                Want::new(AUDIENCE, "", &["https:?", "any-audience"], Any),
            ]],
        )],
        when: |profile| profile.version >= KubeVersion::new(1, 33),
        ..Row::BASE
    },
];
