//! What a server refuses about a review, in its words (`pkg/apis/authorization/validation/validation.go`).

use std::borrow::Cow;
use std::fmt;

use super::metadata_json::MetadataJson;
use super::{
    FieldSelectorRequirement, GROUP, LocalSubjectAccessReview, NonResourceAttributes, ResourceAttributes, SelectorAttributes,
    SelfSubjectAccessReview, SubjectAccessReview, SubjectAccessReviewSpec,
};
use crate::model::{LabelSelectorRequirement, ObjectMeta};
use crate::names;
use crate::quote::{Aggregate, JsonString, Quoted};
use crate::span::{FieldError, FieldErrorKind, FieldPath};
use crate::version::{Behaviour, KubeVersion};

/// What is wrong with a review. Displays as the message of the server's answer (422, reason `Invalid`).
///
/// The kind is empty in it, as the server has lost it by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    errors: Vec<FieldError>,
}

impl Invalid {
    /// The errors, in the server's order; at least one.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    fn check(errors: Vec<FieldError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self { errors }) }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".{GROUP} \"\" is invalid: ")?;
        Aggregate::new(self.errors.iter().map(ToString::to_string)).map_or(Ok(()), |errors| errors.fmt(f))
    }
}

impl std::error::Error for Invalid {}

impl SubjectAccessReview {
    /// Checks the review as the server does before it answers. Cost: `O(size)`.
    ///
    /// ```
    /// use k8s_rbac::request::review::{NonResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
    /// use k8s_rbac::version::KubeVersion;
    /// let spec = SubjectAccessReviewSpec { non_resource_attributes: Some(NonResourceAttributes::default()), ..Default::default() };
    /// assert_eq!(
    ///     SubjectAccessReview::new(spec).validate(KubeVersion::V1_37).unwrap_err().to_string(),
    ///     r#".authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified"#,
    /// );
    /// ```
    ///
    /// # Errors
    /// Not exactly one kind of attributes, neither user nor group, a selector that cannot be, or metadata.
    pub fn validate(&self, version: KubeVersion) -> Result<(), Invalid> {
        let mut errors = self.spec.errors(version);
        errors.extend(must_be_empty(&self.metadata));
        Invalid::check(errors)
    }
}

impl LocalSubjectAccessReview {
    /// Checks the review as the server does before it answers. Cost: `O(size)`.
    ///
    /// # Errors
    /// As [`SubjectAccessReview::validate`], but that there may be a namespace, which must be that of the attributes; a path.
    pub fn validate(&self, version: KubeVersion) -> Result<(), Invalid> {
        let mut errors = self.spec.errors(version);
        errors.extend(must_be_empty_but_for_namespace(&self.metadata));
        let resource = self.spec.resource_attributes.as_ref();
        if let Some(attributes) = resource.filter(|attributes| attributes.namespace != self.metadata.namespace) {
            let path = FieldPath::new("spec.resourceAttributes.namespace");
            errors.push(invalid(path, Quoted(&attributes.namespace), "must match metadata.namespace"));
        }
        if let Some(attributes) = &self.spec.non_resource_attributes {
            let path = FieldPath::new("spec.nonResourceAttributes");
            errors.push(invalid(path, attributes_json(Some(attributes)), "disallowed on this kind of request"));
        }
        Invalid::check(errors)
    }
}

impl SelfSubjectAccessReview {
    /// Checks the review as the server does before it answers. Cost: `O(size)`.
    ///
    /// # Errors
    /// Not exactly one kind of attributes, a selector that cannot be, or metadata.
    pub fn validate(&self, version: KubeVersion) -> Result<(), Invalid> {
        let (resource, path) = (self.spec.resource_attributes.as_ref(), self.spec.non_resource_attributes.as_ref());
        let mut errors: Vec<FieldError> = union_error(resource, path, version).into_iter().collect();
        errors.extend(selector_errors(resource, version));
        errors.extend(must_be_empty(&self.metadata));
        Invalid::check(errors)
    }
}

impl SubjectAccessReviewSpec {
    fn errors(&self, version: KubeVersion) -> Vec<FieldError> {
        let resource = self.resource_attributes.as_ref();
        let mut errors: Vec<FieldError> =
            union_error(resource, self.non_resource_attributes.as_ref(), version).into_iter().collect();
        if self.user.is_empty() && self.groups.is_empty() {
            let detail = "at least one of user or group must be specified";
            errors.push(invalid(FieldPath::new("spec.user"), Quoted(&self.user), detail));
        }
        errors.extend(selector_errors(resource, version));
        errors
    }
}

const EXACTLY_ONE: &str = "exactly one of nonResourceAttributes or resourceAttributes must be specified";

fn union_error(
    resource: Option<&ResourceAttributes>,
    path: Option<&NonResourceAttributes>,
    version: KubeVersion,
) -> Option<FieldError> {
    if resource.is_some() != path.is_some() {
        return None;
    }
    let (field, detail) = match path {
        _ if version.has(Behaviour::ReviewUnionIsOfTheSpec) => ("spec", EXACTLY_ONE),
        Some(_) => ("spec.nonResourceAttributes", "cannot be specified in combination with resourceAttributes"),
        None => ("spec.resourceAttributes", EXACTLY_ONE),
    };
    Some(invalid(FieldPath::new(field), attributes_json(path), detail))
}

/// The attributes as Go writes the server's own type, whose fields have no JSON names.
fn attributes_json(attributes: Option<&NonResourceAttributes>) -> Cow<'static, str> {
    attributes.map_or("null".into(), |NonResourceAttributes { path, verb }| {
        format!("{{\"Path\":{},\"Verb\":{}}}", JsonString(path), JsonString(verb)).into()
    })
}

fn must_be_empty(metadata: &ObjectMeta) -> Option<FieldError> {
    let allowed = ObjectMeta { managed_fields: metadata.managed_fields.clone(), ..ObjectMeta::default() };
    (*metadata != allowed).then(|| invalid(FieldPath::new("metadata"), MetadataJson(metadata), "must be empty"))
}

fn must_be_empty_but_for_namespace(metadata: &ObjectMeta) -> Option<FieldError> {
    let ObjectMeta { namespace, managed_fields, .. } = metadata.clone();
    let allowed = ObjectMeta { namespace, managed_fields, ..ObjectMeta::default() };
    let detail = "must be empty except for namespace";
    (*metadata != allowed).then(|| invalid(FieldPath::new("metadata"), MetadataJson(metadata), detail))
}

fn selector_errors(resource: Option<&ResourceAttributes>, version: KubeVersion) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let Some(resource) = resource.filter(|_| version.has(Behaviour::ReviewsHaveSelectors)) else {
        return errors;
    };
    if let Some(selector) = &resource.field_selector {
        check_selector(selector, "spec.resourceAttributes.fieldSelector", &mut errors, check_field_requirement);
    }
    if let Some(selector) = &resource.label_selector {
        check_selector(selector, "spec.resourceAttributes.labelSelector", &mut errors, check_label_requirement);
    }
    errors
}

fn check_selector<R>(
    selector: &SelectorAttributes<R>,
    path: &str,
    errors: &mut Vec<FieldError>,
    check: impl Fn(&R, &FieldPath, &mut Vec<FieldError>),
) {
    let field = FieldPath::new(path);
    match (selector.raw_selector.is_empty(), selector.requirements.is_empty()) {
        (false, false) => errors.push(invalid(
            field.child("rawSelector"),
            Quoted(&selector.raw_selector),
            "may not specified at the same time as requirements",
        )),
        (true, true) => {
            let detail = format!("when {path} is specified, requirements or rawSelector is required");
            errors.push(error(FieldErrorKind::Required, field.child("requirements"), None, detail.into()));
        }
        _ => {}
    }
    for (i, requirement) in selector.requirements.iter().enumerate() {
        check(requirement, &field.child("requirements").index(i), errors);
    }
}

fn check_field_requirement(requirement: &FieldSelectorRequirement, path: &FieldPath, errors: &mut Vec<FieldError>) {
    if requirement.key.is_empty() {
        errors.push(error(FieldErrorKind::Required, path.child("key"), None, "must be specified".into()));
    }
    errors.extend(values_error(&requirement.operator, &requirement.values, path));
}

fn check_label_requirement(requirement: &LabelSelectorRequirement, path: &FieldPath, errors: &mut Vec<FieldError>) {
    errors.extend(values_error(&requirement.operator, &requirement.values, path));
    for problem in names::label_key(&requirement.key) {
        errors.push(invalid(path.child("key"), Quoted(&requirement.key), problem));
    }
    for (i, value) in requirement.values.iter().enumerate() {
        for problem in names::label_value(value) {
            errors.push(invalid(path.child("values").index(i), Quoted(value), problem));
        }
    }
}

/// An unknown operator is let through: clients may be newer than the server.
fn values_error(operator: &str, values: &[String], path: &FieldPath) -> Option<FieldError> {
    let (kind, detail) = match (operator, values.is_empty()) {
        ("In" | "NotIn", true) => (FieldErrorKind::Required, "must be specified when `operator` is 'In' or 'NotIn'"),
        ("Exists" | "DoesNotExist", false) => {
            (FieldErrorKind::Forbidden, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        }
        _ => return None,
    };
    Some(error(kind, path.child("values"), None, detail.into()))
}

fn invalid(path: FieldPath, value: impl fmt::Display, detail: impl Into<Cow<'static, str>>) -> FieldError {
    error(FieldErrorKind::Invalid, path, Some(value.to_string()), detail.into())
}

fn error(kind: FieldErrorKind, path: FieldPath, value: Option<String>, detail: Cow<'static, str>) -> FieldError {
    FieldError { kind, path, value: value.map(Into::into), detail, place: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = ".authorization.k8s.io \"\" is invalid: ";

    /// The messages about a review as SubjectAccessReview, LocalSubjectAccessReview and SelfSubjectAccessReview; empty where it is valid.
    fn told(review: &str) -> [String; 3] {
        let message = |result: Result<(), Invalid>| result.map_or_else(|invalid| invalid.to_string(), |()| String::new());
        let version = KubeVersion::V1_37;
        [
            message(serde_json::from_str::<SubjectAccessReview>(review).unwrap().validate(version)),
            message(serde_json::from_str::<LocalSubjectAccessReview>(review).unwrap().validate(version)),
            message(serde_json::from_str::<SelfSubjectAccessReview>(review).unwrap().validate(version)),
        ]
    }

    fn list(errors: &[&str]) -> String {
        match errors {
            [] => String::new(),
            [error] => format!("{PREFIX}{error}"),
            _ => format!("{PREFIX}[{}]", errors.join(", ")),
        }
    }

    const NEITHER: &str =
        "spec: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
    const NOBODY: &str = r#"spec.user: Invalid value: "": at least one of user or group must be specified"#;
    const FULL: &str = r#"{"name":"x","generateName":"g\u003c","namespace":"ns","selfLink":"s","uid":"u","resourceVersion":"1","generation":3,"creationTimestamp":"2023-11-14T22:13:20Z","deletionTimestamp":"2023-11-14T22:13:20Z","deletionGracePeriodSeconds":5,"labels":{"a":"2","b":"1"},"annotations":{"c":"d"},"ownerReferences":[{"apiVersion":"v1","kind":"K","name":"n","uid":"u","controller":true}],"finalizers":["f"],"managedFields":[{"manager":"m"}]}"#;

    /// Each row was answered by the server's code.
    #[test]
    fn metadata_is_to_be_empty() {
        let rows = [
            ("{}", "", ""),
            (r#"{"name":"x"}"#, "must be empty", "must be empty except for namespace"),
            (FULL, "must be empty", "must be empty except for namespace"),
        ];
        for (metadata, wrong, wrong_locally) in rows {
            let list_with = |first: &[&str], detail: &str| {
                let error = format!("metadata: Invalid value: {metadata}: {detail}");
                let errors: Vec<&str> = first.iter().copied().chain((!detail.is_empty()).then_some(error.as_str())).collect();
                list(&errors)
            };
            let expected = [
                list_with(&[NEITHER, NOBODY], wrong),
                list_with(&[NEITHER, NOBODY], wrong_locally),
                list_with(&[NEITHER], wrong),
            ];
            assert_eq!(told(&format!(r#"{{"metadata":{metadata}}}"#)), expected);
        }
        let allowed = r#"{"metadata":{"managedFields":[{"manager":"m"}]}}"#;
        assert_eq!(told(allowed), [list(&[NEITHER, NOBODY]), list(&[NEITHER, NOBODY]), list(&[NEITHER])]);
        let local = told(r#"{"metadata":{"namespace":"ns"}}"#);
        assert_eq!(local[1], list(&[NEITHER, NOBODY]));
        assert_eq!(local[2], list(&[NEITHER, r#"metadata: Invalid value: {"namespace":"ns"}: must be empty"#]));
    }

    #[test]
    fn attributes_are_of_one_kind() {
        let review = r#"{"spec":{"user":"u","nonResourceAttributes":{"path":"/a<","verb":"get"},"resourceAttributes":{}}}"#;
        let both = r#"spec: Invalid value: {"Path":"/a\u003c","Verb":"get"}: exactly one of nonResourceAttributes or resourceAttributes must be specified"#;
        let path =
            r#"spec.nonResourceAttributes: Invalid value: {"Path":"/a\u003c","Verb":"get"}: disallowed on this kind of request"#;
        assert_eq!(told(review), [list(&[both]), list(&[both, path]), list(&[both])]);
        let in_namespace = told(&review.replacen('{', r#"{"metadata":{"namespace":"ns"},"#, 1));
        let namespace = r#"spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace"#;
        assert_eq!(in_namespace[1], list(&[both, namespace, path]));
    }

    #[test]
    fn selectors_say_what_cannot_be() {
        let empty = told(r#"{"spec":{"groups":[""],"resourceAttributes":{"fieldSelector":{},"labelSelector":{}}}}"#);
        let required = ["field", "label"].map(|kind| {
            let path = format!("spec.resourceAttributes.{kind}Selector");
            format!("{path}.requirements: Required value: when {path} is specified, requirements or rawSelector is required")
        });
        assert_eq!(empty, [(); 3].map(|()| list(&[&required[0], &required[1]])));

        let requirements = r#"[{"operator":"In"},{"key":"k","operator":"Exists","values":["v"]},{"key":"k","operator":"Zap","values":["-v","x"]}]"#;
        let selector = |kind| {
            format!(
                r#"{{"spec":{{"user":"u","resourceAttributes":{{"{kind}Selector":{{"rawSelector":"a=b","requirements":{requirements}}}}}}}}}"#
            )
        };
        let rows = [
            ("field", "rawSelector: Invalid value: \"a=b\": may not specified at the same time as requirements"),
            ("field", "requirements[0].key: Required value: must be specified"),
            ("field", "requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"),
            ("field", "requirements[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
            ("label", "rawSelector: Invalid value: \"a=b\": may not specified at the same time as requirements"),
            ("label", "requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"),
            ("label", "requirements[0].key: Invalid value: \"\": name part must be non-empty"),
            (
                "label",
                "requirements[0].key: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            ),
            ("label", "requirements[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
            (
                "label",
                "requirements[2].values[0]: Invalid value: \"-v\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
            ),
        ];
        for kind in ["field", "label"] {
            let of_kind = rows.iter().filter(|(of, _)| *of == kind);
            let errors: Vec<String> =
                of_kind.map(|(_, error)| format!("spec.resourceAttributes.{kind}Selector.{error}")).collect();
            let errors: Vec<&str> = errors.iter().map(String::as_str).collect();
            assert_eq!(told(&selector(kind)), [(); 3].map(|()| list(&errors)), "{kind}");
        }
        let before_selectors: SubjectAccessReview = serde_json::from_str(&selector("field")).unwrap();
        assert_eq!(before_selectors.validate(KubeVersion::new(1, 31)), Ok(()));
    }
}
