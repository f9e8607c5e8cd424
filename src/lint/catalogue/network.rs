//! RB5: the network.

use super::row::{CHANGE, Row, WRITE, WRITE_DELETE};
use crate::lint::Names::Some as Any;
use crate::lint::Severity::{High, Medium};
use crate::lint::{Severities, Want};

const NETWORKING: &str = "networking.k8s.io";
const ISTIO: &[&str] = &["virtualservices", "envoyfilters", "gateways", "destinationrules", "workloadentries"];
const ISTIO_SECURITY: &[&str] = &["authorizationpolicies", "peerauthentications", "requestauthentications"];

const MESH: &[Want] = &[
    Want::new(WRITE_DELETE, "networking.istio.io", ISTIO, Any),
    Want::new(WRITE_DELETE, "security.istio.io", ISTIO_SECURITY, Any),
    Want::new(WRITE_DELETE, "extensions.istio.io", &["wasmplugins"], Any),
];

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "RB501",
        name: "services-write",
        title: "write or delete Services",
        why: "external addresses and selectors of a Service take traffic that is meant for others (CVE-2020-8554)",
        fix: "name the Services in resourceNames",
        see: &["KSV-0056"],
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(WRITE_DELETE, "", &["services"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB502",
        name: "services-status",
        title: "write the status of Services",
        why: "the address of a load balancer takes traffic that is meant for others (CVE-2020-8554), past policies for external addresses",
        fix: "leave it to the cloud controller",
        see: &["CKV2_K8S_4", "modify_service_status_cve_2020_8554"],
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(CHANGE, "", &["services/status"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB503",
        name: "endpoints-write",
        title: "write endpoints",
        why: "traffic is forwarded to addresses of other namespaces (CVE-2021-25740)",
        fix: "leave it to the endpoint controllers",
        see: &["KSV-0056"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(WRITE, "", &["endpoints"], Any), Want::new(WRITE, "discovery.k8s.io", &["endpointslices"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB504",
        name: "network-policy-write",
        title: "write or delete network policies",
        why: "ways between workloads are opened or blocked",
        fix: "leave it to those who administer the network",
        see: &["KSV-0056"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[
                Want::new(WRITE_DELETE, NETWORKING, &["networkpolicies"], Any),
                Want::new(WRITE_DELETE, "policy.networking.k8s.io", &["?"], Any),
                Want::new(WRITE_DELETE, "cilium.io", &["?"], Any),
                Want::new(WRITE_DELETE, "crd.projectcalico.org", &["?"], Any),
            ]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB505",
        name: "ingress-write",
        title: "write or delete ingresses",
        why: "routes are taken over, and annotations reach into the controller (CVE-2021-25742)",
        fix: "bind it in the namespaces whose routes its holder may change",
        see: &["KSV-0056"],
        cases: &[(
            Severities::everywhere(Medium),
            &[&[Want::new(WRITE_DELETE, NETWORKING, &["ingresses", "ingressclasses"], Any)]],
        )],
        ..Row::BASE
    },
    Row {
        id: "RB506",
        name: "gateway-api",
        title: "write or delete gateways and routes",
        why: "routes are taken over, and reference grants open other namespaces",
        fix: "bind it in the namespaces whose routes its holder may change",
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(WRITE_DELETE, "gateway.networking.k8s.io", &["?"], Any)]])],
        ..Row::BASE
    },
    Row {
        id: "RB507",
        name: "service-mesh",
        title: "configure the service mesh",
        why: "traffic is taken over, its encryption and authorization turned off, code run in the proxies",
        fix: "leave it to those who administer the mesh",
        cases: &[(Severities { namespace: Some(Medium), ..Severities::everywhere(High) }, &[MESH])],
        ..Row::BASE
    },
    Row {
        id: "RB508",
        name: "ingress-status",
        title: "write the status of ingresses",
        why: "annotations set through it are read by controllers as configuration",
        fix: "leave it to the ingress controller",
        cases: &[(Severities::everywhere(Medium), &[&[Want::new(CHANGE, NETWORKING, &["ingresses/status"], Any)]])],
        ..Row::BASE
    },
];
