//! May the requester make this request as that user? Mode after mode.

use super::checks::{all_extra, all_groups, checks};
use super::{Denied, Impersonated, Mode, extra_key};
use crate::authorize::{Authorizer, server};
use crate::identity::well_known::NODES;
use crate::identity::{UserInfo, extra, node, service_account};
use crate::request::{Attributes, OwnedAttributes};
use crate::version::{Behaviour, KubeVersion};

/// From so many groups or extra values on, all of them are asked about at once first.
const MANY: usize = 4;

/// Whether the user of the request may make it as the wanted user, as an API server decides whose authorizer is RBAC.
///
/// Since 1.36 the modes are tried in order, and the first that allows it wins; before, there is the legacy mode alone. A server also
/// remembers which mode last served a user and tries that one first, which changes at most which denial is told.
///
/// Cost: that of one decision for each mode and each group and extra value.
///
/// ```
/// use k8s_rbac::impersonation::{Mode, impersonate};
/// use k8s_rbac::{authorize::Authorizer, identity::UserInfo, model::*, policy::Policy, request::Attributes, version::KubeVersion};
/// let mut policy = Policy::new();
/// policy.insert(ClusterRole::new("as-jane", [PolicyRule::resources(["impersonate"], [""], ["users"]).named(["jane"])]));
/// policy.insert(ClusterRoleBinding::new("bot-as-jane", "as-jane", [Subject::user("bot")]));
/// let (rbac, bot) = (Authorizer::new(policy), UserInfo::new("bot", ["system:authenticated"]));
/// let request = Attributes::resource("list", "pods").by(&bot);
/// let jane = impersonate(&rbac, &request, &UserInfo::new("jane", [""; 0]), KubeVersion::V1_37)?;
/// assert_eq!((jane.mode, jane.user.groups.join(" ")), (Mode::Legacy, "system:authenticated".to_owned()));
/// assert!(impersonate(&rbac, &request, &UserInfo::new("root", [""; 0]), KubeVersion::V1_37).is_err());
/// # Ok::<(), k8s_rbac::impersonation::Denied>(())
/// ```
///
/// # Errors
/// No mode allows it. Told is the first denial that was met.
pub fn impersonate(
    rbac: &Authorizer,
    request: &Attributes<'_>,
    wanted: &UserInfo,
    version: KubeVersion,
) -> Result<Impersonated, Denied> {
    let nobody = UserInfo::default();
    let attempt = Attempt { rbac, request, requester: request.user.unwrap_or(&nobody), wanted, version };
    let constrains = version.has(Behaviour::ConstrainsImpersonation);
    let modes = Mode::ALL.into_iter().filter(|mode| *mode == Mode::Legacy || (constrains && attempt.applies(*mode)));
    let mut first = None;
    for mode in modes {
        match attempt.by(mode) {
            Ok(()) => return Ok(Impersonated { user: attempt.result(mode), mode }),
            Err(denied) => first = first.or(Some(denied)),
        }
    }
    Err(first.unwrap_or_else(|| attempt.denied(OwnedAttributes::from(*request), String::new())))
}

struct Attempt<'a> {
    rbac: &'a Authorizer,
    request: &'a Attributes<'a>,
    requester: &'a UserInfo,
    wanted: &'a UserInfo,
    version: KubeVersion,
}

impl Attempt<'_> {
    fn applies(&self, mode: Mode) -> bool {
        let UserInfo { username, uid, groups, extra } = self.wanted;
        let name_alone = uid.is_empty() && groups.is_empty() && extra.is_empty();
        let (node, account) = (node::split_username(username), service_account::split_username(username));
        match mode {
            Mode::AssociatedNode => name_alone && node.is_some_and(|node| self.runs_on(node)),
            Mode::ArbitraryNode => name_alone && node.is_some(),
            Mode::ServiceAccount => name_alone && account.is_some(),
            Mode::UserInfo => node.is_none() && account.is_none(),
            Mode::Legacy => true,
        }
    }

    /// Whether the requester is a service account whose token tells that it runs on the node.
    fn runs_on(&self, node: &str) -> bool {
        let told = self.requester.extra.get(extra::NODE_NAME);
        service_account::split_username(&self.requester.username).is_some() && told.is_some_and(|names| names == &[node])
    }

    fn by(&self, mode: Mode) -> Result<(), Denied> {
        if let Some(verb) = mode.verb_on(self.request.verb) {
            self.ask(OwnedAttributes { verb, ..OwnedAttributes::from(*self.request) })?;
        }
        let asked = checks(mode, self.wanted, self.requester, self.version);
        if mode != Mode::UserInfo {
            return asked.into_iter().try_for_each(|check| self.ask(check));
        }
        let of = |resource: &'static str| asked.iter().filter(move |check| check.resource == resource).cloned();
        of("users").chain(of("uids")).try_for_each(|check| self.ask(check))?;
        self.ask_groups(of("groups"))?;
        self.ask_extra(of("userextras"))
    }

    fn ask_groups(&self, mut asked: impl Iterator<Item = OwnedAttributes>) -> Result<(), Denied> {
        let groups = &self.wanted.groups;
        let named = |name: &str| OwnedAttributes { name: name.to_owned(), ..all_groups(self.requester) };
        if groups.iter().any(String::is_empty) {
            return Err(self.denied(named(""), "impersonating the empty string group is not allowed".into()));
        }
        if groups.iter().any(|group| group == UserInfo::MASTERS) {
            return Err(self.denied(named(UserInfo::MASTERS), "impersonating the system:masters group is not allowed".into()));
        }
        if groups.len() >= MANY && self.ask(all_groups(self.requester)).is_ok() {
            return Ok(());
        }
        asked.try_for_each(|check| self.ask(check))
    }

    fn ask_extra(&self, mut asked: impl Iterator<Item = OwnedAttributes>) -> Result<(), Denied> {
        let extra = &self.wanted.extra;
        if let Some(problem) = extra_key::problem(extra) {
            let about = OwnedAttributes { name: String::new(), subresource: String::new(), ..all_extra(self.requester) };
            return Err(self.denied(about, problem));
        }
        let many = extra.len() >= MANY || extra.values().map(Vec::len).sum::<usize>() >= MANY;
        if many && self.ask(all_extra(self.requester)).is_ok() {
            return Ok(());
        }
        asked.try_for_each(|check| self.ask(check))
    }

    fn ask(&self, check: OwnedAttributes) -> Result<(), Denied> {
        let verdict = server::authorize(self.rbac, &check.attributes());
        if verdict.is_allowed() {
            return Ok(());
        }
        let reason = verdict.reason(self.version).to_string();
        Err(self.denied(check, reason))
    }

    fn denied(&self, check: OwnedAttributes, reason: String) -> Denied {
        let message = check.attributes().forbidden(&reason, self.version).to_string();
        Denied { check: Box::new(check), reason, message }
    }

    /// The user that results: nothing is inherited from the requester.
    fn result(&self, mode: Mode) -> UserInfo {
        let mut user = self.wanted.clone();
        let given = !user.groups.is_empty();
        user.add_account_groups();
        if matches!(mode, Mode::AssociatedNode | Mode::ArbitraryNode) {
            user.groups = vec![NODES.to_owned()];
        }
        if self.version.has(Behaviour::ImpersonationAlwaysAddsGroup) {
            user.add_authentication_group();
        } else if !given && user.username != UserInfo::ANONYMOUS {
            user.groups.push(UserInfo::ALL_AUTHENTICATED.to_owned());
        }
        user
    }
}
