//! Attribute (SAML Core 2.7.3.1) with its values (2.7.3.1.1).
//!
//! Leaves out: the values' types. A value that holds elements (a NameID, say) is all the text in it.

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
        }
    }
}
