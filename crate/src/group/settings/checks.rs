//! Whether a SAML app is as GitLab needs it: the checks O1 to O6 of gitlab-facts 7.5, for the settings of
//! every provider that say it.
//!
//! gitlab-facts 4.5 and 4.6 (what GitLab reads and refuses), 7.1, 7.5 and 7.7 (what its documentation asks
//! of each provider). Each check is one row; one of which the settings say nothing says nothing. Leaves out:
//! settings of a whole instance, whose addresses have other paths.

use super::{For, shown};
use crate::{
    base::{catalogue::Text, severity::Severity},
    gitlab::attributes::EMAIL,
    idp::{app::App, expression::Expression},
    text,
};

/// The field that GitLab's documentation asks for of a provider, and as it is on the screen.
const DOCUMENTED: [(&str, &[&str], &str); 4] = [
    ("Entra ID", &["objectid"], "user.objectid"),
    ("Okta", &["id"], "user.getInternalProperty(\"id\")"),
    ("Google Workspace", &["primary email"], "Basic Information > Primary email"),
    ("OneLogin", &["onelogin id", "id"], "OneLogin ID"),
];

type Check = fn(&App, For<'_>) -> Vec<(Severity, Text)>;

/// The checks, in the order of gitlab-facts 7.5.
const CHECKS: [Check; 6] = [addresses, audience, format, signed, authn_statement, email];

/// The things that are not as GitLab needs them, and those that are.
pub(super) fn said(app: &App, of: For<'_>) -> Vec<(Severity, Text)> {
    CHECKS.iter().flat_map(|check| check(app, of)).collect()
}

pub(super) fn acs(of: For<'_>) -> String {
    of.instance.url(&format!("/groups/{}/-/saml/callback", of.path))
}

pub(super) fn identifier(of: For<'_>) -> String {
    of.instance.url(&format!("/groups/{}", of.path))
}

/// Whether an app is that of the group, by its addresses; nothing where it has none, or the group is not
/// known.
pub(super) fn is_of(app: &App, of: For<'_>) -> Option<bool> {
    let has_none = app.acs.is_empty() && app.audiences.is_empty();
    if has_none || of.path.is_empty() {
        return None;
    }
    let (acs, identifier) = (acs(of), identifier(of));
    Some(app.acs.iter().any(|(_, url)| *url == acs) || app.audiences.contains(&identifier))
}

/// The NameID's source beside the documented one.
pub(super) fn said_of_source(app: &App, read: &Expression) -> (Severity, Text) {
    let (label, written) = (app.kind.label, shown(&app.name_id.written));
    if read.is_constant() {
        return (Severity::Error, text!("settings.constant", label = label, written = written));
    }
    let documented = DOCUMENTED.iter().find(|(provider, ..)| *provider == app.kind.provider);
    let is_it = |fields: &[&str]| {
        read.one_field().is_some_and(|field| fields.iter().any(|it| it.eq_ignore_ascii_case(field)))
    };
    match documented {
        Some((_, fields, _)) if is_it(fields) => {
            (Severity::Good, text!("settings.documented", label = label, written = written))
        }
        Some((_, _, asked)) => {
            (Severity::Info, text!("settings.other", label = label, written = written, asked = asked))
        }
        None => (Severity::Neutral, text!("settings.name-id", label = label, written = written)),
    }
}

/// Check O1: every address that has to be GitLab's is.
fn addresses(app: &App, of: For<'_>) -> Vec<(Severity, Text)> {
    if of.path.is_empty() {
        return Vec::new();
    }
    let acs = acs(of);
    let mut labels: Vec<&str> = app.acs.iter().map(|(label, _)| *label).collect();
    labels.dedup();
    let wrong = labels.into_iter().filter_map(|label| {
        let mut urls = app.acs.iter().filter(|(it, _)| *it == label).map(|(_, url)| url);
        let first = urls.clone().next()?;
        let is_there = urls.any(|url| *url == acs);
        (!is_there).then(|| text!("settings.acs", label = label, url = shown(first), acs = acs))
    });
    wrong.map(|text| (Severity::Error, text)).collect()
}

/// Check O2.
fn audience(app: &App, of: For<'_>) -> Vec<(Severity, Text)> {
    let identifier = identifier(of);
    let first = app.audiences.first().filter(|_| !of.path.is_empty() && !app.audiences.contains(&identifier));
    let said = |it: &String| text!("settings.audience", audience = shown(it), identifier = identifier);
    first.map(|it| (Severity::Error, said(it))).into_iter().collect()
}

/// Check O3; Google Workspace is documented with the format of e-mail addresses.
fn format(app: &App, _: For<'_>) -> Vec<(Severity, Text)> {
    let Some(format) = app.format.as_deref() else { return Vec::new() };
    let small = format.to_lowercase();
    let said = if small.ends_with("transient") {
        (Severity::Error, text!("settings.transient"))
    } else if small.ends_with("persistent") {
        (Severity::Good, text!("settings.persistent"))
    } else if app.kind.provider == "Google Workspace" {
        return Vec::new();
    } else {
        (Severity::Info, text!("settings.format", format = shown(format)))
    };
    vec![said]
}

/// Check O5: signed, and for a group not encrypted.
fn signed(app: &App, _: For<'_>) -> Vec<(Severity, Text)> {
    let unsigned = (app.is_signed == Some(false)).then(|| (Severity::Error, text!("settings.unsigned")));
    let encrypted = (app.is_encrypted == Some(true)).then(|| (Severity::Error, text!("settings.encrypted")));
    unsigned.into_iter().chain(encrypted).collect()
}

/// GitLab refuses a Response without one (gitlab-facts 4.6, E17); Keycloak can leave it out.
fn authn_statement(app: &App, _: For<'_>) -> Vec<(Severity, Text)> {
    let is_missing = app.has_authn_statement == Some(false);
    is_missing.then(|| (Severity::Error, text!("settings.no-authn-statement"))).into_iter().collect()
}

/// Check O6: GitLab compares the names of attributes exactly.
fn email(app: &App, _: For<'_>) -> Vec<(Severity, Text)> {
    let Some(names) = &app.attributes else { return Vec::new() };
    let has_it = names.iter().any(|name| EMAIL.contains(&name.as_str()));
    (!has_it).then(|| (Severity::Error, text!("settings.no-email"))).into_iter().collect()
}

#[cfg(test)]
mod tests;
