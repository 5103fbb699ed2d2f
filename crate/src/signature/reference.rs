//! From a Reference to the octets it means: XML Signature 1.1, clauses 4.4.3 and 6.6.
//!
//! The whole document, or the element with an ID: nothing outside of the message is ever fetched. Of the
//! transforms, the enveloped signature and one canonicalization are known; what else there is (XPath, XSLT,
//! base64) can make a signature cover less than it seems, is not executed, and leaves the signature
//! unverified.

use super::{
    Reason, Work,
    algorithm::{self, ENVELOPED},
    reading::{self, Reference, algorithm_of},
};
use crate::{
    saml::uri,
    xml::{
        Document, Element,
        c14n::{Method, Obstacle, Variant},
    },
};

/// The part that a Reference selects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Target<'a> {
    /// The element; the whole document where there is none.
    pub(super) element: Option<Element<'a>>,
    /// The signature, where it is left out.
    pub(super) without: Option<Element<'a>>,
}

/// The result of comparing a Reference's digest with what it refers to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ReferenceOutcome<'a> {
    /// It is the digest of the target.
    Matches(Target<'a>),
    /// It is not; it would be without the white space between the target's elements.
    Reformatted(Target<'a>),
    /// It is not.
    Differs(Target<'a>),
    /// There is no such element.
    Missing,
    /// It cannot be found out.
    Unknown(Option<Target<'a>>, Reason),
}

/// The elements that a URI selects, and whether comments are among it.
struct Selection<'a> {
    /// Several where the ID is not unique; none where there is no such ID.
    elements: Vec<Option<Element<'a>>>,
    comments: bool,
}

/// Compares `reference`, which stands in `signature`, with what it refers to.
pub(super) fn check<'a>(
    work: &Work<'a>,
    signature: Element<'a>,
    reference: &Reference<'a>,
) -> ReferenceOutcome<'a> {
    let selection = match select(work.document, reference.uri.as_deref()) {
        Ok(selection) => selection,
        Err(reason) => return ReferenceOutcome::Unknown(None, reason),
    };
    let outcomes: Vec<_> = selection
        .elements
        .iter()
        .map(|element| check_target(work, signature, reference, *element, selection.comments))
        .collect();
    match outcomes.as_slice() {
        [] => ReferenceOutcome::Missing,
        [only] => only.clone(),
        // Most readers take the first: for them it is not what was signed. Else it depends on the reader.
        [first @ (ReferenceOutcome::Differs(_) | ReferenceOutcome::Reformatted(_)), ..] => first.clone(),
        [..] => {
            let uri = reference.uri.as_deref().unwrap_or("").to_owned();
            ReferenceOutcome::Unknown(None, Reason::Ambiguous { uri, count: outcomes.len() })
        }
    }
}

fn check_target<'a>(
    work: &Work<'a>,
    signature: Element<'a>,
    reference: &Reference<'a>,
    element: Option<Element<'a>>,
    comments: bool,
) -> ReferenceOutcome<'a> {
    let mut target = Target { element, without: None };
    let mut method = Method::new(Variant::Inclusive10);
    let mut canonicalized = false;
    for transform in &reference.transforms {
        let uri = algorithm_of(*transform);
        match reading::canonicalization(*transform) {
            // After a canonicalization there are octets and no elements any more.
            _ if canonicalized => return ReferenceOutcome::Unknown(Some(target), Reason::Transform { uri }),
            Some(asked) => {
                method = Method { comments: asked.comments && comments, ..asked };
                canonicalized = true;
            }
            None if uri == ENVELOPED => target.without = Some(signature),
            None => return ReferenceOutcome::Unknown(Some(target), Reason::Transform { uri }),
        }
    }
    if reference.is_manifest || target.element.is_some_and(|e| e.is(uri::XML_SIGNATURE, "Manifest")) {
        return ReferenceOutcome::Unknown(Some(target), Reason::Manifest);
    }
    let uri = algorithm_of(reference.digest_method);
    let Some(digest) = algorithm::digest(&uri) else {
        return ReferenceOutcome::Unknown(Some(target), Reason::Algorithm { uri });
    };
    let fits = |method: &Method| {
        let octets = work.canonical(target.element, target.without, method)?;
        Ok::<_, Obstacle>(reference.digest.as_deref() == Some(digest.of(&octets).as_slice()))
    };
    match fits(&method) {
        Ok(true) => ReferenceOutcome::Matches(target),
        Ok(false) => match fits(&Method { space_between_elements: false, ..method }) {
            Ok(true) => ReferenceOutcome::Reformatted(target),
            _ => ReferenceOutcome::Differs(target),
        },
        Err(obstacle) => ReferenceOutcome::Unknown(Some(target), Reason::Obstacle(obstacle)),
    }
}

/// The selection that `uri` makes. Only the `#xpointer` forms select comments, whatever the
/// canonicalization says (4.4.3.3).
fn select<'a>(document: &'a Document, uri: Option<&str>) -> Result<Selection<'a>, Reason> {
    let whole = |comments| Selection { elements: vec![None], comments };
    let with_id = |id: &str, comments| Selection {
        elements: with_id(document, id).into_iter().map(Some).collect(),
        comments,
    };
    let uri = uri.unwrap_or("");
    let Some(fragment) = uri.strip_prefix('#') else {
        let outside = Reason::Outside { uri: uri.to_owned() };
        return if uri.is_empty() { Ok(whole(false)) } else { Err(outside) };
    };
    let Some(pointer) = fragment.strip_prefix("xpointer(").and_then(|rest| rest.strip_suffix(')')) else {
        return Ok(with_id(fragment, false));
    };
    let quoted = pointer.strip_prefix("id(").and_then(|rest| rest.strip_suffix(')'));
    let id = quoted.and_then(|quoted| {
        ['\'', '"'].iter().find_map(|quote| quoted.strip_prefix(*quote)?.strip_suffix(*quote))
    });
    match (pointer, id) {
        ("/", _) => Ok(whole(true)),
        (_, Some(id)) => Ok(with_id(id, true)),
        _ => Err(Reason::Pointer { uri: uri.to_owned() }),
    }
}

/// The attributes that are IDs: those of SAML 2.0 and 1.1 first; those of other vocabularies count only where
/// no SAML element has the ID.
const ID_ATTRIBUTES: [&[&str]; 2] = [&["ID", "AssertionID", "ResponseID", "RequestID"], &["Id", "id"]];

/// The elements with this ID, in document order.
fn with_id<'a>(document: &'a Document, id: &str) -> Vec<Element<'a>> {
    let found = ID_ATTRIBUTES.iter().map(|names| -> Vec<_> {
        let has =
            |element: &Element<'a>| names.iter().any(|name| element.attribute(name).as_deref() == Some(id));
        document.elements().filter(has).collect()
    });
    found.into_iter().find(|elements| !elements.is_empty()).unwrap_or_default()
}
