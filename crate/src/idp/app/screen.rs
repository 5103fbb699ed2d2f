//! The text of an administrator's screen, as a person copies it: one setting a line, its name first.
//!
//! The names are those of the public pages: Entra ID (`saml-claims-customization`, “Attributes & Claims”),
//! Okta (“Application username”, with the choices of the Apps API's reference), OneLogin (“NameID value”) and
//! Google Workspace (support.google.com/a/answer/6087519, “Name ID”), which documents no export. What stands
//! behind a name may be in the same line, in the next cell, or in the next line. Leaves out: screens in other
//! languages.

use super::{App, Content, Kind, Source, entra, okta, onelogin};
use crate::idp::expression::{Expression, Language, Unclear};

/// Characters of a text that are looked at; a screen has some thousand.
const LOOKED_AT: usize = 64 * 1024;

/// The names of one provider's screen, in small letters.
struct Names {
    name_id: &'static [&'static str],
    format: &'static [&'static str],
    acs: &'static [&'static str],
    audience: &'static [&'static str],
    read: fn(&str) -> Source,
}

const fn kind(
    provider: &'static str,
    export: &'static str,
    label: &'static str,
    source: &'static str,
    read: fn(&'static Kind, &Content<'_>) -> Vec<App>,
) -> Kind {
    Kind { provider, export, source, label, is_certain: false, read }
}

pub(super) const ENTRA: Kind = kind(
    "Entra ID",
    "Attributes & Claims, copied",
    entra::LABEL,
    "https://learn.microsoft.com/entra/identity-platform/saml-claims-customization",
    |kind, content| read(kind, content, &OF_ENTRA),
);

pub(super) const OKTA: Kind = kind(
    "Okta",
    "SAML settings, copied",
    okta::LABEL,
    "https://help.okta.com/oie/en-us/content/topics/apps/aiw-saml-reference.htm",
    |kind, content| read(kind, content, &OF_OKTA),
);

pub(super) const ONELOGIN: Kind = kind(
    "OneLogin",
    "Parameters, copied",
    onelogin::LABEL,
    "https://developers.onelogin.com/saml",
    |kind, content| read(kind, content, &OF_ONELOGIN),
);

pub(super) const GOOGLE: Kind = kind(
    "Google Workspace",
    "Service provider details, copied",
    "Name ID",
    "https://support.google.com/a/answer/6087519",
    |kind, content| read(kind, content, &OF_GOOGLE),
);

const OF_ENTRA: Names = Names {
    name_id: &["unique user identifier (name id)", "unique user identifier", "name identifier value"],
    format: &["name identifier format", "choose name identifier format"],
    acs: &["reply url (assertion consumer service url)", "reply url"],
    audience: &["identifier (entity id)"],
    read: claim,
};

const OF_OKTA: Names = Names {
    name_id: &["application username"],
    format: &["name id format"],
    acs: &["single sign-on url", "single sign on url", "recipient url", "destination url"],
    audience: &["audience uri (sp entity id)", "audience restriction", "audience uri"],
    read: choice,
};

const OF_ONELOGIN: Names = Names {
    name_id: &["nameid value", "nameid (subject)", "nameid"],
    format: &["saml nameid format"],
    acs: &["acs (consumer) url", "recipient"],
    audience: &["audience (entityid)", "audience"],
    read: Source::field,
};

const OF_GOOGLE: Names = Names {
    name_id: &["name id", "nameid"],
    format: &["name id format"],
    acs: &["acs url"],
    audience: &["entity id"],
    read: of_category,
};

/// The choices of Okta's screen that are no expression.
const CHOICES: [(&str, &str); 4] = [
    ("okta username", "${source.login}"),
    ("email", "${source.email}"),
    ("okta username prefix", "${fn:substringBefore(source.login, \"@\")}"),
    ("email prefix", "${fn:substringBefore(source.email, \"@\")}"),
];

fn choice(value: &str) -> Source {
    let value = value.trim_start_matches("Custom").trim_start_matches([':', ' ', '-']);
    let known = CHOICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(value));
    okta::source(known.map_or(value, |(_, template)| template))
}

/// A claim of Entra ID: a field, a function, or a fixed value in quotes.
fn claim(value: &str) -> Source {
    Source { written: value.to_owned(), read: Expression::read(Language::Claims, value) }
}

/// `Basic Information > Primary email`: a category and a field.
fn of_category(value: &str) -> Source {
    let field = value.rsplit_once('>').map_or(value, |(_, field)| field).trim();
    match field.is_empty() {
        true => Source { written: value.to_owned(), read: Err(Unclear::Unsaid) },
        false => Source { written: value.to_owned(), read: Ok(Expression::field(field)) },
    }
}

fn read(kind: &'static Kind, content: &Content<'_>, names: &Names) -> Vec<App> {
    let Content::Text(text) = content else { return Vec::new() };
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let lines: Vec<&str> = text.get(..end).unwrap_or_default().lines().map(str::trim).collect();
    let values = |names: &'static [&'static str]| values(&lines, names);
    let Some(name_id) = values(names.name_id).first().copied() else { return Vec::new() };
    // Entra ID writes the format behind the value: `user.mail [nameid-format:persistent]`.
    let (value, bracket) = match name_id.split_once("[nameid-format:") {
        Some((value, format)) => (value.trim(), format.strip_suffix(']')),
        None => (name_id, None),
    };
    let acs = values(names.acs).into_iter().filter(|url| url.contains("://"));
    vec![App {
        name_id: (names.read)(value),
        format: bracket.or_else(|| values(names.format).first().copied()).map(str::to_owned),
        acs: acs.map(|url| ("ACS URL", url.to_owned())).collect(),
        audiences: values(names.audience).into_iter().map(str::to_owned).take(1).collect(),
        ..App::of(kind, "")
    }]
}

/// The values behind the first of the names that a line begins with.
fn values<'l>(lines: &[&'l str], names: &[&str]) -> Vec<&'l str> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().copied().enumerate() {
        let Some(rest) = names.iter().find_map(|name| behind(line, name)) else { continue };
        let next =
            lines.get(at + 1..).and_then(|rest| rest.iter().copied().map(cell).find(|cell| !cell.is_empty()));
        found.extend(if rest.is_empty() { next } else { Some(rest) });
    }
    found
}

/// The value behind a name at the beginning of a line; empty where it stands in the next one.
fn behind<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let line = line.trim_start_matches(['|', ' ']);
    let start = line.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
    let rest = line.get(start.len()..)?;
    // `Name ID format` is no `Name ID`.
    let first = rest.trim_start().to_lowercase();
    let is_apart = rest.is_empty() || rest.starts_with('\t') || rest.starts_with("  ");
    let is_value = first.starts_with([':', '|', '=', '*', '[', '"']) || first.starts_with("user.");
    if !is_apart && !is_value {
        return None;
    }
    Some(cell(rest))
}

/// The value among the cells of a line: the last one that is not the kind of a claim or a button.
fn cell(line: &str) -> &str {
    let mut cells = line.split(['\t', '|']).map(|cell| cell.trim_matches([':', '=', '*', ' ']));
    cells.rfind(|cell| !["", "...", "…", "SAML"].contains(cell)).unwrap_or_default()
}
