//! Specs to attributes, and what of their selectors is understood (`pkg/registry/authorization/util/helpers.go`).

use super::{
    FieldSelectorRequirement, NonResourceAttributes, ResourceAttributes, SelfSubjectAccessReviewSpec, SubjectAccessReviewSpec,
};
use crate::identity::UserInfo;
use crate::model::LabelSelectorRequirement;
use crate::quote::{Aggregate, Quoted};
use crate::request::Attributes;
use crate::request::selector::{self, FieldRequirement, LabelRequirement, Operator};
use crate::version::{Behaviour, KubeVersion};

impl SubjectAccessReviewSpec {
    /// The user that is asked about, taken as it stands.
    #[must_use]
    pub fn user_info(&self) -> UserInfo {
        let Self { user, groups, extra, uid, .. } = self;
        UserInfo { username: user.clone(), uid: uid.clone(), groups: groups.clone(), extra: extra.clone() }
    }

    /// The request that is asked about, made by this user. A spec without attributes, which a server refuses, asks about the path `""`.
    ///
    /// ```
    /// use k8s_rbac::request::review::{ResourceAttributes, SubjectAccessReviewSpec};
    /// use k8s_rbac::version::KubeVersion;
    /// let resource = ResourceAttributes { verb: "get".into(), resource: "pods".into(), ..Default::default() };
    /// let spec = SubjectAccessReviewSpec { resource_attributes: Some(resource), user: "jane".into(), ..Default::default() };
    /// let user = spec.user_info();
    /// assert_eq!(spec.attributes(&user, KubeVersion::V1_37).api_version, "*");
    /// assert_eq!(spec.attributes(&user, KubeVersion::V1_11).api_version, "");
    /// ```
    #[must_use]
    pub fn attributes<'a>(&'a self, user: &'a UserInfo, version: KubeVersion) -> Attributes<'a> {
        attributes(self.resource_attributes.as_ref(), self.non_resource_attributes.as_ref(), version).by(user)
    }
}

impl SelfSubjectAccessReviewSpec {
    /// The request that is asked about, made by the asking user. See [`SubjectAccessReviewSpec::attributes`].
    #[must_use]
    pub fn attributes<'a>(&'a self, user: &'a UserInfo, version: KubeVersion) -> Attributes<'a> {
        attributes(self.resource_attributes.as_ref(), self.non_resource_attributes.as_ref(), version).by(user)
    }
}

fn attributes<'a>(
    resource: Option<&'a ResourceAttributes>,
    path: Option<&'a NonResourceAttributes>,
    version: KubeVersion,
) -> Attributes<'a> {
    match (resource, path) {
        (Some(resource), _) => resource.attributes(version),
        (None, Some(NonResourceAttributes { path, verb })) => Attributes::non_resource(verb, path),
        (None, None) => Attributes::default(),
    }
}

impl ResourceAttributes {
    /// The request, of nobody.
    #[must_use]
    pub fn attributes(&self, version: KubeVersion) -> Attributes<'_> {
        let any = self.version.is_empty() && version.has(Behaviour::ReviewAsksForAnyVersion);
        Attributes::resource(&self.verb, &self.resource)
            .in_group(&self.group)
            .in_version(if any { "*" } else { &self.version })
            .subresource(&self.subresource)
            .named(&self.name)
            .in_namespace(&self.namespace)
    }

    /// What an authorizer is told about the selectors. Cost: `O(length · log length)`.
    ///
    /// ```
    /// use k8s_rbac::request::review::{ResourceAttributes, SelectorAttributes};
    /// let selector = SelectorAttributes { raw_selector: "a in (".into(), ..Default::default() };
    /// let resource = ResourceAttributes { label_selector: Some(selector), ..Default::default() };
    /// let error = resource.selectors().evaluation_error(None);
    /// assert_eq!(error, "spec.resourceAttributes.labelSelector ignored due to parse error");
    /// ```
    #[must_use]
    pub fn selectors(&self) -> Selectors {
        let mut selectors = Selectors::default();
        if let Some(given) = &self.label_selector {
            selectors.label_error = read(&given.raw_selector, selector::parse_labels, &mut selectors.labels);
            if !given.requirements.is_empty() {
                selectors.label_error = collect(&given.requirements, label_requirement, &mut selectors.labels);
            }
        }
        if let Some(given) = &self.field_selector {
            selectors.field_error = read(&given.raw_selector, selector::parse_fields, &mut selectors.fields);
            if !given.requirements.is_empty() {
                selectors.field_error = collect(&given.requirements, field_requirement, &mut selectors.fields);
            }
        }
        selectors
    }
}

/// The selectors of a review as far as they are understood: what is not is left out, which makes the question a wider one.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Selectors {
    /// What the fields must be.
    pub fields: Vec<FieldRequirement>,
    /// What of the field selector was not understood, in upstream's words.
    pub field_error: Option<String>,
    /// What the labels must be.
    pub labels: Vec<LabelRequirement>,
    /// What of the label selector was not understood, in upstream's words.
    pub label_error: Option<String>,
}

impl Selectors {
    /// The `evaluationError` of a review (`BuildEvaluationError`): the authorizer's error, and that selectors were passed over.
    #[must_use]
    pub fn evaluation_error(&self, authorizer: Option<&str>) -> String {
        let note = |selector: &str, error: &Option<String>, none_left: bool| {
            let how_much = if none_left { "ignored" } else { "partially ignored" };
            error.as_ref().map(|_| format!("spec.resourceAttributes.{selector} {how_much} due to parse error"))
        };
        let notes = [
            authorizer.map(str::to_owned),
            note("fieldSelector", &self.field_error, self.fields.is_empty()),
            note("labelSelector", &self.label_error, self.labels.is_empty()),
        ];
        notes.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

fn read<R, E: ToString>(text: &str, parse: impl Fn(&str) -> Result<Vec<R>, E>, into: &mut Vec<R>) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match parse(text) {
        Ok(requirements) => {
            *into = requirements;
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

fn collect<T, R>(given: &[T], make: impl Fn(&T) -> Result<R, String>, into: &mut Vec<R>) -> Option<String> {
    let mut errors = Vec::new();
    into.clear();
    for requirement in given {
        match make(requirement) {
            Ok(requirement) => into.push(requirement),
            Err(error) => errors.push(error),
        }
    }
    Aggregate::new(errors).map(|errors| errors.to_string())
}

fn label_requirement(given: &LabelSelectorRequirement) -> Result<LabelRequirement, String> {
    let operator = match given.operator.as_str() {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        other => return Err(format!("{} is not a valid label selector operator", Quoted(other))),
    };
    let values = Some(given.values.clone()).filter(|values| !values.is_empty());
    selector::label_requirement(&given.key, operator, values).map_err(|error| error.to_string())
}

fn field_requirement(given: &FieldSelectorRequirement) -> Result<FieldRequirement, String> {
    if given.values.len() > 1 {
        return Err("fieldSelectors do not yet support multiple values".into());
    }
    let (operator, missing) = match given.operator.as_str() {
        "In" => (Operator::Equals, "fieldSelectors in must have one value"),
        "NotIn" => (Operator::NotEquals, "fieldSelectors not in must have one value"),
        operator @ ("Exists" | "DoesNotExist") => return Err(format!("fieldSelectors do not yet support {operator}")),
        other => return Err(format!("{} is not a valid field selector operator", Quoted(other))),
    };
    let value = given.values.first().ok_or(missing)?.clone();
    Ok(FieldRequirement { field: given.key.clone(), operator, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::review::SelectorAttributes;

    /// Each row was answered by the server's code.
    #[test]
    fn requirements_that_are_not_understood_are_left_out_and_told() {
        let field = |key: &str, operator: &str, values: &[&str]| FieldSelectorRequirement {
            key: key.into(),
            operator: operator.into(),
            values: values.iter().map(|value| (*value).into()).collect(),
        };
        let told = |requirements| {
            let field_selector = Some(SelectorAttributes { raw_selector: "a=b".into(), requirements });
            let selectors = ResourceAttributes { field_selector, ..Default::default() }.selectors();
            (selectors.field_error.clone().unwrap_or_default(), selectors.fields.len(), selectors.evaluation_error(Some("x")))
        };
        let (error, left, evaluation) = told(vec![field("", "In", &[]), field("k", "Exists", &["v"]), field("k", "Zap", &["v"])]);
        assert_eq!(
            error,
            r#"[fieldSelectors in must have one value, fieldSelectors do not yet support Exists, "Zap" is not a valid field selector operator]"#
        );
        assert_eq!((left, evaluation.as_str()), (0, "x; spec.resourceAttributes.fieldSelector ignored due to parse error"));
        let (error, left, evaluation) =
            told(vec![field("k", "In", &["a", "b"]), field("k", "NotIn", &["a"]), field("k", "NotIn", &[])]);
        assert_eq!(error, "[fieldSelectors do not yet support multiple values, fieldSelectors not in must have one value]");
        assert_eq!(
            (left, evaluation.as_str()),
            (1, "x; spec.resourceAttributes.fieldSelector partially ignored due to parse error")
        );
        assert_eq!(told(Vec::new()), (String::new(), 1, "x".into()));
    }
}
