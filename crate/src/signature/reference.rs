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
        Element,
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

/// The part that a URI selects.
struct Selection<'a> {
    /// The first element, or the whole document; absent where there is no such ID.
    first: Option<Option<Element<'a>>>,
    /// The number of elements; several where the ID is not unique.
    count: usize,
    /// Whether comments are part of it.
    comments: bool,
}

/// Compares `reference`, which stands in `signature`, with what it refers to.
pub(super) fn check<'a>(
    work: &Work<'a>,
    signature: Element<'a>,
    reference: &Reference<'a>,
) -> ReferenceOutcome<'a> {
    let selection = match select(work, reference.uri.as_deref()) {
        Ok(selection) => selection,
        Err(reason) => return ReferenceOutcome::Unknown(None, reason),
    };
    let Some(first) = selection.first else { return ReferenceOutcome::Missing };
    let outcome = check_target(work, signature, reference, first, selection.comments);
    match outcome {
        // Most readers take the first: for them it is not what was signed. Else it depends on the reader.
        ReferenceOutcome::Matches(_) | ReferenceOutcome::Unknown(..) if selection.count > 1 => {
            let uri = reference.uri.as_deref().unwrap_or("").to_owned();
            ReferenceOutcome::Unknown(None, Reason::Ambiguous { uri, count: selection.count })
        }
        outcome => outcome,
    }
}

/// The parts that the References of `signature` mean, where nothing more is known of it: its structure is not
/// what it should be.
pub(super) fn targets<'a>(work: &Work<'a>, signature: Element<'a>) -> Vec<Target<'a>> {
    let named = |parent: Element<'a>, local| {
        parent.elements().filter(move |element| element.is(uri::XML_SIGNATURE, local))
    };
    let references = named(signature, "SignedInfo").flat_map(|signed_info| named(signed_info, "Reference"));
    let target = |reference: Element<'a>| {
        let element = select(work, reference.attribute("URI").as_deref()).ok()?.first?;
        let mut transforms = named(reference, "Transforms").flat_map(|list| named(list, "Transform"));
        let is_enveloped = transforms.any(|transform| algorithm_of(transform) == ENVELOPED);
        Some(Target { element, without: Some(signature).filter(|_| is_enveloped) })
    };
    references.take(work.limits.references).filter_map(target).collect()
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
        let made = work.digest(target, method, digest)?;
        Ok::<_, Obstacle>(reference.digest.as_deref() == Some(made.as_slice()))
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
fn select<'a>(work: &Work<'a>, uri: Option<&str>) -> Result<Selection<'a>, Reason> {
    let whole = |comments| Selection { first: Some(None), count: 1, comments };
    let with_id = |id: &str, comments| {
        let found = work.with_id(id);
        Selection { first: found.first().copied().map(Some), count: found.len(), comments }
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
