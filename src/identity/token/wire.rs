//! Claims that come in several shapes.

use serde::{Deserialize, Deserializer};

use crate::model::Value;

pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(Vec::new()),
        Value::String(one) => Ok(vec![one]),
        Value::List(many) => many
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                _ => Err(serde::de::Error::custom("aud: expected a string or a list of strings")),
            })
            .collect(),
        _ => Err(serde::de::Error::custom("aud: expected a string or a list of strings")),
    }
}

/// A number of seconds, of which a fraction is dropped.
#[expect(clippy::cast_possible_truncation, reason = "the fraction of a second is to go, and the cast keeps to the range")]
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Int(seconds) => Ok(Some(seconds)),
        Value::Float(seconds) => Ok(Some(seconds as i64)),
        _ => Err(serde::de::Error::custom("expected a number of seconds")),
    }
}
