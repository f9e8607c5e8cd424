//! Rules of the catalogue that are about a permission: what to look for, and how bad it is where it is granted.

use std::collections::BTreeMap;

use super::context::{GrantOf, RoleUse, Scope, holder, user_of};
use super::{Context, Finding, Rule, RuleInfo, Severity, Tier, Want, Witness};
use crate::authorize::Grant;
use crate::explain::Evidence;
use crate::model::Subject;
use crate::policy::AnyRole;
use crate::version::Profile;

/// How bad a permission is by where it is granted; `None` means that it is nothing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Severities {
    /// In the text of a ClusterRole that nobody holds. A Role that nobody holds is one level milder than what it would grant in its namespace.
    pub unbound: Option<Severity>,
    /// In the whole cluster.
    pub cluster: Option<Severity>,
    /// In a privileged namespace.
    pub system: Option<Severity>,
    /// In any other namespace.
    pub namespace: Option<Severity>,
}

impl Severities {
    /// Bad wherever it is granted; one level less where nobody holds it.
    #[must_use]
    pub const fn everywhere(severity: Severity) -> Self {
        Self::of(severity, severity, severity)
    }

    /// Bad in the cluster, in privileged namespaces and in others; one level less than the worst where nobody holds it.
    #[must_use]
    pub const fn of(cluster: Severity, system: Severity, namespace: Severity) -> Self {
        Self { unbound: Some(milder(cluster)), cluster: Some(cluster), system: Some(system), namespace: Some(namespace) }
    }

    /// Only where it is granted in the whole cluster.
    #[must_use]
    pub const fn cluster_only(severity: Severity) -> Self {
        Self { unbound: Some(milder(severity)), cluster: Some(severity), system: None, namespace: None }
    }

    /// Where it is granted in the whole cluster or in a privileged namespace.
    #[must_use]
    pub const fn privileged(severity: Severity) -> Self {
        Self { unbound: Some(milder(severity)), cluster: Some(severity), system: Some(severity), namespace: None }
    }

    /// Only where it is granted in namespaces.
    #[must_use]
    pub const fn namespaces_only(system: Severity, namespace: Severity) -> Self {
        Self { unbound: None, cluster: None, system: Some(system), namespace: Some(namespace) }
    }

    fn of_unheld(self, role: AnyRole<'_>, profile: &Profile) -> Option<Severity> {
        match role {
            AnyRole::ClusterRole(_) => self.unbound,
            AnyRole::Role(_) => self.at(&Scope::Namespace(role.namespace().to_owned()), profile).map(milder),
        }
    }

    fn at(self, scope: &Scope, profile: &Profile) -> Option<Severity> {
        match scope {
            Scope::Cluster => self.cluster,
            Scope::Namespace(namespace) if profile.is_privileged_namespace(namespace) => self.system,
            Scope::Namespace(_) => self.namespace,
        }
    }
}

const fn milder(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

/// A rule about a permission.
///
/// It has cases, the worst first, each of one part or more. A case is met by a role that meets every part, and by a subject whose roles meet
/// them together in one scope. Of the cases that a grant meets, the first one that is something in its scope is reported.
#[derive(Debug, Clone)]
pub struct PermissionRule {
    info: RuleInfo,
    cases: Vec<Case>,
    unless: Vec<Want>,
    applies: fn(&Profile) -> bool,
    everything: bool,
    implies: &'static [&'static str],
}

#[derive(Debug, Clone)]
struct Case {
    parts: Vec<Vec<Want>>,
    severities: Severities,
    applies: fn(&Profile) -> bool,
}

impl PermissionRule {
    /// A rule of one case: met by a role that meets one of the wants.
    #[must_use]
    pub fn new(info: RuleInfo, severities: Severities, wants: &[Want]) -> Self {
        Self::of_cases(info, |_| true).or(severities, &[wants])
    }

    /// With another case, which must meet one want of each part; looked at where no earlier case is met.
    #[must_use]
    pub fn or(self, severities: Severities, parts: &[&[Want]]) -> Self {
        self.or_when(|_| true, severities, parts)
    }

    /// As [`PermissionRule::or`], only for clusters of which this holds.
    #[must_use]
    pub fn or_when(mut self, applies: fn(&Profile) -> bool, severities: Severities, parts: &[&[Want]]) -> Self {
        self.cases.push(Case { parts: parts.iter().map(|wants| wants.to_vec()).collect(), severities, applies });
        self
    }

    /// A rule whose cases are all to be added.
    #[must_use]
    pub(super) fn of_cases(info: RuleInfo, applies: fn(&Profile) -> bool) -> Self {
        Self { info, cases: Vec::new(), unless: Vec::new(), applies, everything: false, implies: &[] }
    }

    /// The same, but for roles that meet one of these wants.
    #[must_use]
    pub fn unless(mut self, wants: &[Want]) -> Self {
        self.unless.extend_from_slice(wants);
        self
    }

    /// The same, whose findings imply those of the rules with these ids and, if everything is what it looks for, those of all rules about
    /// permissions.
    #[must_use]
    pub const fn implying(mut self, everything: bool, ids: &'static [&'static str]) -> Self {
        (self.everything, self.implies) = (everything, ids);
        self
    }

    /// The same, only for clusters of which this holds.
    #[must_use]
    pub fn when(mut self, applies: fn(&Profile) -> bool) -> Self {
        self.applies = applies;
        self
    }

    fn check_role<'c, 'a>(&self, context: &Context<'_>, used: &'c RoleUse<'a>, met: &'c Met, found: &mut dyn FnMut(Finding)) {
        let whole = || self.cases.iter().zip(met).filter_map(|(case, met)| Some((case, all(met)?)));
        let mut held = false;
        for grant in &used.grants {
            held |= grant.subjects().next().is_some();
            let part = |witness: &&'c Witness| Part { used, grant: *grant, witness, subject: None };
            let mut findings = whole()
                .filter_map(|(case, met)| self.of_grant(context, case.severities, &met.iter().map(part).collect::<Vec<_>>()));
            findings.next().into_iter().for_each(&mut *found);
        }
        if held {
            return;
        }
        let severity = |case: &Case| case.severities.of_unheld(used.role, context.profile());
        let mut unbound = whole().filter_map(|(case, met)| Some((severity(case)?, met.first()?.rule_index)));
        if let Some((severity, rule_index)) = unbound.next() {
            found(Finding::of_role(&self.info, used.role, &format!("rules[{rule_index}]")).with_severity(severity));
        }
    }

    /// A finding for grants that together meet all parts, those of the narrowest scope last.
    fn of_grant(&self, context: &Context<'_>, severities: Severities, parts: &[Part<'_, '_>]) -> Option<Finding> {
        let last = parts.last()?;
        let scope = parts.iter().map(|part| part.grant.scope()).max()?;
        let severity = severities.at(&scope, context.profile())?;
        let (_, subject) = last.subjects().next()?;
        let mut request = last.witness.request.clone();
        request.user = Some(user_of(subject, last.grant.binding));
        scope.namespace().clone_into(&mut request.namespace);
        let mut finding =
            Finding::of_binding(&self.info, last.grant.binding, "roleRef").with_severity(severity).shown_by(request);
        finding.tier = Tier::Grant;
        finding.subjects = last.subjects().count();
        finding.evidence = parts.iter().flat_map(Part::evidence).take(Finding::EVIDENCE).collect();
        finding.scope = Some(scope);
        Some(finding)
    }

    /// A case whose parts one subject holds through several roles, in the cluster or together with the cluster in a namespace.
    fn check_together(&self, context: &Context<'_>, number: usize, partial: &[(usize, Met)], found: &mut dyn FnMut(Finding)) {
        let Some(case) = self.cases.get(number).filter(|case| case.parts.len() > 1) else { return };
        let mut holders: BTreeMap<(String, String), Held<'_, '_>> = BTreeMap::new();
        for (role, met) in partial {
            let (Some(used), Some(met)) = (context.roles().get(*role), met.get(number)) else { continue };
            for grant in used.grants.iter().filter(|_| in_part(met)) {
                for (index, subject) in grant.subjects() {
                    let key = (holder(subject, grant.binding), grant.scope().namespace().to_owned());
                    holders.entry(key).or_default().add(used, *grant, index, met);
                }
            }
        }
        for ((who, namespace), held) in &holders {
            let cluster = holders.get(&(who.clone(), String::new())).filter(|_| !namespace.is_empty());
            let parts = held.all_parts(cluster, case.parts.len());
            parts.and_then(|parts| self.of_grant(context, case.severities, &parts)).into_iter().for_each(&mut *found);
        }
    }
}

/// Of each case and each part of it, the first want that a role meets.
type Met = Vec<Vec<Option<Witness>>>;

fn met(rule: &PermissionRule, used: &RoleUse<'_>, profile: &Profile) -> Met {
    let rules = used.role.rules();
    let excused = rule.unless.iter().any(|want| want.witness(rules).is_some());
    let of_part = |case: &Case, wants: &Vec<Want>| {
        (!excused && (case.applies)(profile)).then(|| wants.iter().find_map(|want| want.witness(rules))).flatten()
    };
    rule.cases.iter().map(|case| case.parts.iter().map(|wants| of_part(case, wants)).collect()).collect()
}

fn in_part(met: &[Option<Witness>]) -> bool {
    met.iter().any(Option::is_some) && met.iter().any(Option::is_none)
}

fn all(met: &[Option<Witness>]) -> Option<Vec<&Witness>> {
    met.iter().map(Option::as_ref).collect()
}

/// One part of a rule, met by a grant: for all subjects of the binding, or for one of them.
#[derive(Clone, Copy)]
struct Part<'c, 'a> {
    used: &'c RoleUse<'a>,
    grant: GrantOf<'a>,
    witness: &'c Witness,
    subject: Option<usize>,
}

impl<'a> Part<'_, 'a> {
    fn subjects(&self) -> impl Iterator<Item = (usize, &'a Subject)> + use<'a> {
        let only = self.subject;
        self.grant.subjects().filter(move |(index, _)| only.is_none_or(|only| only == *index))
    }

    fn evidence(&self) -> impl Iterator<Item = Evidence> + use<'a> {
        let (binding, role, rule_index) = (self.grant.binding, self.used.role, self.witness.rule_index);
        self.subjects().map(move |(subject_index, _)| Grant { binding, subject_index, role, rule_index }.evidence())
    }
}

/// What one holder has of the parts in one scope: of each part the first grant that brings it.
#[derive(Default)]
struct Held<'c, 'a> {
    parts: BTreeMap<usize, Part<'c, 'a>>,
}

impl<'c, 'a> Held<'c, 'a> {
    fn add(&mut self, used: &'c RoleUse<'a>, grant: GrantOf<'a>, subject: usize, met: &'c [Option<Witness>]) {
        for (number, witness) in met.iter().enumerate() {
            if let Some(witness) = witness {
                self.parts.entry(number).or_insert(Part { used, grant, witness, subject: Some(subject) });
            }
        }
    }

    /// All parts, those of this scope last, unless the wider scope has them all without this one.
    fn all_parts(&self, wider: Option<&Self>, wanted: usize) -> Option<Vec<Part<'c, 'a>>> {
        let wider_has_all = wider.is_some_and(|wider| wider.parts.len() == wanted);
        let from_wider = wider.into_iter().flat_map(|wider| &wider.parts).filter(|(number, _)| !self.parts.contains_key(number));
        let mut parts: Vec<Part<'c, 'a>> = from_wider.map(|(_, part)| *part).collect();
        parts.extend(self.parts.values());
        (parts.len() == wanted && !wider_has_all).then_some(parts)
    }
}

impl Rule for PermissionRule {
    fn info(&self) -> &RuleInfo {
        &self.info
    }

    fn check(&self, context: &Context<'_>, found: &mut dyn FnMut(Finding)) {
        if !(self.applies)(context.profile()) {
            return;
        }
        let mut partial = Vec::new();
        for (index, used) in context.roles().iter().enumerate() {
            let met = met(self, used, context.profile());
            self.check_role(context, used, &met, found);
            if met.iter().any(|met| in_part(met)) {
                partial.push((index, met));
            }
        }
        for number in 0..self.cases.len() {
            self.check_together(context, number, &partial, found);
        }
    }

    fn is_about_permission(&self) -> bool {
        true
    }

    fn implies(&self, other: &dyn Rule) -> bool {
        (self.everything && other.is_about_permission()) || self.implies.contains(&other.info().id.as_ref())
    }
}
