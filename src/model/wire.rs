//! How objects meet serde: Go's reading of `null`, and the `kind` and `apiVersion` that are written first and checked when read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::ApiObject;

/// Reads a value, taking `null` for the empty one.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a list, taking `null` for the empty one and a `null` element for an empty element.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<Vec<T>, D::Error> {
    super::List::deserialize(deserializer).map(super::List::into_vec)
}

/// Reads a map, taking `null` for the empty one and a `null` value for an empty value.
pub(crate) fn map<'de, D, T>(deserializer: D) -> Result<std::collections::BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let read = Option::<std::collections::BTreeMap<String, Option<T>>>::deserialize(deserializer)?;
    Ok(read.unwrap_or_default().into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}

/// A time as text (RFC 3339). The loader knows the type by its name and looks at the text.
#[derive(serde::Deserialize)]
struct Time(String);

/// Reads a time, taking `null` for none.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Time>::deserialize(deserializer)?.map(|Time(text)| text))
}

/// A value that is carried as it is written. The loader knows the type by its name, and of JSON takes keys in it that come twice.
#[derive(serde::Deserialize)]
struct Raw(super::Value);

/// Reads a value that is carried as it is written, taking `null` for none.
pub(super) fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<super::Value>, D::Error> {
    Ok(Option::<Raw>::deserialize(deserializer)?.map(|Raw(value)| value))
}

/// Bytes as base64 text. The loader knows the type by its name and looks at the text.
#[derive(Default, serde::Deserialize)]
pub(super) struct Base64(pub(super) String);

/// What is left out when it is empty (Go's `omitempty`), and how it is read.
pub(super) trait Field<'de>: Sized + Default {
    fn is_left_out(&self) -> bool;
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de, T: Deserialize<'de>> Field<'de> for Option<T> {
    fn is_left_out(&self) -> bool {
        self.is_none()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl<'de, T: Deserialize<'de> + Default> Field<'de> for Vec<T> {
    fn is_left_out(&self) -> bool {
        self.is_empty()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer)
    }
}

impl<'de, T: Deserialize<'de> + Default> Field<'de> for super::List<T> {
    fn is_left_out(&self) -> bool {
        self.is_empty()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl<'de, T: Deserialize<'de> + Default> Field<'de> for std::collections::BTreeMap<String, T> {
    fn is_left_out(&self) -> bool {
        self.is_empty()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        map(deserializer)
    }
}

impl<'de> Field<'de> for String {
    fn is_left_out(&self) -> bool {
        self.is_empty()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        nullable(deserializer)
    }
}

impl<'de> Field<'de> for super::RoleRef {
    fn is_left_out(&self) -> bool {
        *self == Self::default()
    }

    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        nullable(deserializer)
    }
}

/// The `kind` of an object that is read: absent, `null`, empty or that of the type.
pub(super) struct Kind<T>(PhantomData<T>);

/// The `apiVersion` of an object that is read: absent, `null`, empty or one that the type is read from.
pub(super) struct Version<T>(PhantomData<T>);

impl<T> Default for Kind<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Version<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: ApiObject> Deserialize<'de> for Kind<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(OneOf { what: "kind", first: T::KIND, others: &[] }).map(|()| Self::default())
    }
}

impl<'de, T: ApiObject> Deserialize<'de> for Version<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = OneOf { what: "apiVersion", first: T::API_VERSION, others: T::READ_VERSIONS };
        deserializer.deserialize_option(expected).map(|()| Self::default())
    }
}

struct OneOf {
    what: &'static str,
    first: &'static str,
    others: &'static [&'static str],
}

impl<'de> Visitor<'de> for OneOf {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {:?}", self.what, self.first)?;
        self.others.iter().try_for_each(|other| write!(f, " or {other:?}"))
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<(), E> {
        if found.is_empty() || found == self.first || self.others.contains(&found) {
            return Ok(());
        }
        Err(E::invalid_value(serde::de::Unexpected::Str(found), &self))
    }
}

/// Declares an API object: its public struct, its [`ApiObject`] facts, and its serde in upstream's field order.
///
/// A field is marked `always` when upstream writes it even if it is empty, `filled` when it is left out then.
macro_rules! api_object {
    (
        $(#[$doc:meta])*
        pub struct $type:ident($kind:literal, $version:expr, [$($other:literal),*], $plural:literal, $namespaced:literal) {
            $($(#[$field_doc:meta])* $mode:ident $field:ident as $name:literal : $field_type:ty,)*
        }
    ) => {
        $(#[$doc])*
        ///
        /// Written with `kind` and `apiVersion`; read with or without them, a wrong one is an error.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub struct $type {
            /// Name, namespace, labels and the rest of the metadata.
            pub metadata: $crate::model::ObjectMeta,
            $($(#[$field_doc])* pub $field: $field_type,)*
        }

        impl $crate::model::ApiObject for $type {
            const KIND: &'static str = $kind;
            const API_VERSION: &'static str = $version;
            const READ_VERSIONS: &'static [&'static str] = &[$($other),*];
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = $namespaced;

            fn metadata(&self) -> &$crate::model::ObjectMeta {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut $crate::model::ObjectMeta {
                &mut self.metadata
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                #[allow(unused_imports, reason = "not every kind has a field that may be left out")]
                use $crate::model::wire::Field;
                let fields = 3 $(+ usize::from(!$crate::model::wire::left_out!($mode, self.$field)))*;
                let mut object = serializer.serialize_struct($kind, fields)?;
                object.serialize_field("kind", $kind)?;
                object.serialize_field("apiVersion", $version)?;
                object.serialize_field("metadata", &self.metadata)?;
                $(if $crate::model::wire::left_out!($mode, self.$field) {
                    object.skip_field($name)?;
                } else {
                    object.serialize_field($name, &self.$field)?;
                })*
                object.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(rename = $kind, default)]
                struct Wire {
                    #[serde(rename = "kind")]
                    _kind: $crate::model::wire::Kind<$type>,
                    #[serde(rename = "apiVersion")]
                    _version: $crate::model::wire::Version<$type>,
                    #[serde(deserialize_with = "crate::model::wire::nullable")]
                    metadata: $crate::model::ObjectMeta,
                    $(#[serde(rename = $name, deserialize_with = "crate::model::wire::Field::read")]
                    $field: $field_type,)*
                }
                impl Default for Wire {
                    fn default() -> Self {
                        Self {
                            _kind: Default::default(),
                            _version: Default::default(),
                            metadata: Default::default(),
                            $($field: Default::default(),)*
                        }
                    }
                }
                Wire::deserialize(deserializer).map(|wire| Self { metadata: wire.metadata, $($field: wire.$field,)* })
            }
        }
    };
}

macro_rules! left_out {
    (always, $value:expr) => {
        false
    };
    (filled, $value:expr) => {
        $value.is_left_out()
    };
}

pub(super) use {api_object, left_out};
