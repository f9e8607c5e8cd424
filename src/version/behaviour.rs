//! The one table of behaviours that changed between versions of Kubernetes.

use super::KubeVersion;

/// Declares the behaviours: what each is, its name, and the minor version that was the first to have it.
macro_rules! behaviours {
    ($($(#[doc = $line:literal])+ $name:ident = $minor:literal,)*) => {
        /// Something that a version of Kubernetes does and the one before it did not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Behaviour {
            $($(#[doc = $line])+ $name,)*
        }

        impl Behaviour {
            /// Every behaviour that the crate knows to have changed, in the order of its version.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The first version that behaves so.
            #[must_use]
            pub const fn since(self) -> KubeVersion {
                match self {
                    $(Self::$name => KubeVersion::new(1, $minor),)*
                }
            }

            /// What the behaviour is, and in parentheses where it stands upstream.
            ///
            /// ```
            /// use k8s_rbac::version::Behaviour;
            /// assert!(Behaviour::DenialNamesApiGroup.description().starts_with("A denial names the API group"));
            /// ```
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($line),+).trim_ascii(),)*
                }
            }
        }
    };
}

behaviours! {
    /// kubectl says `serviceaccount/x created`; before: `serviceaccount "x" created`. (`cli-runtime/pkg/printers/name.go`)
    DoneLinesWithSlash = 11,
    /// kubectl sorts the rows of rules by their verbs first; before: by group and resource, quoted.
    /// (`kubectl/pkg/util/rbac/rbac.go`)
    RuleRowsSortByVerbs = 11,
    /// `kubectl auth can-i` exits with 1 when the answer is no; before, only with `-q`. (`kubectl/pkg/cmd/auth/cani.go`)
    CanIFails = 11,
    /// A denial names the API group and quotes the resource: `cannot list resource "pods" in API group ""`; before: `cannot list pods`.
    /// (`apiserver/pkg/endpoints/handlers/responsewriters/errors.go`)
    DenialNamesApiGroup = 12,
    /// The verb `escalate` on a role lets a user write more into it than it holds. (`pkg/registry/rbac/escalation_check.go`)
    EscalateVerb = 12,
    /// An attempt to escalate is refused with what is missing, compacted; before, with all rules as Go prints them.
    /// (`pkg/registry/rbac/validation/rule.go`)
    EscalationTellsMissingRules = 12,
    /// A `User` or `Group` without a name gets one error; before, a second one says that the name `cannot be empty`.
    /// (`pkg/apis/rbac/validation/validation.go`)
    EmptySubjectNameIsToldOnce = 12,
    /// `kubectl create role` takes a resource `*` for all of them and knows the verb `escalate`; before, it refused both.
    /// (`kubectl/pkg/cmd/create/create_role.go`)
    CreateTakesStars = 12,
    /// The columns of `kubectl get` are at least 6 wide; before: 10. (`cli-runtime/pkg/printers/tabwriter.go`)
    NarrowTables = 12,
    /// Ages are told in two units where they are small: `2m5s`, `3d4h`; before: `2m`, `3d`.
    /// (`apimachinery/pkg/util/duration/duration.go`)
    AgesInTwoUnits = 12,
    /// What `kubectl apply` remembers of a cluster-scoped object says no namespace; before: an empty one.
    /// (`apimachinery/pkg/apis/meta/v1/unstructured/unstructured.go`)
    AppliedNamespaceOnlyIfAny = 12,
    /// `kubectl describe` writes an annotation as `key: value`, in a block where it is long; before: `key=value`, cut at 200
    /// bytes. (`kubectl/pkg/describe/describe.go`)
    AnnotationsWithColon = 12,
    /// A token that is bound to a Pod tells its name and unique id in the user's extra. (`apiserver/pkg/authentication/serviceaccount/util.go`)
    TokensTellPod = 12,
    /// Tokens that lie in Secrets are checked for their audience too, which for them is that of the server; an audience that does not fit is
    /// named. Before, `Token is invalid for this audience.` (`pkg/serviceaccount/jwt.go`)
    TokenAudiencesAreTold = 13,
    /// `-o yaml` quotes timestamps. (`gopkg.in/yaml.v2`, 2.2.1 since then)
    YamlQuotesTimestamps = 13,
    /// What kubectl says of a wrong number of arguments ends without a dot. (`kubectl/pkg/cmd/util/helpers.go`)
    UsageEndsWithoutDot = 14,
    /// `kubectl auth can-i` warns when the resource lives in no namespace. (`kubectl/pkg/cmd/auth/cani.go`)
    CanIWarnsOfScope = 15,
    /// kubectl names the namespace in which it found nothing. (`kubectl/pkg/cmd/get/get.go`)
    NoResourcesNamesNamespace = 16,
    /// `kubectl describe` leaves out what `kubectl apply` remembered. (`kubectl/pkg/describe/describe.go`)
    DescribeHidesLastApplied = 18,
    /// `kubectl describe` says that it found nothing. (`kubectl/pkg/cmd/describe/describe.go`)
    DescribeSaysNothingFound = 18,
    /// The server prints roles and bindings for `kubectl get`: roles show when they were created instead of their age, bindings
    /// show their role. (`pkg/printers/internalversion/printers.go`)
    ServerPrintsRoles = 18,
    /// kubectl shows a verb once that a resource is granted twice. (`kubectl/pkg/util/rbac/rbac.go`)
    RuleRowsHoldVerbsOnce = 19,
    /// `kubectl create clusterrolebinding` says that its flag `--clusterrole` is required; before, that a role must be specified.
    /// (`kubectl/pkg/cmd/create/create_clusterrolebinding.go`)
    CreateRequiresClusterRole = 19,
    /// The volume that is made for the token Secret of an account is called as the Secret with `-` for `.`; before, an account with a dot
    /// in its name yields Pods that are refused. (`plugin/pkg/admission/serviceaccount/admission.go`)
    TokenVolumeHasNoDots = 19,
    /// What was deleted less than a minute ago does not yet invalidate a bound token. (`pkg/serviceaccount/claims.go`)
    TokenDeletionHasLeeway = 19,
    /// `kubectl create rolebinding` and `clusterrolebinding` keep subjects in the order of the flags, take no account without a namespace, leave
    /// empty names to the server, and say what they failed to create where it refuses; before, subjects were sorted, and what the server says
    /// was all. (`kubectl/pkg/cmd/create/create_rolebinding.go`)
    CreateKeepsSubjects = 20,
    /// `kubectl apply` names the object that it did not make; before, it said what it is to be used on. (`kubectl/pkg/cmd/apply/apply.go`)
    ApplyNamesWhatItMisses = 20,
    /// `kubectl create role` and `kubectl auth can-i` warn of a verb that they do not know; before, the one refused it and the
    /// other said nothing. (`kubectl/pkg/cmd/create/create_role.go`, `kubectl/pkg/cmd/auth/cani.go`)
    CustomVerbsAreWarnedOf = 20,
    /// Every namespace gets the ConfigMap `kube-root-ca.crt`. (`pkg/controller/certificates/rootcacertpublisher/publisher.go`)
    PublishesRootCa = 20,
    /// Impersonating somebody in given groups adds `system:authenticated`, and the anonymous user `system:unauthenticated`; before, nothing
    /// is added to given groups. (`apiserver/pkg/endpoints/filters/impersonation.go`)
    ImpersonationAlwaysAddsGroup = 20,
    /// Names that break a rule are told to be no `lowercase RFC 1123` label or subdomain; before, no `DNS-1123` one.
    /// (`apimachinery/pkg/util/validation/validation.go`)
    NamesFollowRfc1123 = 20,
    /// The aggregation controller writes rules by server-side apply, so that a role for which it gathers none keeps the rules that somebody
    /// else wrote; before, it loses them. (`pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`)
    AppliesAggregatedRules = 21,
    /// `kubectl create serviceaccount` says what it failed to create where the server refuses. (`kubectl/pkg/cmd/create/create_serviceaccount.go`)
    CreateNamesFailedAccount = 21,
    /// kubectl prints no `managedFields`. (`cli-runtime/pkg/genericclioptions/json_yaml_flags.go`)
    PrintsNoManagedFields = 21,
    /// Pods get a projected volume with a token of their own; before, the token Secret of their account. (`plugin/pkg/admission/serviceaccount/admission.go`)
    ProjectsTokens = 21,
    /// The ConfigMap `kube-root-ca.crt` has an annotation that says what it is good for.
    /// (`pkg/controller/certificates/rootcacertpublisher/publisher.go`)
    DescribesRootCa = 22,
    /// `Impersonate-Uid` is a header of impersonation. (`apiserver/pkg/endpoints/filters/impersonation.go`)
    ImpersonatesUid = 22,
    /// The projected volume comes with its default mode; before, it is added by defaulting. (`plugin/pkg/admission/serviceaccount/admission.go`)
    TokenVolumeHasMode = 23,
    /// The errors about a bound token begin with `service account`, tell a token that is not valid yet from an expired one, and compare
    /// unique ids before they look for a deletion; before: `Token has expired.`, `ServiceAccount UID …`. (`pkg/serviceaccount/claims.go`)
    TokenErrorsNameAccount = 23,
    /// Accounts get no token Secret of their own any more. (`pkg/controller/serviceaccount/tokens_controller.go`)
    NoAutomaticTokens = 24,
    /// Where an account limits its Pods to its own Secrets, ephemeral containers are looked at too. (`plugin/pkg/admission/serviceaccount/admission.go`)
    LimitsEphemeralContainers = 24,
    /// The warnings of `kubectl auth can-i` end in an empty line. (`cli-runtime/pkg/printers/warningprinter.go`)
    WarningsEndInEmptyLine = 25,
    /// kubectl shows ESC and CR as text. (`cli-runtime/pkg/printers/terminal.go`)
    KubectlEscapesTerminal = 26,
    /// Where an account limits its Pods to its own Secrets, `envFrom` is looked at too, in the last patch releases of the version.
    /// (`plugin/pkg/admission/serviceaccount/admission.go`)
    LimitsEnvFrom = 27,
    /// The use of a token that lies in a Secret is written down: in a label of the Secret, in the audit event, and in a warning if the
    /// server made the Secret. (gate LegacyServiceAccountTokenTracking; `pkg/serviceaccount/legacy.go`; dated by the gate)
    TracksTokensInSecrets = 27,
    /// A review without an API version asks about any, `*`; before, about none. RBAC does not look at it.
    /// (`pkg/registry/authorization/util/helpers.go`)
    ReviewAsksForAnyVersion = 28,
    /// A user may ask who it is, by a SelfSubjectReview; before, only where an older version of it is switched on.
    /// (`pkg/registry/authentication/selfsubjectreview/rest.go`)
    SelfSubjectReviews = 28,
    /// A token may be bound to a node, where two gates are on that are off. (`pkg/registry/core/serviceaccount/storage/token.go`)
    KnowsNodeTokens = 29,
    /// Token Secrets that nobody uses are marked, upon which their tokens are refused, and then deleted.
    /// (`pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go`)
    CleansTokens = 29,
    /// A token tells its id, and the node of its Pod, in the user's extra. (gates ServiceAccountTokenJTI, ServiceAccountTokenPodNodeInfo)
    TokensTellIdAndNode = 30,
    /// A token may be bound to a node. (gate ServiceAccountTokenNodeBinding)
    TokensBindToNodes = 31,
    /// Reviews may carry field and label selectors, which are validated and parsed; before, they are unknown fields. RBAC does not look at
    /// them. (gate AuthorizeWithSelectors, on since 1.32; `pkg/apis/authorization/validation/validation.go`)
    ReviewsHaveSelectors = 32,
    /// A client certificate's hash is in the user's extra. (`apiserver/pkg/authentication/request/x509/x509.go`)
    CertificatesHaveCredentialId = 32,
    /// The server warns of an account that newly limits its Pods to its own Secrets. (`pkg/registry/core/serviceaccount/strategy.go`)
    WarnsOfMountableSecrets = 32,
    /// A value that is too long `may not be more than` so many bytes; before, it `must have at most` so many.
    /// (`apimachinery/pkg/util/validation/field/errors.go`)
    TooLongMayNotBeMore = 32,
    /// A front proxy may tell the unique id of the user. (gate RemoteRequestHeaderUID)
    FrontProxiesTellUid = 33,
    /// A client certificate may carry the unique id of the user. (gate AllowParsingUserUIDFromCertAuth)
    CertificatesCarryUid = 33,
    /// An invalid value that is a list or a struct is printed as JSON; before, as Go source.
    /// (`apimachinery/pkg/util/validation/field/errors.go`)
    InvalidValuesAreJson = 34,
    /// `kubectl delete` names the namespace that it deleted from. (`kubectl/pkg/cmd/delete/delete.go`)
    DeleteNamesNamespace = 34,
    /// The length of a label is told in bytes; before, the same number in characters.
    /// (`apimachinery/pkg/api/validate/content/kube.go`)
    LabelLengthsAreInBytes = 35,
    /// kubectl shows neither the Secrets nor the tokens of a ServiceAccount. (`kubectl/pkg/describe/describe.go`,
    /// `pkg/printers/internalversion/printers.go`)
    AccountsShowNoSecrets = 35,
    /// Impersonation is tried by mode: `impersonate-on:MODE:VERB` and `impersonate:MODE` before `impersonate`. (gate
    /// ConstrainedImpersonation, on since 1.36; `apiserver/pkg/endpoints/filters/impersonation`)
    ConstrainsImpersonation = 36,
    /// That a review has not exactly one kind of attributes is an error of its `spec`; before, of the one or the other field.
    /// (`pkg/apis/authorization/validation/validation.go`)
    ReviewUnionIsOfTheSpec = 37,
    /// A token that is to be bound to a webhook configuration needs one audience and an attestation; before, it is refused as one that is
    /// to be bound to any other kind. (`pkg/apis/authentication/validation/validation.go`)
    ChecksWebhookTokens = 37,
    /// Missing verbs, names of subjects and the name of the role are told by generated checks, after all others and without a
    /// detail. (`pkg/apis/rbac/v1/zz_generated.validations.go`)
    ChecksByDeclaration = 37,
    /// What two checks find is told once; before, an update is told most errors of its metadata two or three times.
    /// (`apiserver/pkg/registry/rest/validate.go`)
    TellsErrorsOnce = 37,
    /// Errors about owners tell which: `metadata.ownerReferences[0].uid: Required value: must not be empty`; before:
    /// `metadata.ownerReferences.uid: Invalid value: "": must not be empty`. (`apimachinery/pkg/api/validation/objectmeta.go`)
    OwnerErrorsTellIndex = 37,
    /// An operation of managed fields that is missing or unknown is a `Required value` or an `Unsupported value`; before, an
    /// `Invalid value`. (`apimachinery/pkg/apis/meta/v1/validation/validation.go`)
    ManagedOperationsAreListed = 37,
    /// A changed `roleRef` is told `field is immutable`; before, `cannot change roleRef`.
    /// (`pkg/apis/rbac/validation/validation.go`)
    RoleRefIsImmutable = 37,
    /// The union of authorizers puts the name of each before its reason: `rbac: RBAC: …`.
    /// (`apiserver/pkg/authorization/union/union.go`)
    UnionNamesAuthorizer = 37,
    /// The first line of a table of `kubectl get` is padded to the longest cell of each column in bytes.
    /// (`cli-runtime/pkg/printers/tableprinter.go`)
    TablesPadFirstLine = 37,
}

/// `docs/VERSIONS.md` lists what the table lists. `K8S_RBAC_BLESS=1 cargo test --lib version::behaviour` writes the page anew.
#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_of_versions_is_that_of_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/VERSIONS.md");
        let page = page();
        if std::env::var_os("K8S_RBAC_BLESS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page, "docs/VERSIONS.md differs from the table: run with K8S_RBAC_BLESS=1 and look at the change");
    }

    fn page() -> String {
        let mut page = format!(
            "# Behaviours by version\n\n\
             The crate models Kubernetes {} to {}. What is not listed here is the same in all of them, as far as the crate knows. A function that\n\
             depends on the version takes a `KubeVersion`; in code the table is `version::Behaviour`, from which this page is written. The default\n\
             policy of each version is data of its own (`bootstrap`).\n\n\
             | since | name | what the server, or kubectl, does |\n| --- | --- | --- |\n",
            KubeVersion::OLDEST,
            KubeVersion::REFERENCE,
        );
        for behaviour in Behaviour::ALL {
            let description = behaviour.description().replace('|', "\\|");
            writeln!(page, "| {} | `{behaviour:?}` | {description} |", behaviour.since()).unwrap();
        }
        page
    }
}
