//! Attribute (SAML Core 2.7.3.1) with its values (2.7.3.1.1).
//!
//! Leaves out: the values' types. A value that holds elements (a NameID, say) is all the text in it, and
//! beside it there is what GitLab reads ([`values_as_read`]).

use super::{reading::attribute, uri};
use crate::xml::Element;

/// Something that the IdP says of the subject.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Attribute {
    /// Name: what GitLab goes by, exactly.
    pub name: Option<String>,
    /// FriendlyName: for people only.
    pub friendly_name: Option<String>,
    pub name_format: Option<String>,
    /// AttributeValues in their order.
    pub values: Vec<String>,
    /// The values as GitLab reads them: nothing where a value is said to be none.
    pub as_read: Vec<Option<String>>,
}

impl Attribute {
    pub(super) fn read(element: Element<'_>) -> Self {
        Attribute {
            name: attribute(element, "Name"),
            friendly_name: attribute(element, "FriendlyName"),
            name_format: attribute(element, "NameFormat"),
            values: element
                .elements()
                .filter(|child| child.is(uri::ASSERTION, "AttributeValue"))
                .map(Element::all_text)
                .collect(),
            as_read: element.elements().flat_map(values_as_read).collect(),
        }
    }
}

/// The values that ruby-saml reads in an AttributeValue (`Response#attributes`): its own text, or none where
/// it is nil; of one that holds elements the NameIDs, each behind its NameQualifier, and nothing else.
pub fn values_as_read(value: Element<'_>) -> Vec<Option<String>> {
    let mut inside = value.elements().peekable();
    if inside.peek().is_none() {
        let nil = value.attributes().find(|attribute| attribute.name() == "xsi:nil");
        let is_nil = nil.is_some_and(|nil| matches!(&*nil.value(), "true" | "1"));
        return vec![(!is_nil).then(|| value.own_text())];
    }
    let name_ids = inside.filter(|element| element.is(uri::ASSERTION, "NameID"));
    let read = |name_id: Element<'_>| {
        let qualifier = attribute(name_id, "NameQualifier").map(|qualifier| qualifier + "/");
        Some(qualifier.unwrap_or_default() + &name_id.own_text())
    };
    name_ids.map(read).collect()
}

/// The value that GitLab takes for the first of `names` that has one.
pub fn value_as_read(attributes: &[Attribute], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let named = attributes.iter().filter(|attribute| attribute.name.as_deref() == Some(*name));
        named.flat_map(|attribute| &attribute.as_read).next()?.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::limits::LIMITS, xml::Document};

    fn read(inside: &str) -> Attribute {
        let xml = format!(
            "<Attribute xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" Name=\"a\">{inside}</Attribute>"
        );
        let (document, _) = Document::parse(xml.as_bytes(), &LIMITS);
        Attribute::read(document.root().unwrap())
    }

    #[test]
    fn a_value_with_elements_is_its_name_ids_and_a_nil_one_is_none() {
        let name_id = "<NameID>n</NameID>";
        let qualified = "<NameID NameQualifier=\"https://idp\" SPNameQualifier=\"x\">n<!-- c -->2</NameID>";
        for (inside, expected) in [
            ("", &[Some("")][..]),
            (" a<!-- c -->b ", &[Some(" ab ")]),
            ("<![CDATA[<a>]]>&amp;", &[Some("<a>&")]),
            (name_id, &[Some("n")]),
            (qualified, &[Some("https://idp/n2")]),
            (&format!("t{name_id}{qualified}t"), &[Some("n"), Some("https://idp/n2")]),
            ("<NameID/>", &[Some("")]),
            ("<x xmlns=\"urn:x\">a</x>", &[]),
            (&format!("<x xmlns=\"urn:x\">a</x>{name_id}"), &[Some("n")]),
            ("<EncryptedID>a</EncryptedID>", &[]),
            ("<NameID xmlns=\"\">n</NameID>", &[]),
        ] {
            let own = read(&format!("<AttributeValue>{inside}</AttributeValue>"));
            let values: Vec<Option<&str>> = own.as_read.iter().map(Option::as_deref).collect();
            assert_eq!(values, expected, "{inside}");
        }
        for (nil, expected) in
            [("true", None), ("1", None), ("0", Some("")), ("false", Some("")), ("TRUE", Some(""))]
        {
            let own = read(&format!("<AttributeValue xsi:nil=\"{nil}\"/>"));
            assert_eq!(own.as_read, [expected.map(str::to_owned)], "{nil}");
        }
    }

    #[test]
    fn the_first_name_that_has_a_value_counts() {
        let of = |name: &str, values: &[Option<&str>]| Attribute {
            name: Some(name.to_owned()),
            as_read: values.iter().map(|value| value.map(str::to_owned)).collect(),
            ..Attribute::default()
        };
        let all =
            [of("mail", &[]), of("email", &[None, Some("x")]), of("mail", &[Some("m")]), of("", &[None])];
        assert_eq!(value_as_read(&all, &["email", "mail"]).as_deref(), Some("m"));
        assert_eq!(value_as_read(&all, &["email"]), None);
        assert_eq!(value_as_read(&all, &["other", ""]), None);
    }
}
