//! A difference in the words that a person wants to read.

use std::fmt;

use super::{Access, Diff, SubjectDiff};
use crate::model::PolicyRule;

/// How many rules and how many grants are told of one change; the rest is counted.
const SHOWN: usize = 6;

/// Subject by subject; `no difference` where there is none.
impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            change.fmt(f)?;
        }
        if self.is_empty() {
            writeln!(f, "no difference")?;
        }
        for gap in &self.incomplete {
            writeln!(f, "not certain: {gap}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SubjectDiff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.subject)?;
        for (namespace, change) in self.places() {
            let place = Place(namespace);
            write_access(f, "may newly", &place, &change.gained)?;
            write_access(f, "may no longer", &place, &change.lost)?;
        }
        Ok(())
    }
}

fn write_access(f: &mut fmt::Formatter<'_>, what: &str, place: &Place<'_>, access: &Access<'_>) -> fmt::Result {
    if access.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {what}, {place}: {access}")?;
    for grant in access.grants.iter().take(SHOWN) {
        writeln!(f, "    by {}", grant.evidence())?;
    }
    write_more(f, "    ", access.grants.len(), "grant")
}

fn write_more(f: &mut fmt::Formatter<'_>, before: &str, count: usize, what: &str) -> fmt::Result {
    match count.checked_sub(SHOWN + 1) {
        Some(0) => writeln!(f, "{before}and 1 more {what}"),
        Some(more) => writeln!(f, "{before}and {} more {what}s", more + 1),
        None => Ok(()),
    }
}

/// In one line: the rules that allow exactly the set, or, where there are none, a request of it.
impl fmt::Display for Access<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.set.to_rules(), self.witness()) {
            (Ok(rules), _) if !rules.is_empty() => write_rules(f, &rules),
            (_, Some(witness)) => write!(f, "{}, and more that no rules alone can say", witness.attributes()),
            (_, None) => f.write_str("nothing"),
        }
    }
}

fn write_rules(f: &mut fmt::Formatter<'_>, rules: &[PolicyRule]) -> fmt::Result {
    for (at, rule) in rules.iter().take(SHOWN).enumerate() {
        write!(f, "{}{}", if at == 0 { "" } else { "; " }, Rule(rule))?;
    }
    match rules.len().checked_sub(SHOWN + 1) {
        Some(0) => f.write_str("; and 1 more rule"),
        Some(more) => write!(f, "; and {} more rules", more + 1),
        None => Ok(()),
    }
}

/// `in the cluster`, or `in the namespace dev`.
pub(crate) struct Place<'a>(pub(crate) &'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("in the cluster") } else { write!(f, "in the namespace {}", self.0) }
    }
}

/// A rule in one line: `get, list deployments, deployments/scale of apps named web`, `get /healthz`.
struct Rule<'a>(&'a PolicyRule);

impl fmt::Display for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = self.0;
        write!(f, "{} {}", Words(verbs), Words(if resources.is_empty() { non_resource_urls } else { resources }))?;
        if api_groups.iter().any(|group| !group.is_empty()) {
            write!(f, " of {}", Words(api_groups))?;
        }
        if resource_names.is_empty() { Ok(()) } else { write!(f, " named {}", Words(resource_names)) }
    }
}

/// Words with commas; what has none or odd ones is quoted.
struct Words<'a>(&'a [String]);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_graphic() && !",;\"".contains(c));
            if plain { f.write_str(word)? } else { crate::quote::Quoted(word).fmt(f)? }
        }
        Ok(())
    }
}
