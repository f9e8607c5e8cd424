//! Objects are refused in the same words however they came, what is accepted may replace itself, and every refusal has its place.

#![no_main]

use arbitrary::Arbitrary;
use k8s_rbac::KubeVersion;
use k8s_rbac::load::{FieldValidation, Loader};
use k8s_rbac::model::{ConfigMap, Located, Namespace, Object, Secret, ServiceAccount};
use k8s_rbac::span::FieldError;
use k8s_rbac::validation::{Invalid, Validation, admit, defaulted, generate_name, validate};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input {
    new: Any,
    old: Any,
    version: u8,
    beta: bool,
}

/// An object of any kind that is checked as a whole.
#[derive(Debug, Arbitrary)]
enum Any {
    Rbac(Object),
    ServiceAccount(ServiceAccount),
    Secret(Secret),
    ConfigMap(ConfigMap),
    Namespace(Namespace),
}

impl From<Any> for Located<Object> {
    fn from(any: Any) -> Self {
        let object = match any {
            Any::Rbac(object) => object,
            Any::ServiceAccount(account) => account.into(),
            Any::Secret(secret) => secret.into(),
            Any::ConfigMap(map) => map.into(),
            Any::Namespace(namespace) => namespace.into(),
        };
        Self::from(object)
    }
}

fn words(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// The object written as JSON and read again, with its places.
fn loaded(object: &Object) -> Located<Object> {
    let text = serde_json::to_string(object).expect("an object is always written");
    let loader = Loader::new().field_validation(FieldValidation::Strict);
    let read = loader.read_str("fuzz.json", &text).into_result().expect("what was written is loaded");
    read.into_iter().next().expect("one object was written")
}

fn check(checks: Validation, object: &Located<Object>) {
    let errors = checks.create(object);
    for error in &errors {
        assert!(!error.path.as_str().is_empty() && error.to_string().starts_with(error.path.as_str()));
    }
    if errors.is_empty() {
        assert_eq!(words(&checks.update(object, object)), [""; 0], "what is accepted may replace itself");
    }
    let read = loaded(object);
    let of_read = checks.create(&read);
    assert_eq!(words(&of_read), words(&errors));
    assert!(of_read.iter().all(|error| error.place.is_some()));
    if let Some(invalid) = Invalid::new(object, errors) {
        assert!(invalid.to_string().contains(" is invalid: ") && invalid.as_kubectl().to_string().contains(" is invalid: "));
    }
}

fn check_defaults(object: Located<Object>) {
    let once = defaulted(object.clone());
    assert_eq!(defaulted(once.clone()), once);
    assert_eq!(admit(object).is_ok(), validate(&once).is_empty());
}

fn check_generated(mut object: Object) {
    let metadata = object.metadata().clone();
    generate_name(&mut object, "x7k2p");
    let given = !metadata.name.is_empty() || metadata.generate_name.is_empty();
    let name = &object.metadata().name;
    assert!(if given { *name == metadata.name } else { name.ends_with("x7k2p") && name.len() <= 63 });
}

fuzz_target!(|input: Input| {
    let (new, old) = (Located::from(input.new), Located::from(input.old));
    let version = KubeVersion::known().cycle().nth(input.version.into()).expect("there are versions");
    let checks = Validation::of(version);
    let checks = if input.beta { checks } else { checks.without_declarative_beta() };
    check(checks, &new);
    let of_update = words(&checks.update(&new, &old));
    assert_eq!(words(&checks.update(&loaded(&new), &loaded(&old))), of_update);
    check_defaults(new.clone());
    check_generated(new.into_inner());
});
