//! A list of people in JSON, one person after the other: an array of them, or an object that has one (`value`
//! of Microsoft Graph, `users` of Keycloak, `Resources` of SCIM); several behind each other, too, as tools
//! write the pages of an answer.
//!
//! Of a file that is damaged or cut off the people before that place are read. Leaves out what their fields
//! mean.

use serde::de::{DeserializeSeed, Deserializer as _, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use std::fmt;

/// The names of a field that holds the people.
const LISTS: [&str; 3] = ["value", "users", "Resources"];

/// Gives each element of the lists in `content` to `take`, in their order.
///
/// # Errors
/// The reason why reading stopped; what came before was given.
pub(super) fn each(content: &str, take: &mut dyn FnMut(Value)) -> serde_json::Result<()> {
    let mut json = Deserializer::from_str(content);
    loop {
        json.deserialize_any(People { is_outermost: true, take })?;
        if json.end().is_ok() {
            return Ok(());
        }
    }
}

struct People<'a> {
    /// An object that is a field of another one is none of ours.
    is_outermost: bool,
    take: &'a mut dyn FnMut(Value),
}

impl<'de> DeserializeSeed<'de> for People<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for People<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of people")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(person) = list.next_element()? {
            (self.take)(person);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            if self.is_outermost && LISTS.contains(&name.as_str()) {
                fields.next_value_seed(People { is_outermost: false, take: &mut *self.take })?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    // A field of such a name that holds no list holds no people.
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}
