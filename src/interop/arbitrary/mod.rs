//! Random objects and requests from bytes, for fuzzing.
//!
//! Strings are words of small vocabularies, plain and odd ones, half of them the first word, so that rules, subjects and requests meet; one
//! in thirty-two is any text at all. Metadata has a name, a namespace and labels; the rest, which plays no part in what RBAC decides, is rare.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::words::*;
use crate::identity::UserInfo;
use crate::model::{
    AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, LabelSelectorRequirement, List, Object, ObjectMeta,
    PolicyRule, RBAC_GROUP, Role, RoleBinding, RoleRef, Subject,
};
use crate::policy::Policy;
use crate::request::OwnedAttributes;

mod core;

fn word(u: &mut Unstructured<'_>, words: Words) -> Result<String> {
    match u.int_in_range(0..=31_u8)? {
        0 => u.arbitrary(),
        1..=15 => Ok(words.first().copied().unwrap_or_default().to_owned()),
        _ => u.choose(words).map(|&word| word.to_owned()),
    }
}

fn words(u: &mut Unstructured<'_>, known: Words) -> Result<Vec<String>> {
    several(u, |u| word(u, known))
}

/// At most three; none is rare, for nothing follows from it.
fn several<'a, T>(u: &mut Unstructured<'a>, mut one: impl FnMut(&mut Unstructured<'a>) -> Result<T>) -> Result<Vec<T>> {
    let count = u.int_in_range(0..=9_u8)?.div_ceil(3);
    (0..count).map(|_| one(u)).collect()
}

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for List<T> {
    /// A list, or `null`.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(u.arbitrary::<Option<Vec<T>>>()?.map_or_else(Self::default, Self::from))
    }
}

impl<'a> Arbitrary<'a> for PolicyRule {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut rule = Self { verbs: words(u, VERBS)?.into(), ..Self::default() };
        if u.ratio(3_u8, 4_u8)? {
            rule.api_groups = words(u, GROUPS)?;
            rule.resources = words(u, RESOURCES)?;
        }
        if u.ratio(1_u8, 4_u8)? {
            rule.resource_names = words(u, NAMES)?;
        }
        if u.ratio(1_u8, 4_u8)? {
            rule.non_resource_urls = words(u, URLS)?.into();
        }
        Ok(rule)
    }
}

impl<'a> Arbitrary<'a> for Subject {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let kind = word(u, SUBJECT_KINDS)?;
        let (name, namespace) = (word(u, subject_names(&kind))?, word(u, NAMESPACES)?);
        Ok(Self {
            api_group: if kind == Self::SERVICE_ACCOUNT { String::new() } else { RBAC_GROUP.to_owned() },
            kind,
            name,
            namespace,
        })
    }
}

impl<'a> Arbitrary<'a> for RoleRef {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { api_group: RBAC_GROUP.to_owned(), kind: word(u, ROLE_KINDS)?, name: word(u, ROLES)? })
    }
}

impl<'a> Arbitrary<'a> for LabelSelectorRequirement {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { key: word(u, LABELS)?, operator: word(u, OPERATORS)?, values: words(u, LABELS)? })
    }
}

fn labels<M: FromIterator<(String, String)>>(u: &mut Unstructured<'_>) -> Result<M> {
    several(u, |u| Ok((word(u, LABELS)?, word(u, LABELS)?))).map(|pairs| pairs.into_iter().collect())
}

impl<'a> Arbitrary<'a> for LabelSelector {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { match_labels: labels(u)?, match_expressions: several(u, Arbitrary::arbitrary)? })
    }
}

impl<'a> Arbitrary<'a> for AggregationRule {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { cluster_role_selectors: several(u, Arbitrary::arbitrary)? })
    }
}

/// Metadata with a name, a namespace and labels, and one time in eight all else.
fn metadata(u: &mut Unstructured<'_>, names: Words) -> Result<ObjectMeta> {
    let plain = ObjectMeta { labels: labels(u)?, ..ObjectMeta::namespaced(word(u, NAMESPACES)?, word(u, names)?) };
    if u.ratio(7_u8, 8_u8)? { Ok(plain) } else { core::full_metadata(u, plain) }
}

impl<'a> Arbitrary<'a> for ObjectMeta {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        metadata(u, NAMES)
    }
}

/// Metadata of a cluster-scoped object: a namespace is rare there.
fn cluster_scoped(u: &mut Unstructured<'_>, names: Words) -> Result<ObjectMeta> {
    let mut metadata = metadata(u, names)?;
    if u.ratio(7_u8, 8_u8)? {
        metadata.namespace.clear();
    }
    Ok(metadata)
}

fn rules(u: &mut Unstructured<'_>) -> Result<List<PolicyRule>> {
    if u.ratio(1_u8, 16_u8)? { Ok(List::default()) } else { several(u, Arbitrary::arbitrary).map(List::from) }
}

impl<'a> Arbitrary<'a> for Role {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { metadata: metadata(u, ROLES)?, rules: rules(u)? })
    }
}

impl<'a> Arbitrary<'a> for ClusterRole {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let aggregation_rule = if u.ratio(1_u8, 8_u8)? { Some(u.arbitrary()?) } else { None };
        Ok(Self { metadata: cluster_scoped(u, ROLES)?, rules: rules(u)?, aggregation_rule })
    }
}

impl<'a> Arbitrary<'a> for RoleBinding {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { metadata: metadata(u, BINDINGS)?, subjects: several(u, Arbitrary::arbitrary)?, role_ref: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for ClusterRoleBinding {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { metadata: cluster_scoped(u, BINDINGS)?, subjects: several(u, Arbitrary::arbitrary)?, role_ref: u.arbitrary()? })
    }
}

impl<'a> Arbitrary<'a> for Object {
    /// An object of one of the four RBAC kinds.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=3_u8)? {
            0 => u.arbitrary::<Role>()?.into(),
            1 => u.arbitrary::<ClusterRole>()?.into(),
            2 => u.arbitrary::<RoleBinding>()?.into(),
            _ => u.arbitrary::<ClusterRoleBinding>()?.into(),
        })
    }
}

impl<'a> Arbitrary<'a> for Policy {
    /// At most 32 objects, fewer where a later one replaced an earlier one.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        (0..u.int_in_range(0..=32_u8)?).map(|_| u.arbitrary::<Object>()).collect()
    }
}

impl<'a> Arbitrary<'a> for UserInfo {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(word(u, USERS)?, words(u, USER_GROUPS)?))
    }
}

impl<'a> Arbitrary<'a> for OwnedAttributes {
    /// A request about a resource or about a URL path, with a user.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let request = Self { user: Some(u.arbitrary()?), verb: word(u, VERBS)?, ..Self::default() };
        if u.ratio(1_u8, 5_u8)? {
            return Ok(Self { path: word(u, URLS)?, ..request });
        }
        Ok(Self {
            namespace: word(u, NAMESPACES)?,
            api_group: word(u, GROUPS)?,
            resource: word(u, RESOURCES)?,
            subresource: word(u, SUBRESOURCES)?,
            name: word(u, NAMES)?,
            resource_request: true,
            ..request
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorize::{Authorizer, linear};

    /// Bytes that are spread enough to reach every branch, the same ones in every run.
    fn bytes(seed: u32) -> Vec<u8> {
        let step = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 24) as u8)
        };
        std::iter::repeat_with(|| ()).scan(seed, move |state, ()| step(state)).take(8192).collect()
    }

    #[test]
    fn what_is_drawn_meets() {
        let (mut asked, mut allowed) = (0, 0);
        for seed in 0..2000 {
            let bytes = bytes(seed);
            let mut u = Unstructured::new(&bytes);
            let rbac = Authorizer::new(u.arbitrary().unwrap());
            let requests: Vec<OwnedAttributes> = several(&mut u, Arbitrary::arbitrary).unwrap();
            for request in requests {
                let answer = rbac.authorize(&request.attributes());
                assert_eq!(answer.to_string(), linear::authorize(rbac.policy(), &request.attributes()).to_string());
                asked += 1;
                allowed += usize::from(answer.is_allowed());
            }
        }
        assert!(allowed > 50, "{allowed} of {asked} requests were allowed");
    }

    #[test]
    fn short_input_is_enough_for_the_smallest_of_everything() {
        assert_eq!(Unstructured::new(&[]).arbitrary::<Policy>().unwrap().objects().count(), 0);
        assert!(Unstructured::new(&[]).arbitrary::<OwnedAttributes>().is_ok());
    }
}
