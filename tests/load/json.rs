//! JSON.

use k8s_rbac::load::{Loaded, Loader};

fn read(value: &str) -> Loaded {
    let text =
        format!(r#"{{"kind": "Namespace", "apiVersion": "v1", "metadata": {{"name": "x", "annotations": {{"a": {value}}}}}}}"#);
    Loader::new().read_str("t.json", &text)
}

fn annotation(value: &str) -> String {
    read(value).into_result().unwrap()[0].metadata().annotations["a"].clone()
}

#[test]
fn strings_are_those_of_json() {
    for (written, read) in [
        ("\"\u{7f}\u{80}\u{ffff}\u{2028}\"", "\u{7f}\u{80}\u{ffff}\u{2028}"),
        (r#""\/\"\\\b\f\n\r\t""#, "/\"\\\u{8}\u{c}\n\r\t"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\u0000""#, "\0"),
        ("null", ""),
    ] {
        assert_eq!(annotation(written), read, "{written}");
    }
}

#[test]
fn a_key_may_be_long() {
    let text = format!(
        r#"{{"kind": "Namespace", "apiVersion": "v1", "metadata": {{"name": "x", "labels": {{"{}": "v"}}}}}}"#,
        "k".repeat(5000)
    );
    assert_eq!(Loader::new().read_str("t", &text).into_result().unwrap().len(), 1);
}

#[test]
fn what_is_no_json_is_told_where_it_stands() {
    // Each of them is no YAML either.
    for (written, told) in [
        ("\"\\x\"", "expected one of the escapes of JSON, found another"),
        ("\"\u{1}\"", "expected `\"` at the end of the string, found '\\u{1}'"),
        ("]", "expected a JSON value, found ']'"),
        ("\"\\u12\"", "expected four hexadecimal digits after `\\u`, found none"),
    ] {
        let loaded = read(written);
        let message = loaded.problems[0].kind.to_string();
        assert_eq!(message, told, "{written}");
        assert!(loaded.objects.is_empty());
    }
}

#[test]
fn whole_numbers_are_written_whole() {
    let secret =
        |value| format!(r#"{{"kind": "Namespace", "apiVersion": "v1", "metadata": {{"name": "x", "generation": {value}}}}}"#);
    assert_eq!(Loader::new().read_str("t", &secret("5")).objects[0].metadata().generation, 5);
    for wrong in ["1.0", "1e3", "9223372036854775808", "true", "\"5\""] {
        let told = Loader::new().read_str("t", &secret(wrong)).into_result().unwrap_err().to_string();
        assert!(told.contains("metadata.generation: expected an integer, found"), "{told}");
    }
}

#[test]
fn keys_are_told_apart_by_case_and_found_when_they_come_twice() {
    let text = r#"{"kind": "Namespace", "apiVersion": "v1", "Metadata": {}, "metadata": {"name": "x", "name": "y"}}"#;
    let told = Loader::new().read_str("t", text).into_result().unwrap_err().to_string();
    assert_eq!(
        told,
        "t:1:43: Metadata: unknown field \"Metadata\", the nearest is \"metadata\"\n\
         t:1:85: metadata: the key \"name\" stands at t:1:72 already"
    );
}

#[test]
fn values_follow_one_another() {
    let one = r#"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "NAME"}}"#;
    let text = format!("{}{}\n\n{}", one.replace("NAME", "a"), one.replace("NAME", "b"), one.replace("NAME", "c"));
    let loaded = Loader::new().read_str("t", &text);
    assert_eq!((loaded.documents, loaded.into_result().unwrap().len()), (3, 3));
}

#[test]
fn a_value_that_is_carried_as_bytes_may_hold_a_key_twice() {
    let text = r#"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "x", "managedFields": [
        {"manager": "m", "fieldsV1": {"f:spec": {".": {}, ".": {"a": 1}}}}]}}"#;
    let objects = Loader::new().read_str("t", text).into_result().unwrap();
    let json = serde_json::to_value(&objects[0]).unwrap();
    assert_eq!(json["metadata"]["managedFields"][0]["fieldsV1"], serde_json::json!({"f:spec": {".": {"a": 1}}}));
    let yaml = format!("# c\n{text}");
    if cfg!(feature = "yaml") {
        assert_eq!(Loader::new().read_str("t", &yaml).problems.len(), 1);
    }
    let twice = text.replace(r#""manager": "m","#, r#""manager": "m", "manager": "n","#);
    assert_eq!(Loader::new().read_str("t", &twice).problems.len(), 1);
}

#[test]
fn the_last_letter_of_base64_may_have_bits_too_many() {
    let read = |text: &str| {
        let text = format!(r#"{{"kind": "Secret", "apiVersion": "v1", "metadata": {{"name": "x"}}, "data": {{"k": "{text}"}}}}"#);
        Loader::new().read_str("t", &text).into_result()
    };
    assert_eq!(serde_json::to_value(&read("dmFsdWUnull=").unwrap()[0]).unwrap()["data"]["k"], "dmFsdWUnulk=");
    for wrong in ["dmFsdWUnull", "dmFsdWUnul==", "dmFsdWUnull==", "a==="] {
        assert!(read(wrong).is_err() || wrong == "dmFsdWUnul==", "{wrong}");
    }
}
