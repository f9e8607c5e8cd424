//! Who owns the `rules` of an aggregated role, as server-side apply keeps it in `managedFields`.

use std::collections::BTreeMap;

use crate::model::meta::ManagedFieldsEntry;
use crate::model::{ClusterRole, List, ObjectMeta, PolicyRule, RBAC_V1, Value};
use crate::version::{Behaviour, KubeVersion};

/// The name under which the controller owns fields.
pub const FIELD_MANAGER: &str = "clusterrole-aggregation-controller";

const RULES: &str = "f:rules";

pub(super) fn applies(version: KubeVersion) -> bool {
    version.has(Behaviour::AppliesAggregatedRules)
}

/// Whether the controller owns the rules of the role.
pub(super) fn owns_rules(metadata: &ObjectMeta) -> bool {
    metadata.managed_fields.iter().any(|entry| {
        entry.manager == FIELD_MANAGER && matches!(&entry.fields_v1, Some(Value::Map(fields)) if fields.contains_key(RULES))
    })
}

/// The rules as a list. An empty one is left out of what the controller writes, so the field is gone.
pub(super) fn list(rules: Vec<PolicyRule>) -> List<PolicyRule> {
    if rules.is_empty() { List::default() } else { rules.into() }
}

/// The role with these rules, as the controller's write leaves it.
pub(super) fn write(mut role: ClusterRole, rules: Vec<PolicyRule>, version: KubeVersion) -> ClusterRole {
    role.rules = list(rules);
    if applies(version) {
        take_rules(&mut role.metadata.managed_fields);
        if !role.rules.is_empty() {
            role.metadata.managed_fields.push(entry());
        }
    }
    role
}

/// Takes the rules from every manager: a write that is forced does, and one by which somebody else changes them.
pub(crate) fn take_rules(entries: &mut Vec<ManagedFieldsEntry>) {
    entries.retain_mut(|entry| match &mut entry.fields_v1 {
        Some(Value::Map(fields)) => fields.remove(RULES).is_none() || !fields.is_empty(),
        _ => true,
    });
}

fn entry() -> ManagedFieldsEntry {
    ManagedFieldsEntry {
        manager: FIELD_MANAGER.to_owned(),
        operation: "Apply".to_owned(),
        api_version: RBAC_V1.to_owned(),
        fields_type: "FieldsV1".to_owned(),
        fields_v1: Some(Value::Map(BTreeMap::from([(RULES.to_owned(), Value::Map(BTreeMap::new()))]))),
        ..ManagedFieldsEntry::default()
    }
}
