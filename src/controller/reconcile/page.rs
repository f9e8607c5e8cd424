//! What `kubectl auth reconcile` says about an object on its standard error (`kubectl/pkg/cmd/auth/reconcile.go`).

use std::fmt;

use super::{Operation, Reconciled};
use crate::model::{PolicyRule, Subject};

/// The lines about one object: nothing if nothing was to be done.
///
/// ```
/// use k8s_rbac::controller::reconcile::{Page, binding};
/// use k8s_rbac::model::{ClusterRoleBinding, Subject};
/// let expected = ClusterRoleBinding::new("b", "view", [Subject::user("jane")]);
/// let result = binding(None, &expected, false);
/// assert_eq!(
///     Page { result: &result, removes_extra: false }.to_string(),
///     "\treconciliation required create\n\tmissing subjects added:\n\
///      \t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}\n",
/// );
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "two facts make the page")]
pub struct Page<'a, T> {
    /// What reconciling came to.
    pub result: &'a Reconciled<T>,
    /// Whether what is too much was to be removed.
    pub removes_extra: bool,
}

impl<T> fmt::Display for Page<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { result, removes_extra } = self;
        let operation = match result.operation {
            Operation::None => return Ok(()),
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Recreate => "recreate",
        };
        let caveat =
            if result.protected { ", but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)" } else { "" };
        writeln!(f, "\treconciliation required {operation}{caveat}")?;
        lines(f, "missing subjects added", &result.missing_subjects, subject)?;
        if *removes_extra {
            lines(f, "extra subjects removed", &result.extra_subjects, subject)?;
        }
        lines(f, "missing rules added", &result.missing_rules, rule)?;
        if *removes_extra {
            lines(f, "extra rules removed", &result.extra_rules, rule)?;
        }
        Ok(())
    }
}

type Write<I> = fn(&mut fmt::Formatter<'_>, &I) -> fmt::Result;

fn lines<I>(f: &mut fmt::Formatter<'_>, title: &str, items: &[I], write: Write<I>) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "\t{title}:")?;
    items.iter().try_for_each(|item| {
        f.write_str("\t\t")?;
        write(f, item)?;
        f.write_str("\n")
    })
}

fn subject(f: &mut fmt::Formatter<'_>, subject: &Subject) -> fmt::Result {
    let Subject { kind, api_group, name, namespace } = subject;
    write!(f, "{{Kind:{kind} APIGroup:{api_group} Name:{name} Namespace:{namespace}}}")
}

fn rule(f: &mut fmt::Formatter<'_>, rule: &PolicyRule) -> fmt::Result {
    let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = rule;
    let lists = [verbs, api_groups, resources, resource_names, non_resource_urls].map(|list| list.join(" "));
    let [verbs, groups, resources, names, urls] = lists;
    write!(f, "{{Verbs:[{verbs}] APIGroups:[{groups}] Resources:[{resources}] ResourceNames:[{names}] NonResourceURLs:[{urls}]}}")
}
