//! Notes on an administrator's page with the identities of one user: one a row, by the integration of the
//! row.
//!
//! Rows R20 and R59 of the facts: a SAML row is compared with the NameID that was sent, a SCIM row with both,
//! and a SCIM identity that is switched off is said. Identities of other ways to sign in get no note.

use super::{
    Note, SignIns, saml_note, scim_note,
    sign_ins::{Captured, SignIn},
};
use crate::{
    base::severity::Severity,
    comparison::attribution::names,
    gitlab::{
        pages::{
            Page, PageReading, USER_IDENTITIES,
            user_identities::{ACTIVE, IDENTIFIER, IdentityKind, IdentityRow, rows},
        },
        routes::{Provider, Route},
        stored::{Member, StoredIdentity, StoredValue},
    },
    text,
};

/// The notes for a reading of the page of `username`.
pub(super) fn notes(sign_ins: &SignIns<'_>, username: &str, reading: &PageReading) -> Vec<Note> {
    let route = Route::Identities(username.to_owned());
    let page = Page::named(USER_IDENTITIES).filter(|page| reading.page == page.id);
    let stored = page.map(|page| (page.identities)(&route, reading)).unwrap_or_default();
    let member = Member { username: Some(username.to_owned()), ..Member::default() };
    let of_row = |(place, row): (usize, IdentityRow)| match (&row.kind, &row.provider) {
        (IdentityKind::SignIn(_), None) => vec![of_any_group(sign_ins, place, &member, &row)],
        (IdentityKind::SignIn(name), Some(provider)) => {
            let is_saml = provider.group().is_some()
                || name.starts_with("saml")
                || sign_ins.captured(provider).next().is_some();
            let identity = StoredIdentity { member: member.clone(), ..identity(&stored, provider) };
            let newest = || sign_ins.newest_of(provider, &member).and_then(SignIn::captured);
            let note = || of_sign_in(sign_ins, place, provider, &identity, newest(), &row.identifier);
            is_saml.then(note).into_iter().collect()
        }
        (IdentityKind::Scim(active), Some(provider)) => {
            let newest = sign_ins.newest_of(provider, &member).and_then(SignIn::captured);
            let newest = newest.filter(|newest| newest.name_id.trim() != row.identifier);
            let compared = scim_note(sign_ins, place, IDENTIFIER, &identity(&stored, provider), newest);
            let enforced = sign_ins.tracer.enforces_sso(sign_ins.instance, provider);
            let why = match enforced {
                None => text!("note.inactive.why"),
                Some(true) => text!("note.inactive-enforced.why"),
                Some(false) => text!("note.inactive-not-enforced.why"),
            };
            let note = Note::new(Some(place), ACTIVE, Severity::Warning, text!("note.inactive"), why);
            let inactive = (!active).then_some(note);
            std::iter::once(compared).chain(inactive).collect()
        }
        (IdentityKind::Scim(_), None) => Vec::new(),
    };
    rows(reading).into_iter().enumerate().flat_map(of_row).collect()
}

fn identity(stored: &[(Provider, StoredIdentity)], provider: &Provider) -> StoredIdentity {
    let found = stored.iter().find(|(known, _)| known == provider);
    found.map(|(_, identity)| identity.clone()).unwrap_or_default()
}

/// The page takes white space off the ends of a value, so it says nothing of a NameID that differs by it
/// alone.
fn of_sign_in(
    sign_ins: &SignIns<'_>,
    place: usize,
    provider: &Provider,
    identity: &StoredIdentity,
    captured: Option<&Captured>,
    shown: &str,
) -> Note {
    match captured.filter(|captured| captured.name_id != shown && captured.name_id.trim() == shown) {
        Some(Captured { name_id, time, .. }) => {
            let why = text!("note.hidden-space.why", sent = name_id, time = time);
            let word = text!("note.hidden-space");
            Note::new(Some(place), IDENTIFIER, Severity::Warning, word, why)
        }
        None => saml_note(sign_ins, place, IDENTIFIER, provider, identity, captured),
    }
}

/// An old page does not say of which group the identity is. Of the sign-ins to any group the one with this
/// value counts, else the newest that is this user's or names them.
fn of_any_group(sign_ins: &SignIns<'_>, place: usize, member: &Member, row: &IdentityRow) -> Note {
    let mut equal = None;
    let mut theirs = None;
    for one in sign_ins.to_any(|provider| provider.group().is_some()) {
        let Some(captured) = one.captured() else { continue };
        if captured.name_id == row.identifier {
            equal.get_or_insert(captured);
        } else if one.is_of(member) || names(one.case.tracer, one.case.flow, member) {
            theirs.get_or_insert(captured);
        }
    }
    let identity = StoredIdentity {
        member: member.clone(),
        saml: StoredValue::from(Some(row.identifier.clone())),
        scim: StoredValue::Unseen,
    };
    // Every group compares in the same way.
    let group = Provider::Group { path: String::new() };
    of_sign_in(sign_ins, place, &group, &identity, equal.or(theirs), &row.identifier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::tests::{page, sign_in, trace, words};

    const URL: &str = "https://gitlab.com/admin/users/alex/identities";

    fn noted(sent: &str, rows: &str) -> Vec<(usize, &'static str, String)> {
        let reading = page(USER_IDENTITIES, URL, rows);
        words(&trace(&[sign_in(sent, "alex")], &reading), URL)
    }

    fn row(provider: &str, group: &str, identifier: &str, active: &str) -> String {
        let group = if group.is_empty() { String::new() } else { format!(r#""group": "{group}","#) };
        format!(
            r#"{{"provider": "\n{provider}\n", {group} "identifier": "\n{identifier}\n", "active": "\n{active}\n"}}"#
        )
    }

    #[test]
    fn saml_and_scim_rows_are_compared_and_others_are_left_alone() {
        let rows = [
            row("SCIM", "acme", "alex", "true"),
            row("SCIM", "other", "alex", "false"),
            row("Group Saml (group_saml)", "acme", "Alex", "-"),
            row("Google (google_oauth2)", "", "12345", "-"),
        ];
        let expected = [
            (0, IDENTIFIER, "Differs in case".to_owned()),
            (1, IDENTIFIER, "Not linked".to_owned()),
            (1, ACTIVE, "Inactive".to_owned()),
            (2, IDENTIFIER, "Differs in case".to_owned()),
        ];
        assert_eq!(noted("alex", &rows.join(",")), expected);
    }

    /// Rows R05, R42, R60: what a note advises follows what GitLab's pages said of enforcement and version.
    #[test]
    fn the_advice_follows_enforcement_and_version() {
        let rows = row("SCIM", "acme", "alex", "false");
        let said = |enforced: Option<&str>, version: Option<&str>| {
            let url = "https://gitlab.com/groups/acme/-/saml";
            let mut settings = page(crate::gitlab::pages::SETTINGS, url, "");
            let fields = [("enabled", Some("checked")), ("enforced", enforced), ("version", version)];
            for (key, value) in fields.into_iter().filter_map(|(key, value)| Some((key, value?))) {
                settings["fields"][key] = serde_json::json!([value]);
            }
            let reading = page(USER_IDENTITIES, URL, &rows);
            let tracer = trace(&[settings], &reading);
            let instance = crate::gitlab::instance::Instance::gitlab_com();
            let (_, reading) = tracer.pages().last().unwrap();
            let notes = notes(&SignIns::of(&tracer, &instance, crate::notes::tests::NOW), "alex", reading);
            notes.into_iter().map(|note| note.text.to_string()).collect::<Vec<_>>()
        };
        for (enforced, sentence) in [
            (None, "If the group enforces SSO"),
            (Some("checked"), "the group enforces SSO: GitLab does not let them in"),
            (Some(""), "The group does not enforce SSO"),
        ] {
            assert!(said(enforced, None)[1].contains(sentence), "{enforced:?}: {:?}", said(enforced, None));
        }
        for (version, is_old) in
            [(None, false), (Some("16.3.7"), true), (Some("16.4.0"), false), (Some("18.9"), false)]
        {
            let sentence = "removes the SAML identity when SCIM deactivates a user";
            assert_eq!(
                said(None, version)[0].contains(sentence),
                is_old,
                "{version:?}: {:?}",
                said(None, version)
            );
        }
    }

    #[test]
    fn white_space_that_the_page_hides_is_not_called_a_difference() {
        let saml = row("Group Saml (group_saml)", "acme", "alex", "-");
        assert_eq!(noted("alex ", &saml), [(0, IDENTIFIER, "Cannot tell here".to_owned())]);
        assert_eq!(noted("alex", &saml), [(0, IDENTIFIER, "Match".to_owned())]);
        let scim = row("SCIM", "acme", "alex", "true");
        assert_eq!(
            noted(" alex", &format!("{scim},{saml}")),
            [(0, IDENTIFIER, "Match".to_owned()), (1, IDENTIFIER, "Cannot tell here".to_owned())]
        );
    }

    #[test]
    fn an_old_page_is_compared_with_sign_ins_to_any_group() {
        let old = |identifier: &str| {
            format!(r#"{{"provider": "Group Saml (group_saml)", "identifier": "{identifier}"}}"#)
        };
        for (stored, word) in [("alex", "Match"), ("ALEX", "Differs in case"), ("robin", "Different")] {
            assert_eq!(noted("alex", &old(stored)), [(0, IDENTIFIER, word.to_owned())], "{stored}");
        }
    }
}
