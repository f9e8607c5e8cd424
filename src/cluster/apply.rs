//! What `kubectl apply` leaves of the object that is there: the strategic merge of three ways, by the strategies of the API's types.
//!
//! Models `kubectl/pkg/cmd/apply/patcher.go` and `apimachinery/pkg/util/strategicpatch` for the kinds of the crate. What a manifest says takes
//! the place of what is there; where it is silent, what is there stays, but for what was applied before, as the annotation of the object
//! remembers it.

use crate::controller::aggregation::take_rules;
use crate::load::{FieldValidation, Loader};
use crate::model::core::ObjectReference;
use crate::model::meta::OwnerReference;
use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, ConfigMap, List, Located, Object, ObjectMeta, PolicyRule, Role,
    RoleBinding, RoleRef, Secret, ServiceAccount,
};

use by_key::ByKey;
use said::{Said, Words, keep_others};

mod by_key;
mod said;

const FINALIZERS: ByKey<String> = ByKey { key: String::as_str, merge: |_, _, _, _| {}, in_place: false };
const OWNERS: ByKey<OwnerReference> = ByKey { key: |owner| &owner.uid, merge: owner, in_place: true };
/// What an account says of a Secret beside its name is not stored.
const SECRETS: ByKey<ObjectReference> = ByKey { key: |secret| &secret.name, merge: |_, _, _, _| {}, in_place: true };

/// What was applied before of this kind; nothing, where it was not.
macro_rules! of_kind {
    ($kind:ident, $before:expr) => {
        if let Some(Object::$kind(before)) = $before { before } else { $kind::default() }
    };
}

/// Both kinds of binding are merged alike.
macro_rules! binding {
    ($said:ident, $old:ident, $before:expr, $new:ident) => {{
        let before = $before;
        $said.keep("subjects", &$old.subjects, &before.subjects, &mut $new.subjects);
        role_ref($said, &$old.role_ref, &before.role_ref, &mut $new.role_ref);
    }};
}

/// The new object, merged with the old one. Cost: `O(n log n)` in both and what was applied before.
pub(super) fn merge(old: &Object, new: Located<Object>) -> Object {
    let before = last_applied(old.metadata());
    let said = Said { before: Words::of(before.as_ref()), new: Words::of(Some(&new)) };
    let mut merged = new.into_inner();
    merge_fields(&said, old, before.map(Located::into_inner), &mut merged);
    merged
}

fn merge_fields(said: &Said, old: &Object, before: Option<Object>, new: &mut Object) {
    let nothing = ObjectMeta::default();
    metadata(said, old.metadata(), before.as_ref().map_or(&nothing, Object::metadata), new.metadata_mut());
    match (old, new) {
        (Object::ServiceAccount(old), Object::ServiceAccount(new)) => account(said, old, &of_kind!(ServiceAccount, before), new),
        (Object::Secret(old), Object::Secret(new)) => secret(said, old, &of_kind!(Secret, before), new),
        (Object::ConfigMap(old), Object::ConfigMap(new)) => config_map(said, old, &of_kind!(ConfigMap, before), new),
        (Object::Role(old), Object::Role(new)) => rules(said, &old.rules, &of_kind!(Role, before).rules, &mut new.rules),
        (Object::ClusterRole(old), Object::ClusterRole(new)) => cluster_role(said, old, &of_kind!(ClusterRole, before), new),
        (Object::RoleBinding(old), Object::RoleBinding(new)) => binding!(said, old, of_kind!(RoleBinding, before), new),
        (Object::ClusterRoleBinding(old), Object::ClusterRoleBinding(new)) => {
            binding!(said, old, of_kind!(ClusterRoleBinding, before), new);
        }
        (Object::Namespace(old), Object::Namespace(new)) => said.keep("spec", &old.spec, &None, &mut new.spec),
        // Hardly a field of a running Pod can be changed.
        (Object::Pod(old), Object::Pod(new)) => {
            new.spec.clone_from(&old.spec);
            new.status.clone_from(&old.status);
        }
        _ => {}
    }
}

/// What was applied last, where the object remembers it.
fn last_applied(old: &ObjectMeta) -> Option<Located<Object>> {
    let text = old.annotations.get(ObjectMeta::LAST_APPLIED)?;
    Loader::new().field_validation(FieldValidation::Ignore).read_str("", text).objects.pop()
}

fn metadata(said: &Said, old: &ObjectMeta, before: &ObjectMeta, new: &mut ObjectMeta) {
    said.keep_map("metadata.labels", &old.labels, &before.labels, &mut new.labels);
    // kubectl writes the annotations anew (`GetModifiedConfiguration`): there is always one, and `null` has become a text.
    keep_others(&old.annotations, &before.annotations, &mut new.annotations);
    finalizers(said, &old.finalizers, &before.finalizers, &mut new.finalizers);
    OWNERS.keep(said, "metadata.ownerReferences", &old.owner_references, &before.owner_references, &mut new.owner_references);
    said.keep("metadata.managedFields", &old.managed_fields, &Vec::new(), &mut new.managed_fields);
}

/// Those that differ in nothing but their order stay as they are if the new ones are sorted: upstream sorts the old ones before it compares
/// the two (`diffListsOfScalars`).
fn finalizers(said: &Said, old: &[String], before: &[String], new: &mut Vec<String>) {
    let mut sorted = old.to_vec();
    sorted.sort();
    if sorted == *new && before.iter().all(|finalizer| sorted.binary_search(finalizer).is_ok()) {
        old.clone_into(new);
    } else {
        FINALIZERS.keep(said, "metadata.finalizers", old, before, new);
    }
}

fn owner(said: &Said, old: &OwnerReference, before: &OwnerReference, new: &mut OwnerReference) {
    said.keep("controller", &old.controller, &before.controller, &mut new.controller);
    said.keep("blockOwnerDeletion", &old.block_owner_deletion, &before.block_owner_deletion, &mut new.block_owner_deletion);
}

fn account(said: &Said, old: &ServiceAccount, before: &ServiceAccount, new: &mut ServiceAccount) {
    SECRETS.keep(said, "secrets", &old.secrets, &before.secrets, &mut new.secrets);
    said.keep("imagePullSecrets", &old.image_pull_secrets, &before.image_pull_secrets, &mut new.image_pull_secrets);
    let automount = &mut new.automount_service_account_token;
    said.keep(
        "automountServiceAccountToken",
        &old.automount_service_account_token,
        &before.automount_service_account_token,
        automount,
    );
}

fn secret(said: &Said, old: &Secret, before: &Secret, new: &mut Secret) {
    said.keep_map("data", &old.data, &before.data, &mut new.data);
    // It is laid over the data when the Secret is stored, and is nowhere after that.
    said.keep_entries("stringData", &old.string_data, &before.string_data, &mut new.string_data);
    said.keep("type", &old.r#type, &before.r#type, &mut new.r#type);
    said.keep("immutable", &old.immutable, &before.immutable, &mut new.immutable);
}

fn config_map(said: &Said, old: &ConfigMap, before: &ConfigMap, new: &mut ConfigMap) {
    said.keep_map("data", &old.data, &before.data, &mut new.data);
    said.keep_map("binaryData", &old.binary_data, &before.binary_data, &mut new.binary_data);
    said.keep("immutable", &old.immutable, &before.immutable, &mut new.immutable);
}

fn cluster_role(said: &Said, old: &ClusterRole, before: &ClusterRole, new: &mut ClusterRole) {
    rules(said, &old.rules, &before.rules, &mut new.rules);
    let selectors =
        |rule: &Option<AggregationRule>| rule.as_ref().map(|rule| rule.cluster_role_selectors.clone()).unwrap_or_default();
    match &mut new.aggregation_rule {
        Some(rule) => {
            let (old, before) = (selectors(&old.aggregation_rule), selectors(&before.aggregation_rule));
            said.keep("aggregationRule.clusterRoleSelectors", &old, &before, &mut rule.cluster_role_selectors);
        }
        none => said.keep("aggregationRule", &old.aggregation_rule, &before.aggregation_rule, none),
    }
    if *new.rules != *old.rules {
        take_rules(&mut new.metadata.managed_fields);
    }
}

fn role_ref(said: &Said, old: &RoleRef, before: &RoleRef, new: &mut RoleRef) {
    said.keep("roleRef.apiGroup", &old.api_group, &before.api_group, &mut new.api_group);
    said.keep("roleRef.kind", &old.kind, &before.kind, &mut new.kind);
    said.keep("roleRef.name", &old.name, &before.name, &mut new.name);
}

/// Rules that no text has are silent if they are `null`, and not if they are empty.
fn rules(said: &Said, old: &List<PolicyRule>, before: &List<PolicyRule>, new: &mut List<PolicyRule>) {
    if new.is_null() && before.is_null() && said.is_silence("rules") {
        new.clone_from(old);
    }
}
