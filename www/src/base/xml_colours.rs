//! The colours of the parts of an XML text.
//!
//! A tokeniser for the eye, not for meaning: it never fails, and its runs joined are the text, whatever the
//! text is. Meaning comes from the core alone. Leaves out: entity references and the inside of a document
//! type.

/// Longer texts, in octets, are shown in one colour: thousands of elements would make the page slow.
pub(crate) const LONGEST: usize = 100_000;

/// The kind of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Text between tags, and white space.
    Text,
    /// `<`, `</`, `/>`, `=` and the like.
    Punctuation,
    /// An element's name.
    Element,
    /// An attribute's name.
    Attribute,
    /// An attribute's value with its quotes.
    Value,
    /// A comment, a CDATA section, a processing instruction or a declaration.
    Aside,
}

impl Colour {
    /// The class in the style sheet; absent for what has the text's own colour.
    pub(crate) fn class(self) -> Option<&'static str> {
        match self {
            Colour::Text => None,
            Colour::Punctuation => Some("xml-punctuation"),
            Colour::Element => Some("xml-element"),
            Colour::Attribute => Some("xml-attribute"),
            Colour::Value => Some("xml-value"),
            Colour::Aside => Some("xml-aside"),
        }
    }
}

/// The runs of `xml` in order; one plain run when it is too long to colour.
pub(crate) fn runs(xml: &str) -> Vec<(Colour, &str)> {
    let mut runs = Vec::new();
    if xml.len() > LONGEST {
        runs.push((Colour::Text, xml));
        return runs;
    }
    let mut rest = xml;
    while !rest.is_empty() {
        if let Some(length) = aside(rest) {
            rest = push(&mut runs, Colour::Aside, rest, length);
        } else if rest.starts_with('<') {
            rest = tag(&mut runs, rest);
        } else {
            rest = push(&mut runs, Colour::Text, rest, rest.find('<').unwrap_or(rest.len()));
        }
    }
    runs
}

/// The beginning and the end of each kind of aside; the first that fits counts.
const ASIDES: [(&str, &str); 4] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];

/// The length of the aside that `rest` begins with.
fn aside(rest: &str) -> Option<usize> {
    let (start, end) = ASIDES.iter().find(|(start, _)| rest.starts_with(start))?;
    Some(rest[start.len()..].find(end).map_or(rest.len(), |at| start.len() + at + end.len()))
}

/// Reads one tag and returns what follows it.
fn tag<'a>(runs: &mut Vec<(Colour, &'a str)>, rest: &'a str) -> &'a str {
    let mut rest = push(runs, Colour::Punctuation, rest, if rest.starts_with("</") { 2 } else { 1 });
    rest = push(runs, Colour::Element, rest, name(rest));
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '>' => return push(runs, Colour::Punctuation, rest, 1),
            // The tag was never closed: what follows is the next one.
            '<' => return rest,
            '"' | '\'' => {
                let end = rest[1..].find(first).map_or(rest.len(), |at| at + 2);
                push(runs, Colour::Value, rest, end)
            }
            '=' | '/' => push(runs, Colour::Punctuation, rest, 1),
            c if c.is_whitespace() => {
                let end = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
                push(runs, Colour::Text, rest, end)
            }
            _ => push(runs, Colour::Attribute, rest, name(rest)),
        };
    }
    rest
}

/// The length of the name that `rest` begins with.
fn name(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || "<>=/\"'".contains(c)).unwrap_or(rest.len())
}

fn push<'a>(runs: &mut Vec<(Colour, &'a str)>, paint: Colour, rest: &'a str, length: usize) -> &'a str {
    let (run, after) = rest.split_at(length);
    if !run.is_empty() {
        runs.push((paint, run));
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_an_element() {
        assert_eq!(
            runs("<saml:NameID Format='a>b'>ada</saml:NameID>"),
            [
                (Colour::Punctuation, "<"),
                (Colour::Element, "saml:NameID"),
                (Colour::Text, " "),
                (Colour::Attribute, "Format"),
                (Colour::Punctuation, "="),
                (Colour::Value, "'a>b'"),
                (Colour::Punctuation, ">"),
                (Colour::Text, "ada"),
                (Colour::Punctuation, "</"),
                (Colour::Element, "saml:NameID"),
                (Colour::Punctuation, ">"),
            ]
        );
    }

    #[test]
    fn paints_asides() {
        let painted = runs("<?xml version='1.0'?><!-- <a> --><![CDATA[<b>]]><!DOCTYPE c><a/>");
        let asides: Vec<_> =
            painted.iter().filter(|(paint, _)| *paint == Colour::Aside).map(|(_, run)| *run).collect();
        assert_eq!(asides, ["<?xml version='1.0'?>", "<!-- <a> -->", "<![CDATA[<b>]]>", "<!DOCTYPE c>"]);
    }

    #[test]
    fn runs_joined_are_the_text_whatever_it_is() {
        let pieces = [
            "<",
            "</",
            ">",
            "/>",
            "a",
            " ",
            "=",
            "\"",
            "'",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?",
            "é",
            "\u{200B}",
            "\n",
        ];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let text = [a, b, c, d].concat();
                        let painted = runs(&text);
                        assert_eq!(painted.iter().map(|(_, run)| *run).collect::<String>(), text);
                        assert!(painted.iter().all(|(_, run)| !run.is_empty()));
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_text_is_one_run() {
        let long = "<a/>".repeat(LONGEST / 4 + 1);
        assert_eq!(runs(&long), [(Colour::Text, long.as_str())]);
    }
}
