//! What comes of an edge: whom one becomes, or what one gains.

use super::Identity;
use super::TooLarge;
use super::class::{Class, Gain, Move, Target, Write};
use super::edges::{Effect, Kind, Which};
use super::facts::{GainRef, Hit};
use super::fire::{Fired, Workshop, cost};
use super::world::{self, CLUSTER, EVERY, Held, Scope};
use crate::identity::UserInfo;
use crate::model::{ClusterRole, LabelSelector, ObjectMeta, RoleRef, Secret};
use crate::policy::AnyRole;
use crate::want::Names;

/// What comes of an edge.
#[derive(Debug)]
pub(super) enum Yielded<'a> {
    Moves(Vec<Move<'a>>),
    Gains(Vec<Gain<'a>>),
}

/// The name of an object that did not exist.
pub(super) const NEW: &str = "escalation";

impl<'a> Workshop<'a, '_> {
    pub(super) fn effect(
        &mut self,
        fired: &Fired<'a>,
        class: &Class<'a>,
        classes: &[Class<'a>],
    ) -> Result<Yielded<'a>, TooLarge> {
        let gains = match fired.edge.effect {
            Effect::Bind(kind) => self.bind(fired, kind)?,
            Effect::Join(kind) => self.join(fired, kind)?,
            Effect::Rewrite(kind) => self.rewrite(fired, kind, class, classes)?,
            Effect::CreateRole(kind) => self.create(fired, kind),
            Effect::Feed => self.feed(fired, class, classes)?,
            Effect::FillRole(kind) => self.fill(fired, kind, class),
            effect => return Ok(Yielded::Moves(self.moves(fired, effect)?)),
        };
        Ok(Yielded::Gains(gains))
    }

    fn moves(&mut self, fired: &Fired<'a>, effect: Effect) -> Result<Vec<Move<'a>>, TooLarge> {
        let scope = fired.scope.max(EVERY);
        let plain = |target| vec![fired.to(target, &[])];
        let found = match effect {
            Effect::ClusterAdmin => plain(Target::Admin),
            Effect::Accounts => plain(Target::Accounts(scope)),
            Effect::NodeRoot => plain(Target::NodeRoot),
            Effect::AnyUser => plain(Target::AnyUser),
            Effect::Outcome(outcome) => plain(Target::Outcome(outcome)),
            Effect::Node => {
                self.world.number_of(&Identity::node("any")).map_or_else(Vec::new, |node| plain(Target::Identity(node)))
            }
            Effect::TheGroup(group) => {
                self.world.number_of(&Identity::group(group)).map_or_else(Vec::new, |group| plain(Target::Identity(group)))
            }
            Effect::MissingAccounts => self.missing(fired, scope),
            Effect::AccountsCalled(names) => {
                let called = names.iter().filter_map(|name| self.world.accounts_by_name.get(*name)).flatten();
                called.map(|account| fired.to(Target::Identity(*account), &[])).collect()
            }
            Effect::Account => fired.by_name(Target::Accounts(scope), |name| self.accounts(name, scope)),
            Effect::User => fired.by_name(Target::Users, |name| self.user(name)),
            Effect::Group => fired.by_name(Target::Admin, |name| self.group(name)),
            Effect::TokenSecrets => self.token_secrets(fired, scope),
            Effect::Pods => self.pods(fired, scope),
            _ => Vec::new(),
        };
        self.budget.spend(found.len())?;
        Ok(found)
    }

    fn user(&self, name: &str) -> Vec<Target> {
        let user = world::user(name);
        let found = matches!(user, Identity::User { .. }).then(|| self.world.number_of(&user)).flatten();
        found.map(Target::Identity).into_iter().collect()
    }

    fn group(&self, name: &str) -> Vec<Target> {
        if name == UserInfo::MASTERS {
            return vec![Target::Admin];
        }
        self.world.number_of(&Identity::group(name)).map(Target::Identity).into_iter().collect()
    }

    fn accounts(&self, name: &str, scope: Scope) -> Vec<Target> {
        let called = self.world.accounts_by_name.get(name).into_iter().flatten();
        called.filter(|account| self.is_in(**account, scope)).map(|account| Target::Identity(*account)).collect()
    }

    fn is_in(&self, account: u32, scope: Scope) -> bool {
        let namespace = self.world.namespace(scope);
        let in_namespace =
            |identity: &Identity| matches!(identity, Identity::ServiceAccount { namespace: of, .. } if of == namespace);
        scope == EVERY || self.world.identity(account).is_some_and(in_namespace)
    }

    fn missing(&self, fired: &Fired<'a>, scope: Scope) -> Vec<Move<'a>> {
        let found = self.world.missing.iter().filter(|(of, _)| scope == EVERY || **of == scope);
        let mut accounts: Vec<u32> = found.flat_map(|(_, accounts)| accounts).copied().collect();
        accounts.sort_unstable();
        accounts.into_iter().map(|account| fired.to(Target::Identity(account), &[])).collect()
    }

    /// The accounts of the token Secrets that are known; where no Secret is known, any account may have one.
    fn token_secrets(&self, fired: &Fired<'a>, scope: Scope) -> Vec<Move<'a>> {
        let policy = self.world.policy();
        if policy.secrets().is_empty() {
            return fired.by_name(Target::Accounts(scope), |_| Vec::new());
        }
        let tokens = policy.secrets().iter().filter(|secret| secret.r#type == Secret::SERVICE_ACCOUNT_TOKEN);
        let tokens = tokens.filter(|secret| scope == EVERY || secret.metadata.namespace == self.world.namespace(scope));
        let of = |secret: &'a Secret| {
            let account = secret.metadata.annotations.get(Secret::SERVICE_ACCOUNT_NAME)?;
            let account = self.world.number_of(&Identity::service_account(&secret.metadata.namespace, account))?;
            Some(fired.to(Target::Identity(account), &fired.var.of(&secret.metadata.name)?))
        };
        tokens.filter_map(|secret| of(secret)).collect()
    }

    /// The accounts of the Pods that are known; where no Pod is known, any account may have one.
    fn pods(&self, fired: &Fired<'a>, scope: Scope) -> Vec<Move<'a>> {
        let policy = self.world.policy();
        if let Some(hits) = &fired.var.all {
            return vec![fired.to(Target::Pods(scope), hits)];
        }
        if policy.pods().is_empty() {
            let first = fired.var.named.first();
            return first.map(|(_, hits)| fired.to(Target::Accounts(scope), hits)).into_iter().collect();
        }
        let pods = policy.pods().iter().filter(|pod| scope == EVERY || pod.metadata.namespace == self.world.namespace(scope));
        let of = |pod: &'a crate::model::Pod| {
            let account = self.world.number_of(&account_of(pod))?;
            Some(fired.to(Target::Identity(account), &fired.var.of(&pod.metadata.name)?))
        };
        pods.filter_map(|pod| of(pod)).collect()
    }
}

/// The account of a Pod.
pub(super) fn account_of(pod: &crate::model::Pod) -> Identity {
    let name = if pod.spec.service_account_name.is_empty() { "default" } else { &pod.spec.service_account_name };
    Identity::service_account(&pod.metadata.namespace, name)
}

impl<'a> Fired<'a> {
    fn hits(&self, var: &[Hit<'a>]) -> Vec<Hit<'a>> {
        self.fixed.iter().chain(var).copied().collect()
    }

    fn to(&self, to: Target, var: &[Hit<'a>]) -> Move<'a> {
        let hits = self.hits(var);
        let own = u32::from(self.row != 0);
        Move { row: self.row, scope: self.scope, cost: own + cost(&hits, None), hits, to }
    }

    /// One move for all names, or one for each target of each name.
    fn by_name(&self, all: Target, named: impl Fn(&str) -> Vec<Target>) -> Vec<Move<'a>> {
        if let Some(hits) = &self.var.all {
            return vec![self.to(all, hits)];
        }
        let named = self.var.named.iter().flat_map(|(name, hits)| named(name).into_iter().map(move |to| (to, hits)));
        named.map(|(to, hits)| self.to(to, hits)).collect()
    }

    fn gain(&self, hits: Vec<Hit<'a>>, write: Write<'a>, role: Option<u32>, scope: Scope) -> Gain<'a> {
        let cost = 1 + cost(&hits, None);
        Gain { row: self.row, hits, write, role, scope, after: None, cost }
    }
}

/// A role that is held, and the gain by which it is, with its steps.
type Holding = (Held, Option<(GainRef, u32)>);

/// Gains.
impl<'a> Workshop<'a, '_> {
    fn bind(&mut self, fired: &Fired<'a>, kind: Kind) -> Result<Vec<Gain<'a>>, TooLarge> {
        let scope = if kind == Kind::Cluster { CLUSTER } else { fired.scope.max(EVERY) };
        let mut gains = Vec::new();
        if let (Some(hits), Some(admin), true) = (&fired.var.all, self.admin, kind != Kind::Role) {
            let hits: Vec<_> = hits.iter().map(|hit| Hit { name: self.name_of(admin), ..*hit }).collect();
            return Ok(vec![fired.gain(fired.hits(&hits), Write::Bind(admin), Some(admin), scope)]);
        }
        for (number, role) in self.bindable(fired, kind, scope) {
            self.budget.spend(1)?;
            let at = if kind == Kind::Role { self.world.scope(role.namespace()) } else { Some(scope) };
            let Some((hits, at)) = fired.var.of(role.name()).zip(at) else { continue };
            gains.push(fired.gain(fired.hits(&hits), Write::Bind(number), Some(number), at));
        }
        Ok(gains)
    }

    fn name_of(&self, role: u32) -> &'a str {
        self.world.role(role).map(AnyRole::name).unwrap_or_default()
    }

    /// The roles of the kind that may be bound, by name where names are given.
    fn bindable(&self, fired: &Fired<'a>, kind: Kind, scope: Scope) -> Vec<(u32, AnyRole<'a>)> {
        let world = self.world;
        let fits = |role: &AnyRole<'_>| match kind {
            Kind::Role => role.kind() == RoleRef::ROLE && (scope == EVERY || role.namespace() == world.namespace(scope)),
            _ => role.kind() == RoleRef::CLUSTER_ROLE,
        };
        if fired.var.all.is_none() && (kind != Kind::Role || scope != EVERY) {
            let (of_kind, namespace) =
                if kind == Kind::Role { (RoleRef::ROLE, world.namespace(scope)) } else { (RoleRef::CLUSTER_ROLE, "") };
            let named = fired.var.named.keys().filter_map(|name| world.role_number(of_kind, namespace, name));
            return named.filter_map(|number| Some((number, world.role(number)?))).collect();
        }
        (0..).zip(world.roles.iter().copied()).filter(|(_, role)| fits(role)).collect()
    }

    fn join(&mut self, fired: &Fired<'a>, kind: Kind) -> Result<Vec<Gain<'a>>, TooLarge> {
        let wanted = if kind == Kind::Role { RoleRef::ROLE } else { RoleRef::CLUSTER_ROLE };
        let mut gains = Vec::new();
        let world = self.world;
        let places: Vec<Scope> = match fired.scope {
            EVERY => world
                .bindings
                .keys()
                .copied()
                .filter(|scope| *scope != CLUSTER)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect(),
            scope => vec![scope],
        };
        for scope in places {
            for (binding, role) in world.bindings.get(&scope).into_iter().flatten() {
                self.budget.spend(1)?;
                if binding.role_ref().kind != wanted {
                    continue;
                }
                let first = fired.var.of(binding.name());
                let Some((first, second)) = first.zip(fired.other.of(&binding.role_ref().name)) else { continue };
                let hits = first.into_iter().chain(second).collect();
                gains.push(fired.gain(hits, Write::Join(*binding), Some(*role), scope));
            }
        }
        Ok(gains)
    }

    /// The roles that the class holds, by itself, by its groups and by gains; the gain too.
    fn holds(&mut self, class: &Class<'a>, classes: &[Class<'a>]) -> Result<Vec<Holding>, TooLarge> {
        let mut found: Vec<Holding> = Vec::new();
        let groups = class.groups.iter().filter_map(|group| Some((*group, classes.get(*group as usize)?)));
        for (number, of) in std::iter::once((class.number, class)).chain(groups) {
            self.budget.spend(of.held.len() + of.gains.len())?;
            found.extend(of.held.iter().map(|held| (*held, None)));
            let gains = of.gains.iter().zip(0..).filter_map(|(gain, index)| {
                let held = Held { role: gain.role?, scope: gain.scope };
                Some((held, Some((GainRef { class: number, gain: index }, gain.cost))))
            });
            found.extend(gains);
        }
        Ok(found)
    }

    fn rewrite(
        &mut self,
        fired: &Fired<'a>,
        kind: Kind,
        class: &Class<'a>,
        classes: &[Class<'a>],
    ) -> Result<Vec<Gain<'a>>, TooLarge> {
        let mut gains = Vec::new();
        for (held, via) in self.holds(class, classes)? {
            let Some(role) = self.world.role(held.role) else { continue };
            let fits = match kind {
                Kind::Role => role.kind() == RoleRef::ROLE && (fired.scope == EVERY || fired.scope == held.scope),
                _ => role.kind() == RoleRef::CLUSTER_ROLE,
            };
            let Some(hits) = fired.var.of(role.name()).filter(|_| fits) else { continue };
            let cost = 1 + cost(&hits, via);
            let gain = fired.gain(hits, Write::Rewrite(held.role), None, held.scope);
            gains.push(Gain { after: via.map(|(gain, _)| gain), cost, ..gain });
        }
        Ok(gains)
    }

    fn create(&self, fired: &Fired<'a>, kind: Kind) -> Vec<Gain<'a>> {
        let cluster = kind == Kind::Cluster;
        let (of_kind, namespace) =
            if cluster { (RoleRef::CLUSTER_ROLE, "") } else { (RoleRef::ROLE, self.world.namespace(fired.scope)) };
        let is_free = |name: &&str| self.world.role_number(of_kind, namespace, name).is_none();
        let named = fired.var.named.keys().copied();
        let name = if fired.var.all.is_some() { Some(NEW) } else { named.into_iter().find(is_free) };
        let found = name.and_then(|name| Some((name, fired.var.of(name)?)));
        let scope = if cluster { CLUSTER } else { fired.scope };
        found
            .map(|(name, hits)| fired.gain(fired.hits(&hits), Write::Create { name, cluster }, None, scope))
            .into_iter()
            .collect()
    }

    fn feed(&mut self, fired: &Fired<'a>, class: &Class<'a>, classes: &[Class<'a>]) -> Result<Vec<Gain<'a>>, TooLarge> {
        let by = fired.var.named.iter().find(|(name, _)| self.world.role_number(RoleRef::CLUSTER_ROLE, "", name).is_some());
        let new = fired.edge.parts.iter().any(|part| part.names == Which::Of(Names::All));
        let (by, hits) = match by {
            _ if new => (None, fired.hits(&[])),
            Some((name, hits)) => (Some(*name), hits.clone()),
            None => return Ok(Vec::new()),
        };
        let mut gains = Vec::new();
        for (held, via) in self.holds(class, classes)? {
            let Some(AnyRole::ClusterRole(role)) = self.world.role(held.role) else { continue };
            if labels_for(role).is_none() || by == Some(role.metadata.name.as_str()) {
                continue;
            }
            let cost = 1 + cost(&hits, via);
            let gain = fired.gain(hits.clone(), Write::Feed { aggregated: held.role, by }, None, held.scope);
            gains.push(Gain { after: via.map(|(gain, _)| gain), cost, ..gain });
        }
        Ok(gains)
    }

    fn fill(&self, fired: &Fired<'a>, kind: Kind, class: &Class<'a>) -> Vec<Gain<'a>> {
        let wanted = if kind == Kind::Role { RoleRef::ROLE } else { RoleRef::CLUSTER_ROLE };
        let here = |scope: Scope| kind != Kind::Role || (scope != CLUSTER && (fired.scope == EVERY || fired.scope == scope));
        let vain = class.vain.iter().filter(|(role, scope)| role.kind == wanted && here(*scope));
        vain.map(|(role, scope)| fired.gain(fired.hits(&[]), Write::Fill(role), None, *scope)).collect()
    }

    /// The role that allows everything, if a ClusterRole does.
    pub(super) fn find_admin(&self) -> Option<u32> {
        let everything = [crate::model::PolicyRule::resources(["*"], ["*"], ["*"]), crate::model::PolicyRule::urls(["*"], ["*"])];
        let covers = |role: &AnyRole<'_>| everything.iter().all(|wanted| role.rules().iter().any(|rule| gives_all(rule, wanted)));
        (0..)
            .zip(&self.world.roles)
            .find(|(_, role)| role.kind() == RoleRef::CLUSTER_ROLE && covers(role))
            .map(|(number, _)| number)
    }
}

fn gives_all(rule: &crate::model::PolicyRule, wanted: &crate::model::PolicyRule) -> bool {
    let has = |entries: &[String], wanted: &[String]| wanted.iter().all(|wanted| entries.contains(wanted));
    has(&rule.verbs, &wanted.verbs)
        && has(&rule.api_groups, &wanted.api_groups)
        && has(&rule.resources, &wanted.resources)
        && has(&rule.non_resource_urls, &wanted.non_resource_urls)
        && rule.resource_names.is_empty()
}

/// Labels by which an aggregated ClusterRole takes another one in.
pub(super) fn labels_for(role: &ClusterRole) -> Option<std::collections::BTreeMap<String, String>> {
    let selectors = role.aggregation_rule.as_ref()?;
    let labels = |selector: &LabelSelector| {
        let mut metadata = ObjectMeta { labels: selector.match_labels.clone(), ..ObjectMeta::default() };
        for requirement in &selector.match_expressions {
            let value = requirement.values.first().cloned().unwrap_or_default();
            if matches!(requirement.operator.as_str(), "In" | "Exists") {
                metadata.labels.insert(requirement.key.clone(), value);
            }
        }
        selector.matches(&metadata.labels).then_some(metadata.labels)
    };
    selectors.cluster_role_selectors.iter().find_map(labels)
}
