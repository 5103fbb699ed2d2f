//! JSON (RFC 8259) into our own types, where a structure is written as an object.
//!
//! serde reads a structure from a list of its fields, too, and has the code for that a second time for each
//! type: a third of what reads the views. Nobody writes them so. Leaves out: variants of enums that have
//! fields, which are read in both ways; events, whose other fields make them objects already.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::fmt;

/// The value that `text` holds, and nothing behind it.
///
/// # Errors
/// As serde_json's; a list in the place of a structure, too.
pub fn read<'de, T: serde::Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Objects(&mut json))?;
    json.end()?;
    Ok(value)
}

/// A reader, or a part of one, by which structures are objects.
struct Objects<R>(R);

/// Methods that hand on what they are given.
macro_rules! readers {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $name<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$name($($argument,)* Objects(visitor))
        }
    )*};
}

macro_rules! scalars {
    ($($name:ident: $type:ty,)*) => {$(
        fn $name<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$name(value)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    readers! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
        visit_bytes: &[u8],
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(object))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Objects(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Objects(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, variant) = self.0.variant_seed(Objects(seed))?;
        Ok((name, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Objects(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Objects(visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Variant {
        Unit,
        One(Inner),
        Two(u8, Option<char>),
        Fields { inner: Box<All> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        text: String,
        #[serde(default)]
        number: i64,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Of(Inner),
        Nothing,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        inner: Option<Inner>,
        list: Vec<(bool, Inner)>,
        map: BTreeMap<String, u64>,
        share: f64,
        variant: Variant,
        tagged: Tagged,
        nothing: (),
        #[serde(flatten)]
        others: BTreeMap<String, serde_json::Value>,
    }

    fn inner() -> impl Strategy<Value = Inner> {
        (".{0,5}", any::<i64>()).prop_map(|(text, number)| Inner { text, number })
    }

    fn plain() -> impl Strategy<Value = All> {
        let variant = prop_oneof![
            Just(Variant::Unit),
            inner().prop_map(Variant::One),
            any::<(u8, Option<char>)>().prop_map(|(one, two)| Variant::Two(one, two)),
        ];
        let tagged = prop_oneof![inner().prop_map(Tagged::Of), Just(Tagged::Nothing)];
        let list = prop::collection::vec((any::<bool>(), inner()), 0..3);
        let map = prop::collection::btree_map(".{0,3}", any::<u64>(), 0..3);
        let others = prop::collection::btree_map("other-[a-z]", any::<u8>().prop_map(Into::into), 0..3);
        let parts = (prop::option::of(inner()), list, map, any::<u16>(), variant, tagged, others);
        parts.prop_map(|(inner, list, map, share, variant, tagged, others)| All {
            inner,
            list,
            map,
            share: f64::from(share) / 4.0,
            variant,
            tagged,
            nothing: (),
            others,
        })
    }

    fn all() -> impl Strategy<Value = All> {
        (plain(), prop::option::of(plain())).prop_map(|(inside, around)| match around {
            Some(around) => All { variant: Variant::Fields { inner: inside.into() }, ..around },
            None => inside,
        })
    }

    proptest! {
        #[test]
        fn reads_all_that_serde_writes(value in all()) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(read::<All>(&text).unwrap(), value.clone());
            let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(All::deserialize(Objects(parsed)).unwrap(), value);
            prop_assert_eq!(read::<&RawValue>(&text).unwrap().get(), &text);
        }

        #[test]
        fn fails_where_serde_json_does_and_says_the_same(value in all(), cut in any::<prop::sample::Index>()) {
            let text = serde_json::to_string(&value).unwrap();
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let cut = &text[..*cut.get(&ends)];
            let expected = serde_json::from_str::<All>(cut).unwrap_err().to_string();
            prop_assert_eq!(read::<All>(cut).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_list_is_no_structure_and_nothing_may_stand_behind() {
        assert!(serde_json::from_str::<Inner>(r#"["a", 1]"#).is_ok());
        let refused = read::<Inner>(r#"["a", 1]"#).unwrap_err().to_string();
        assert_eq!(refused, "invalid type: sequence, expected struct Inner at line 1 column 0");
        assert!(read::<Vec<Inner>>(r#"[["a", 1]]"#).is_err());
        assert!(read::<Inner>(r#"{"text": "a"}"#).is_ok());
        assert!(read::<Inner>(r#"{"text": "a"} {}"#).is_err());
    }
}
