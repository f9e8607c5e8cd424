//! Rules, their configuration, and one pass over a policy.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::context::Given;
use super::fold::{Judged, fold};
use super::{Context, Finding, Origin, Rule, RuleInfo, Scope, Severity, Suppression, Tier, catalogue, origin, suppress};
use crate::authorize::Authorizer;
use crate::model::{ApiObject, ClusterRole, ClusterRoleBinding, ObjectKey, ObjectMeta, Role, RoleBinding};
use crate::policy::{AnyBinding, AnyRole, Gap, Policy};
use crate::request::OwnedAttributes;
use crate::resources::Catalogue;
use crate::version::Profile;

/// Rules and how they are to be applied.
///
/// Cheap to clone: rules are shared.
#[derive(Debug, Clone)]
pub struct Linter {
    profile: Profile,
    given: Arc<Given>,
    rules: Vec<Arc<dyn Rule>>,
    on: BTreeSet<String>,
    off: BTreeSet<String>,
    severities: BTreeMap<String, Severity>,
    allowed: Vec<Allowed>,
    unfolded: bool,
}

#[derive(Debug, Clone)]
struct Allowed {
    rule: String,
    what: What,
    reason: String,
}

#[derive(Debug, Clone)]
enum What {
    Object(ObjectKey),
    Label(String, String),
}

/// What a linter found, and what it set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The findings, the worst first, then by rule, object and field.
    pub findings: Vec<Finding>,
    /// Findings that were set aside, with the reason, in the same order.
    pub suppressed: Vec<(Finding, Suppression)>,
    /// What the policy was not given, where there could be more findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Gap>,
    /// The rules that did not look at everything, where there could be more findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<Unfinished>,
}

/// A rule that did not look at everything, because it would have taken too long.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Unfinished {
    /// The id of the rule.
    pub rule: Cow<'static, str>,
    /// The limit that it met.
    pub reason: String,
}

/// `RB213 did not look at everything: the closure of escalation paths takes more than 100 steps`.
impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not look at everything: {}", self.rule, self.reason)
    }
}

impl Report {
    /// Whether there is a finding at least this bad.
    #[must_use]
    pub fn reaches(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.severity >= severity)
    }

    /// Why there could be more findings, each a sentence: what the policy was not given, and the rules that met a limit.
    pub fn caveats(&self) -> impl Iterator<Item = String> + '_ {
        self.incomplete.iter().map(ToString::to_string).chain(self.unfinished.iter().map(ToString::to_string))
    }
}

impl Linter {
    /// The whole catalogue, for a cluster of this profile. What the API server of its version ships is known as its own where the crate is
    /// built with the feature `bootstrap`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let mut linter = Self::empty(profile);
        linter.rules = catalogue::all();
        linter
    }

    /// No rule, for a cluster of this profile.
    #[must_use]
    pub fn empty(profile: Profile) -> Self {
        let given = Arc::new(Given { baseline: baseline(&profile), resources: Catalogue::with_previews(), used: None });
        let (on, off) = (BTreeSet::new(), BTreeSet::new());
        Self { profile, given, rules: Vec::new(), on, off, severities: BTreeMap::new(), allowed: Vec::new(), unfolded: false }
    }

    /// With a rule of the caller's own.
    #[must_use]
    pub fn with(mut self, rule: impl Rule + 'static) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    /// Objects equal to those of this policy count as shipped with the cluster, in place of the default policy of the profile's version.
    #[must_use]
    pub fn baseline(mut self, baseline: Policy) -> Self {
        Arc::make_mut(&mut self.given).baseline = baseline;
        self
    }

    /// The cluster serves these resources, in place of the built-in ones: add those of its custom resource definitions.
    #[must_use]
    pub fn resources(mut self, resources: Catalogue) -> Self {
        Arc::make_mut(&mut self.given).resources = resources;
        self
    }

    /// These requests were made while the policy was in use, each with its user, as an audit log tells them. Without them nothing is said
    /// of what is granted and not used.
    ///
    /// ```
    /// use k8s_rbac::lint::Linter;
    /// use k8s_rbac::request::OwnedAttributes;
    /// use k8s_rbac::version::Profile;
    /// use k8s_rbac::{Attributes, UserInfo};
    /// let jane = UserInfo::new("jane", ["dev"]);
    /// let asked: OwnedAttributes = Attributes::resource("get", "pods").by(&jane).into();
    /// let _linter = Linter::new(Profile::default()).used([asked]);
    /// ```
    #[must_use]
    pub fn used(mut self, requests: impl IntoIterator<Item = OwnedAttributes>) -> Self {
        Arc::make_mut(&mut self.given).used = Some(requests.into_iter().collect());
        self
    }

    /// With the rule of this id or name, which is off unless it is asked for.
    #[must_use]
    pub fn on(mut self, rule: impl Into<String>) -> Self {
        self.on.insert(rule.into());
        self
    }

    /// Without the rule of this id or name.
    #[must_use]
    pub fn off(mut self, rule: impl Into<String>) -> Self {
        self.off.insert(rule.into());
        self
    }

    /// With this severity for every finding of the rule of this id.
    #[must_use]
    pub fn severity(mut self, rule: impl Into<String>, severity: Severity) -> Self {
        self.severities.insert(rule.into(), severity);
        self
    }

    /// Sets aside what the rule of this id, or every rule for `*`, finds at exactly this object.
    ///
    /// ```
    /// use k8s_rbac::lint::Linter;
    /// use k8s_rbac::{Authorizer, Policy, model::*, version::Profile};
    /// let binding = ClusterRoleBinding::new("b", "view", [Subject::user("jane")]);
    /// let key = ObjectKey::of(&binding);
    /// let rbac = Authorizer::new(Policy::from_iter([Object::from(binding)]));
    /// let linter = Linter::new(Profile::default()).allow("RB710", key, "she is the only one on call");
    /// let report = linter.lint(&rbac);
    /// assert!(report.findings.iter().all(|finding| finding.rule != "RB710"));
    /// assert!(!report.suppressed.is_empty(), "what was set aside is told, with the reason");
    /// ```
    #[must_use]
    pub fn allow(mut self, rule: impl Into<String>, object: ObjectKey, reason: impl Into<String>) -> Self {
        self.allowed.push(Allowed { rule: rule.into(), what: What::Object(object), reason: reason.into() });
        self
    }

    /// Sets aside what the rule of this id, or every rule for `*`, finds at objects with exactly this label.
    ///
    /// Whoever may write an object may label it: use it where labels are controlled.
    #[must_use]
    pub fn allow_labelled(
        mut self,
        rule: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        self.allowed.push(Allowed { rule: rule.into(), what: What::Label(label.into(), value.into()), reason: reason.into() });
        self
    }

    /// Tells each finding by itself, also what another one at the same role or binding implies.
    #[must_use]
    pub const fn unfolded(mut self) -> Self {
        self.unfolded = true;
        self
    }

    /// The cluster that is linted for.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the rules are, in the order of their ids, those that are off included.
    #[must_use]
    pub fn rules(&self) -> Vec<&RuleInfo> {
        let mut infos: Vec<&RuleInfo> = self.rules.iter().map(|rule| rule.info()).collect();
        infos.sort_by(|a, b| a.id.cmp(&b.id));
        infos
    }

    /// Whether the rule is off.
    #[must_use]
    pub fn is_off(&self, rule: &RuleInfo) -> bool {
        let named = |names: &BTreeSet<String>| names.contains(rule.id.as_ref()) || names.contains(rule.name.as_ref());
        named(&self.off) || !(rule.on || named(&self.on))
    }

    /// Applies every rule that is on. What a finding implies is told with it, unless the linter is [`Linter::unfolded`]: a grant of
    /// everything is one finding. Cost: `O(rules · (roles + bindings))` and what each rule says of itself.
    #[must_use]
    pub fn lint(&self, rbac: &Authorizer) -> Report {
        let context = Context::new(rbac, &self.profile, &self.given);
        let applied: Vec<&dyn Rule> = self.rules.iter().map(|rule| &**rule).filter(|rule| !self.is_off(rule.info())).collect();
        let mut judged = Vec::new();
        for rule in &applied {
            rule.check(&context, &mut |finding| judged.push(self.judge(context.policy(), finding)));
        }
        if !self.unfolded {
            fold(&applied, &mut judged);
        }
        let mut report = Report {
            incomplete: rbac.policy().completeness().all_gaps(),
            unfinished: context.into_unfinished(),
            ..Report::default()
        };
        for (finding, suppression) in sorted(judged) {
            match suppression {
                Some(suppression) => report.suppressed.push((finding, suppression)),
                None => report.findings.push(finding),
            }
        }
        report
    }

    /// The finding as it is told, and why it is set aside, if it is.
    fn judge(&self, policy: &Policy, mut finding: Finding) -> Judged {
        finding.origin = self.origin(policy, &finding);
        if let Some(severity) = self.severities.get(finding.rule.as_ref()) {
            finding.severity = *severity;
        }
        let suppression = self.suppression(policy, &finding);
        (finding, suppression)
    }

    /// The origin of the object and, for a grant, of the roles that it gives: the one that is most the user's own.
    fn origin(&self, policy: &Policy, finding: &Finding) -> Origin {
        let roles = finding.evidence.iter().filter_map(|evidence| find_role(policy, &evidence.role));
        let bindings = finding.evidence.iter().filter_map(|evidence| find_binding(policy, &evidence.binding));
        let of_roles = roles.chain(find_role(policy, &finding.object)).map(|role| origin::of_role(role, &self.given.baseline));
        let of_bindings = bindings
            .chain(find_binding(policy, &finding.object))
            .map(|binding| origin::of_binding(binding, &self.given.baseline));
        of_roles.chain(of_bindings).max().unwrap_or_default()
    }

    fn suppression(&self, policy: &Policy, finding: &Finding) -> Option<Suppression> {
        let metadata = policy.metadata(&finding.object);
        let annotated = metadata.and_then(|metadata| suppress::reason(&metadata.annotations, &finding.rule, &finding.name));
        if let Some(reason) = annotated {
            return Some(Suppression::Annotation(reason.to_owned()));
        }
        if let Some(allowed) = self.allowed.iter().find(|allowed| allowed.covers(finding, metadata)) {
            return Some(Suppression::Allowed(allowed.reason.clone()));
        }
        let shipped = finding.origin == Origin::Bootstrap && finding.severity > Severity::Info;
        shipped.then_some(Suppression::Bootstrap)
    }
}

impl Allowed {
    fn covers(&self, finding: &Finding, metadata: Option<&ObjectMeta>) -> bool {
        let of_rule = self.rule == "*" || self.rule == finding.rule || self.rule == finding.name;
        of_rule
            && match &self.what {
                What::Object(key) => *key == finding.object,
                What::Label(label, value) => metadata.is_some_and(|metadata| metadata.labels.get(label) == Some(value)),
            }
    }
}

#[cfg(feature = "bootstrap")]
fn baseline(profile: &Profile) -> Policy {
    crate::bootstrap::policy(profile.version)
}

#[cfg(not(feature = "bootstrap"))]
fn baseline(_: &Profile) -> Policy {
    Policy::new()
}

/// The worst first. Findings are large, so their numbers are sorted.
fn sorted(judged: Vec<Judged>) -> impl Iterator<Item = Judged> {
    let mut order: Vec<usize> = (0..judged.len()).collect();
    order.sort_by(|a, b| {
        let pair = judged.get(*a).zip(judged.get(*b));
        pair.map_or(Ordering::Equal, |((a, _), (b, _))| by_weight(a, b))
    });
    let mut judged: Vec<Option<Judged>> = judged.into_iter().map(Some).collect();
    order.into_iter().filter_map(move |number| judged.get_mut(number).and_then(Option::take))
}

fn by_weight(a: &Finding, b: &Finding) -> Ordering {
    b.severity.cmp(&a.severity).then_with(|| by_place(a).cmp(&by_place(b)))
}

fn by_place(finding: &Finding) -> (&str, &ObjectKey, &str, &Option<Scope>, &str, Tier) {
    let Finding { rule, object, field, scope, message, tier, .. } = finding;
    (rule, object, field, scope, message, *tier)
}

fn find_role<'a>(policy: &'a Policy, key: &ObjectKey) -> Option<AnyRole<'a>> {
    match key.kind {
        ClusterRole::KIND => policy.get("", &key.name).map(AnyRole::ClusterRole),
        Role::KIND => policy.get(&key.namespace, &key.name).map(AnyRole::Role),
        _ => None,
    }
}

fn find_binding<'a>(policy: &'a Policy, key: &ObjectKey) -> Option<AnyBinding<'a>> {
    match key.kind {
        ClusterRoleBinding::KIND => policy.get("", &key.name).map(AnyBinding::ClusterRoleBinding),
        RoleBinding::KIND => policy.get(&key.namespace, &key.name).map(AnyBinding::RoleBinding),
        _ => None,
    }
}
