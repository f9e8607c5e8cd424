//! What to remove: the single binding or rule by which most paths go, and whether its removal closes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::closure::Closure;
use super::{Goal, Identity, Path, TooLarge};
use crate::authorize::Authorizer;
use crate::model::{ClusterRole, Object, ObjectKey, Role};

/// Something that a path goes by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CutAt {
    /// A binding.
    Binding(ObjectKey),
    /// A rule of a role, by its number.
    Rule(ObjectKey, usize),
}

/// What a removal does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cut {
    /// What is removed.
    pub at: CutAt,
    /// How many identities had a shortest path that goes by it.
    pub paths: usize,
    /// Those that have no path any more without it.
    pub closes: Vec<Identity>,
    /// How many still have one.
    pub open: usize,
}

impl Closure<'_> {
    /// The removals that cut most paths to the goal, at most so many, the most effective first: those by which most shortest paths go,
    /// each tried out by taking it away and building the closure again.
    ///
    /// Those who hold the goal already are not counted. Cost: a path for each identity with a way, and a closure for each removal.
    ///
    /// # Errors
    /// A closure takes more steps than the limit.
    pub fn cuts(&self, to: &Goal, most: usize) -> Result<Vec<Cut>, TooLarge> {
        let routes = self.routes(to);
        let starts: Vec<&Identity> =
            self.identities().filter(|identity| routes.steps(identity).is_some_and(|steps| steps > 0)).collect();
        let mut counts: BTreeMap<CutAt, usize> = BTreeMap::new();
        for path in starts.iter().filter_map(|identity| routes.path(identity)) {
            used(&path).into_iter().for_each(|at| *counts.entry(at).or_default() += 1);
        }
        let mut ranked: Vec<(CutAt, usize)> = counts.into_iter().filter(|(at, _)| self.exists(at)).collect();
        ranked.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        let mut cuts =
            ranked.into_iter().take(most).map(|(at, paths)| self.cut(to, &starts, at, paths)).collect::<Result<Vec<_>, _>>()?;
        cuts.sort_by_key(|cut| cut.open);
        Ok(cuts)
    }

    fn exists(&self, at: &CutAt) -> bool {
        let (CutAt::Binding(key) | CutAt::Rule(key, _)) = at;
        self.world.policy().metadata(key).is_some()
    }

    fn cut(&self, to: &Goal, starts: &[&Identity], at: CutAt, paths: usize) -> Result<Cut, TooLarge> {
        let mut rbac = self.world.rbac.clone();
        at.remove_from(&mut rbac);
        let after = self.paths.of(&rbac)?;
        let routes = after.routes(to);
        let closes: Vec<Identity> =
            starts.iter().filter(|from| routes.steps(from).is_none()).map(|from| (*from).clone()).collect();
        Ok(Cut { at, paths, open: starts.len() - closes.len(), closes })
    }
}

/// `ClusterRoleBinding b`, or `ClusterRole r rules[0]`.
impl fmt::Display for CutAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binding(key) => key.fmt(f),
            Self::Rule(key, rule) => write!(f, "{key} rules[{rule}]"),
        }
    }
}

impl CutAt {
    /// Takes it away.
    ///
    /// ```
    /// use k8s_rbac::{Attributes, Authorizer, UserInfo, model::*, paths::CutAt};
    /// let rules = ["pods", "secrets"].map(|resource| PolicyRule::resources(["get"], [""], [resource]));
    /// let binding = ClusterRoleBinding::new("b", "r", [Subject::user("jane")]);
    /// let role = ClusterRole::new("r", rules);
    /// let at = CutAt::Rule(ObjectKey::of(&role), 1);
    /// let mut rbac: Authorizer = [role.into(), Object::from(binding)].into_iter().collect();
    /// at.remove_from(&mut rbac);
    /// let jane = UserInfo::new("jane", [""; 0]);
    /// let allowed = |resource| rbac.authorize(&Attributes::resource("get", resource).by(&jane)).is_allowed();
    /// assert!(allowed("pods") && !allowed("secrets"));
    /// ```
    pub fn remove_from(&self, rbac: &mut Authorizer) {
        match self {
            Self::Binding(key) => _ = rbac.remove_object(key),
            Self::Rule(key, rule) => {
                let without = rbac.policy().get_object(key).and_then(|object| without_rule(object.into_inner(), *rule));
                without.into_iter().for_each(|object| _ = rbac.insert_object(object));
            }
        }
    }
}

fn without_rule(object: Object, rule: usize) -> Option<Object> {
    match object {
        Object::ClusterRole(mut role) if rule < role.rules.len() => {
            role.rules.remove(rule);
            Some(ClusterRole { ..role }.into())
        }
        Object::Role(mut role) if rule < role.rules.len() => {
            role.rules.remove(rule);
            Some(Role { ..role }.into())
        }
        _ => None,
    }
}

/// The bindings and rules that a path goes by, each once.
fn used(path: &Path) -> BTreeSet<CutAt> {
    let evidence = path.steps.iter().flat_map(|step| &step.requests).filter_map(|proof| proof.evidence.as_ref());
    evidence
        .flat_map(|found| [CutAt::Binding(found.binding.clone()), CutAt::Rule(found.role.clone(), found.rule_index)])
        .collect()
}
