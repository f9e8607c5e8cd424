//! How fields meet: what is absent there is empty here. And the two ways in which a struct is converted field by field.

use std::collections::BTreeMap;

use crate::model::List;

/// A field of ours that stands for one of theirs.
pub(super) trait Field<Theirs> {
    fn take(theirs: Theirs) -> Self;
    fn give(self) -> Theirs;
}

/// The same on both sides.
macro_rules! same {
    ($($type:ty)*) => {
        $(impl Field<$type> for $type {
            fn take(theirs: Self) -> Self {
                theirs
            }

            fn give(self) -> Self {
                self
            }
        })*
    };
}

same! { String bool }

/// Empty here, absent there.
macro_rules! empty_is_absent {
    ($($type:ty)*) => {
        $(impl Field<Option<$type>> for $type {
            fn take(theirs: Option<Self>) -> Self {
                theirs.unwrap_or_default()
            }

            fn give(self) -> Option<Self> {
                (self != Self::default()).then_some(self)
            }
        })*
    };
}

empty_is_absent! { String bool i64 }

impl<A: From<B>, B: From<A>> Field<Option<B>> for Option<A> {
    fn take(theirs: Option<B>) -> Self {
        theirs.map(A::from)
    }

    fn give(self) -> Option<B> {
        self.map(B::from)
    }
}

impl<A: From<B>, B: From<A>> Field<Vec<B>> for Vec<A> {
    fn take(theirs: Vec<B>) -> Self {
        theirs.into_iter().map(A::from).collect()
    }

    fn give(self) -> Vec<B> {
        self.into_iter().map(B::from).collect()
    }
}

impl<A: From<B>, B: From<A>> Field<Option<Vec<B>>> for Vec<A> {
    fn take(theirs: Option<Vec<B>>) -> Self {
        Self::take(theirs.unwrap_or_default())
    }

    fn give(self) -> Option<Vec<B>> {
        (!self.is_empty()).then(|| Field::<Vec<B>>::give(self))
    }
}

impl<A: From<B>, B: From<A>> Field<Vec<B>> for List<A> {
    fn take(theirs: Vec<B>) -> Self {
        theirs.into_iter().map(A::from).collect()
    }

    fn give(self) -> Vec<B> {
        self.into_iter().map(B::from).collect()
    }
}

/// `None` is `null`, which a list remembers.
impl<A: From<B>, B: From<A>> Field<Option<Vec<B>>> for List<A> {
    fn take(theirs: Option<Vec<B>>) -> Self {
        theirs.map(Self::take).unwrap_or_default()
    }

    fn give(self) -> Option<Vec<B>> {
        (!self.is_null()).then(|| Field::<Vec<B>>::give(self))
    }
}

impl<A: From<B>, B: From<A>> Field<Option<BTreeMap<String, B>>> for BTreeMap<String, A> {
    fn take(theirs: Option<BTreeMap<String, B>>) -> Self {
        theirs.unwrap_or_default().into_iter().map(|(key, value)| (key, value.into())).collect()
    }

    fn give(self) -> Option<BTreeMap<String, B>> {
        (!self.is_empty()).then(|| self.into_iter().map(|(key, value)| (key, value.into())).collect())
    }
}

/// `From` both ways for structs of the same fields. Both sides are written out whole, so a field that is new on either does not compile.
macro_rules! converted {
    ($($ours:ty, $theirs:ty { $($field:ident)* })*) => {
        $(impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                Self { $($field: $crate::interop::k8s_openapi::fields::Field::take(theirs.$field),)* }
            }
        }

        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                Self { $($field: $crate::interop::k8s_openapi::fields::Field::give(ours.$field),)* }
            }
        })*
    };
}

/// The same for objects: metadata may hold a text that is no time, and what comes from there goes into a policy as it is.
macro_rules! objects {
    ($($ours:ident, $theirs:ty { $($field:ident)* })*) => {
        $(impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                Self {
                    metadata: theirs.metadata.into(),
                    $($field: $crate::interop::k8s_openapi::fields::Field::take(theirs.$field),)*
                }
            }
        }

        impl TryFrom<$ours> for $theirs {
            type Error = $crate::interop::k8s_openapi::Error;

            fn try_from(ours: $ours) -> Result<Self, Self::Error> {
                Ok(Self {
                    metadata: ours.metadata.try_into()?,
                    $($field: $crate::interop::k8s_openapi::fields::Field::give(ours.$field),)*
                })
            }
        }

        $crate::interop::k8s_openapi::fields::goes_into_a_policy! { $ours, $theirs })*
    };
}

macro_rules! goes_into_a_policy {
    ($ours:ident, $theirs:ty) => {
        impl From<$theirs> for $crate::model::Object {
            fn from(theirs: $theirs) -> Self {
                $ours::from(theirs).into()
            }
        }

        impl From<$theirs> for $crate::model::Located<$ours> {
            fn from(theirs: $theirs) -> Self {
                $ours::from(theirs).into()
            }
        }

        impl From<$theirs> for $crate::model::Located<$crate::model::Object> {
            fn from(theirs: $theirs) -> Self {
                $crate::model::Object::from(theirs).into()
            }
        }
    };
}

pub(super) use {converted, goes_into_a_policy, objects};
