//! XML that is well-formed, with names, declarations and texts of all kinds.

use super::Choices;

/// A document that is well-formed, with names, declarations and texts of all kinds.
pub(crate) fn xml(octets: &[u8]) -> String {
    let mut choices = Choices::new(octets);
    let mut out = String::new();
    if choices.yes() {
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }
    around(&mut choices, &mut out);
    element(&mut choices, &mut Vec::new(), 0, &mut out);
    around(&mut choices, &mut out);
    out
}

fn around(choices: &mut Choices<'_>, out: &mut String) {
    for _ in 0..choices.below(3) {
        out.push_str(choices.one(&["\n", "<!-- c -->", "<?p d?>", "<?q?>", " "]));
    }
}

const PREFIXES: [(&str, &str); 6] = [
    ("", "urn:d"),
    ("p", "urn:oasis:names:tc:SAML:2.0:protocol"),
    ("a", "urn:oasis:names:tc:SAML:2.0:assertion"),
    ("ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("x", "urn:x"),
    ("y", "urn:x"),
];

const LOCALS: [&str; 12] = [
    "a",
    "b",
    "Response",
    "Assertion",
    "Subject",
    "NameID",
    "Signature",
    "Attribute",
    "AttributeValue",
    "e-1",
    "\u{e9}",
    "_",
];

/// Pieces of what stands in an element.
const TEXTS: [&str; 22] = [
    "x",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#13;",
    "&#xA;",
    "&#x20;",
    "&#233;",
    "<![CDATA[<&>]]>",
    "<![CDATA[]]>",
    "<!--c-->",
    "<?pi d ?>",
    "\u{e9}",
    "\u{1f600}",
    "]]",
];

const VALUES: [&str; 14] =
    ["", "v", " v  v ", "&quot;", "&amp;", "&#9;", "&#13;", "\n", "\t", "\r\n", "&lt;", ">", "\u{e9}", "'"];

/// Names of namespaces that are no URI, relative, or nearly.
const URIS: [&str; 24] = [
    "relative",
    "../x",
    "u:",
    "u:?q",
    "u:#",
    "u://",
    "u:a b",
    "u:%zz",
    "u:%41",
    "u:a#b#c",
    "u:a#[b]",
    "u:a[b]",
    "u:{x}",
    "\u{e9}:x",
    "u:\u{e9}",
    "http://[::1]:8/",
    "http://[x",
    "http://x:/",
    "http://x:80a",
    "http://u@x:80",
    "http://a@b@c/",
    "9u:x",
    "u:&#10;",
    ":",
];

/// Deeper elements are not made.
const DEPTH: usize = 9;

fn element(
    choices: &mut Choices<'_>,
    scope: &mut Vec<(&'static str, &'static str)>,
    depth: usize,
    out: &mut String,
) {
    let (prefix, uri) = choices.one(&PREFIXES);
    let local = choices.one(&LOCALS);
    let before = scope.len();
    let mut declared: Vec<(&str, &str)> = Vec::new();
    let in_scope = |scope: &[(&'static str, &'static str)], prefix: &str| {
        scope.iter().rev().find(|(name, _)| *name == prefix).map(|(_, uri)| *uri)
    };
    if !prefix.is_empty() && in_scope(scope, prefix).is_none() {
        declared.push((prefix, uri));
    }
    for _ in 0..choices.below(3) {
        let (name, uri) = choices.one(&PREFIXES);
        let uri = choices.one(&[uri, uri, "urn:other", "http://example.com/x?y"]);
        let uri = if choices.below(24) == 23 { choices.one(&URIS) } else { uri };
        let uri = if name.is_empty() && choices.yes() { "" } else { uri };
        if declared.iter().all(|(there, _)| *there != name) {
            declared.push((name, uri));
        }
    }
    scope.extend(&declared);
    let name = if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
    out.push('<');
    out.push_str(&name);
    for (prefix, uri) in &declared {
        let colon = if prefix.is_empty() { "" } else { ":" };
        out.push_str(&format!(" xmlns{colon}{prefix}=\"{uri}\""));
    }
    let mut names: Vec<String> = Vec::new();
    for _ in 0..choices.below(4) {
        let (prefix, _) = choices.one(&PREFIXES);
        let mut name = choices.one(&["ID", "b", "a", "xml:lang", "xml:space", "Name"]).to_owned();
        // Two prefixes may stand for one name: only one of them has attributes.
        if prefix != "y"
            && prefix != "x"
            && !prefix.is_empty()
            && in_scope(scope, prefix).is_some()
            && !name.contains(':')
        {
            name = format!("{prefix}:{prefix}{name}");
        }
        if names.contains(&name) {
            continue;
        }
        let value =
            if name == "xml:space" { choices.one(&["preserve", "default"]) } else { choices.one(&VALUES) };
        let quote = if value.contains('\'') || choices.yes() { '"' } else { '\'' };
        out.push_str(&format!(
            "{}{name}{}={quote}{value}{quote}",
            choices.one(&[" ", "\n ", "\t"]),
            choices.one(&["", " "])
        ));
        names.push(name);
    }
    if choices.is_over() || choices.below(8) == 7 {
        out.push_str("/>");
    } else {
        out.push('>');
        for _ in 0..choices.below(6) {
            if depth < DEPTH && choices.below(3) > 0 && !choices.is_over() {
                element(choices, scope, depth + 1, out);
            } else {
                out.push_str(choices.one(&TEXTS));
            }
        }
        out.push_str(&format!("</{name}>"));
    }
    scope.truncate(before);
}
