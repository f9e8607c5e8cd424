//! Any bytes are loaded or refused, and what was loaded is written and loaded again without loss.

#![no_main]

use k8s_rbac::load::{FieldValidation, Loader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for validation in [FieldValidation::Strict, FieldValidation::Warn, FieldValidation::Ignore] {
        let loader = Loader::new().field_validation(validation);
        let loaded = loader.read_bytes("fuzz.yaml", bytes);
        for problem in loaded.problems.iter().chain(&loaded.warnings) {
            assert!(problem.to_string().starts_with("fuzz.yaml"));
        }
        for object in &loaded.objects {
            let written = serde_json::to_string(object).expect("an object is always written");
            let again = loader.read_str("again.json", &written).into_result().expect("what was written is loaded");
            assert_eq!(again.as_slice(), std::slice::from_ref(object));
        }
    }
});
