//! Rules about a permission as rows of a table.

use std::sync::Arc;

use crate::lint::{PermissionRule, Rule, RuleInfo, Severities, Severity, Want};
use crate::version::Profile;

/// A case that is one only in clusters of which something holds.
type Also = (fn(&Profile) -> bool, Severities, &'static [&'static [Want]]);

/// A rule about a permission, written down.
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
    pub(super) see: &'static [&'static str],
    /// The cases, the worst first: how bad, and the parts that must all be met, each by one of its wants.
    pub(super) cases: &'static [(Severities, &'static [&'static [Want]])],
    /// Further cases, each for some clusters only.
    pub(super) also: &'static [Also],
    /// Roles that meet one of these are another rule's business.
    pub(super) unless: &'static [Want],
    pub(super) when: fn(&Profile) -> bool,
    /// Whether the rule is applied unless it is asked for.
    pub(super) on: bool,
    /// Whether it looks for everything, and so implies every other permission.
    pub(super) everything: bool,
    /// The ids of further rules whose findings it implies.
    pub(super) implies: &'static [&'static str],
}

impl Row {
    /// A row to take what is not said from: no references, and for every cluster.
    pub(super) const BASE: Self = Self {
        id: "",
        name: "",
        title: "",
        why: "",
        fix: "",
        see: &[],
        cases: &[],
        also: &[],
        unless: &[],
        when: |_| true,
        on: true,
        everything: false,
        implies: &[],
    };

    fn rule(&self) -> PermissionRule {
        let info = RuleInfo::new(self.id, self.name, self.worst(), self.title).because(self.why, self.fix).see(self.see);
        let info = if self.on { info } else { info.if_asked_for() };
        let cases =
            self.cases.iter().map(|(severities, parts)| ((|_: &Profile| true) as fn(&Profile) -> bool, severities, parts));
        let also = self.also.iter().map(|(applies, severities, parts)| (*applies, severities, parts));
        let bare = PermissionRule::of_cases(info, self.when).unless(self.unless).implying(self.everything, self.implies);
        cases.chain(also).fold(bare, |rule, (applies, severities, parts)| rule.or_when(applies, *severities, parts))
    }

    fn worst(&self) -> Severity {
        let of_case = |(at, _): &(Severities, _)| [at.cluster, at.system, at.namespace, at.unbound].into_iter().flatten().max();
        self.cases.iter().filter_map(of_case).max().unwrap_or(Severity::Info)
    }
}

/// The rules of a table.
pub(super) fn rules(rows: &[Row]) -> impl Iterator<Item = Arc<dyn Rule>> + '_ {
    rows.iter().map(|row| Arc::new(row.rule()) as Arc<dyn Rule>)
}

pub(super) const READ: &[&str] = &["get", "list", "watch"];
pub(super) const WRITE: &[&str] = &["create", "update", "patch"];
pub(super) const CHANGE: &[&str] = &["update", "patch"];
pub(super) const DELETE: &[&str] = &["delete", "deletecollection"];
pub(super) const WRITE_DELETE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
/// A verb that no API has: only a `*` allows it.
pub(super) const EVERY_VERB: &[&str] = &["every-verb"];
