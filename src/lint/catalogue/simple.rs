//! A rule that is a function: for what is asked of bindings, subjects, accounts and the text of roles.

use std::sync::Arc;

use crate::lint::{Context, Finding, Rule, RuleInfo, Severity};

/// What a function reports to.
pub(super) type Found<'f> = &'f mut dyn FnMut(Finding);

/// A rule that is a function, written down.
#[derive(Clone, Copy)]
pub(super) struct Simple {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) severity: Severity,
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
    pub(super) see: &'static [&'static str],
    pub(super) check: fn(&RuleInfo, &Context<'_>, Found<'_>),
}

#[derive(Debug)]
struct OfFunction {
    info: RuleInfo,
    check: fn(&RuleInfo, &Context<'_>, Found<'_>),
}

impl Rule for OfFunction {
    fn info(&self) -> &RuleInfo {
        &self.info
    }

    fn check(&self, context: &Context<'_>, found: Found<'_>) {
        (self.check)(&self.info, context, found);
    }
}

/// The rules of a table.
pub(super) fn rules(table: &[Simple]) -> impl Iterator<Item = Arc<dyn Rule>> + '_ {
    table.iter().map(|row| {
        let info = RuleInfo::new(row.id, row.name, row.severity, row.title).because(row.why, row.fix).see(row.see);
        Arc::new(OfFunction { info, check: row.check }) as Arc<dyn Rule>
    })
}
