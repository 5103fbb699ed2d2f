//! Mutations of a draft's XML: whole elements and attributes leave, come twice, change place or name, before
//! it is signed or after.

use fastrand::Rng;
use samlight::{
    base::limits::LIMITS,
    xml::{Document, Element},
};

use samlight_tests::draft::Draft;

/// A draft with one mutation, and which.
pub(crate) fn mutated(mut draft: Draft, random: &mut Rng) -> (String, Draft) {
    let after = random.u8(..4) == 0;
    let (what, xml) = mutate(&draft.xml, random);
    if after {
        // Everything but the signatures is replaced once they are made.
        draft.after.extend(changed(&draft.xml, &xml));
        return (format!("{what} after signing"), draft);
    }
    draft.xml = xml;
    (what, draft)
}

fn mutate(xml: &str, random: &mut Rng) -> (String, String) {
    let (document, _) = Document::parse(xml.as_bytes(), &LIMITS);
    let Some(root) = document.root() else { return ("nothing".to_owned(), xml.to_owned()) };
    let elements: Vec<Element<'_>> = std::iter::once(root).chain(root.descendants()).collect();
    let element = elements[random.usize(..elements.len())];
    let span = element.span();
    let (before, source, behind) = (&xml[..span.start], &xml[span.start..span.end], &xml[span.end..]);
    let name = element.local();
    let tag_end = element.start_tag().end - span.start;
    let inside = |text: &str| {
        if source[..tag_end].ends_with("/>") {
            format!("{before}{source}{behind}")
        } else {
            format!("{before}{}{text}{}{behind}", &source[..tag_end], &source[tag_end..])
        }
    };
    match random.u8(..9) {
        0 => (format!("{name} removed"), format!("{before}{behind}")),
        1 => (format!("{name} twice"), format!("{before}{source}{source}{behind}")),
        2 => (format!("comment in {name}"), inside("<!-- c -->")),
        3 => (format!("text in {name}"), inside("x")),
        4 => (format!("element in {name}"), inside("<x:y xmlns:x=\"urn:x\"/>")),
        5 => {
            let attributes: Vec<_> =
                element.attributes().filter(|a| !a.name().starts_with("xmlns")).collect();
            if attributes.is_empty() {
                return (format!("space in {name}"), inside(" "));
            }
            let attribute = attributes[random.usize(..attributes.len())];
            let at = attribute.span();
            (
                format!("{} of {name} removed", attribute.name()),
                format!("{}{}", &xml[..at.start], &xml[at.end..]),
            )
        }
        6 => {
            let wrapped = format!("<x:w xmlns:x=\"urn:x\">{source}</x:w>");
            (format!("{name} wrapped"), format!("{before}{wrapped}{behind}"))
        }
        7 => {
            let other = elements[random.usize(..elements.len())];
            let at = other.start_tag().end;
            if at > span.start && at < span.end {
                return (format!("line in {name}"), inside("\n"));
            }
            let copied = format!("{}{source}{}", &xml[..at], &xml[at..]);
            (format!("{name} copied into {}", other.local()), copied)
        }
        _ => {
            let renamed = source.replace(&format!(":{name}"), &format!(":{name}X"));
            (format!("{name} renamed"), format!("{before}{renamed}{behind}"))
        }
    }
}

/// The part that differs, as one replacement; the text in front is taken along, so that it is found once.
fn changed(old: &str, new: &str) -> Option<(String, String)> {
    let same = |(a, b): &(char, char)| a == b;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let left = old.len().min(new.len()) - start;
    let behind: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let behind = behind.min(left);
    let from = old[..start].rfind(['>', '}']).map_or(0, |at| at + 1);
    let to = old[old.len() - behind..].find(['<', '{']).map_or(old.len(), |at| old.len() - behind + at);
    let new_to = new.len() - (old.len() - to);
    let found = &old[from..to];
    (!found.contains('{') && !found.is_empty() && old.matches(found).count() == 1)
        .then(|| (found.to_owned(), new[from..new_to].to_owned()))
}
