//! The notes on a person's own pages, which say more than the page: beside what disconnects SAML, what GitLab
//! has stored for them and what the identity provider sent last; beside the account that would be linked, the
//! NameID that was sent.
//!
//! gitlab-facts 1.7, 1.8, 3.2: neither page shows an identifier; `GET /api/v4/user` tells the person's own.
//! Rows R15, R33. The page has room for one note in a place, so the note that stands there says both.

use super::{
    Note, SignIns, of_page,
    sign_ins::{Answer, Captured, SignIn},
};
use crate::{
    base::{catalogue::Text, place::Place, severity::Severity},
    comparison::{self, Rule},
    event::EventId,
    gitlab::{
        instance::Instance,
        pages::{self, PageReading},
        routes::{self, Provider, Route},
    },
    text,
};

/// The notes that a page gets whatever was captured, with what is known of the person who is signed in and of
/// the sign-in that the page answers.
pub fn with_own(
    sign_ins: &SignIns<'_>,
    route: &Route,
    (read, reading): &(EventId, PageReading),
) -> Vec<Note> {
    let place = &reading.place;
    let own = match route {
        Route::Account => disconnected(sign_ins.instance, reading).and_then(|(cell, provider)| {
            let (is_accepted, text) = stored_and_sent(sign_ins, place, &provider)?;
            Some((cell, (!is_accepted).then_some(Severity::Error), text))
        }),
        Route::Landing(provider) => sent(sign_ins, |it| it == provider),
        Route::LinkIdentity => sent(sign_ins, |it| it.group().is_none()),
        _ => None,
    };
    let answer_to = sign_ins.answered_by(read, reading).map(|one| &one.case);
    let mut notes = of_page(reading, sign_ins.said(place, route), answer_to);
    let Some((cell, severity, own)) = own else { return notes };
    for note in notes.iter_mut().filter(|note| note.cell == cell) {
        let severity = severity.unwrap_or(note.severity);
        let why = text!("note.own.why", page = note.text, own = own);
        *note = Note { severity, ..note.clone().saying(&why) };
    }
    notes
}

/// The field of the first group that can be disconnected, and the group.
fn disconnected(instance: &Instance, reading: &PageReading) -> Option<(&'static str, Provider)> {
    let (cell, is_group) = pages::disconnect(reading)?;
    let address = reading.fields.get(cell).filter(|_| is_group)?.first()?;
    let below = address.strip_prefix(&instance.root)?.strip_prefix("/groups/")?;
    let path = below.strip_suffix("/-/saml/unlink").filter(|path| routes::is_group_path(path))?;
    Some((cell, Provider::Group { path: path.to_owned() }))
}

/// The identifier that is stored for the person who is signed in, beside what was sent for them; and whether
/// GitLab takes it.
fn stored_and_sent(sign_ins: &SignIns<'_>, place: &Place, provider: &Provider) -> Option<(bool, Text)> {
    let user = sign_ins.tracer.identities().signed_in(sign_ins.instance, place)?.user.as_ref()?;
    let newest = sign_ins.newest_of(provider, &user.member()).and_then(SignIn::captured);
    let identity = user.identity(provider, newest.map(|newest| newest.name_id.as_str()));
    let stored = identity.saml.known()?;
    let Some(Captured { name_id, time, .. }) = newest else {
        return Some((true, text!("note.own-stored.why", stored = stored)));
    };
    let is_accepted = Rule::of_sign_in(provider).accepts(comparison::verdict(name_id, stored));
    let text = match is_accepted {
        true => text!("note.own-match.why", stored = stored, time = time),
        false => text!("note.own-differs.why", stored = stored, sent = name_id, time = time),
    };
    Some((is_accepted, text))
}

/// The NameID that was sent last to such an integration and is stored for nobody: it would be linked.
fn sent(
    sign_ins: &SignIns<'_>,
    is_it: impl Fn(&Provider) -> bool,
) -> Option<(&'static str, Option<Severity>, Text)> {
    // For whom GitLab let in it has an account already.
    let is_open = |one: &&SignIn<'_>| one.captured().is_some_and(|it| it.answer != Answer::LetIn);
    let sign_in = sign_ins.to_any(is_it).find(is_open)?;
    let Captured { name_id, time, .. } = sign_in.captured()?;
    let text = match sign_in.case.flow.provider.as_ref()?.group() {
        Some(_) => text!("note.own-sent.why", sent = name_id, time = time),
        None => text!("note.own-sent-instance.why", sent = name_id, time = time),
    };
    Some(("account", None, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::tests::{NOW, page, sign_in, trace};
    use serde_json::{Value, json};

    const ACCOUNT: &str = "https://gitlab.com/-/profile/account";
    const LANDING: &str = "https://gitlab.com/groups/acme/-/saml/sso";

    fn noted(events: &[Value], reading: &Value, url: &str) -> Vec<(&'static str, Severity, String)> {
        let tracer = trace(events, reading);
        let instance = Instance::gitlab_com();
        let route = routes::route(&instance, url).unwrap();
        let newest = tracer.pages().last().unwrap();
        let notes = with_own(&SignIns::of(&tracer, &instance, NOW), &route, newest);
        notes.into_iter().map(|note| (note.cell, note.severity, note.text.to_string())).collect()
    }

    fn user(extern_uid: &str) -> Value {
        json!({"kind": "answer", "tab": 7, "url": "https://gitlab.com/api/v4/user", "status": 200, "answer": {
            "id": 1, "username": "alex", "identities": [
                {"provider": "group_saml", "extern_uid": extern_uid, "saml_provider_id": 3}]}})
    }

    #[test]
    fn the_account_page_says_what_is_stored_and_what_was_sent() {
        let mut reading = page("account", ACCOUNT, "");
        reading["fields"] = json!({"disconnect": ["/groups/acme/-/saml/unlink"]});
        let unlink = text!("note.unlink.why").to_string();
        assert_eq!(noted(&[], &reading, ACCOUNT), [("disconnect", Severity::Warning, unlink.clone())]);
        for (stored, severity, words) in
            [("alex", Severity::Warning, "sent exactly that"), ("Alex", Severity::Error, "fails")]
        {
            let found = noted(&[sign_in("alex", "alex"), user(stored)], &reading, ACCOUNT);
            let [(cell, found, text)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((*cell, *found), ("disconnect", severity));
            assert!(text.starts_with(&unlink) && text.contains(words) && text.contains(stored), "{text}");
        }
    }

    #[test]
    fn the_landing_page_says_what_would_be_linked() {
        let mut reading = page("sso-landing", LANDING, "");
        reading["fields"] = json!({"account": ["To allow Acme to manage your GitLab account alex (alex@example.com), select"]});
        let found = noted(&[sign_in("n-1", "alex")], &reading, LANDING);
        let [(cell, _, text)] = found.as_slice() else { panic!("{found:?}") };
        assert!(*cell == "account" && text.contains("alex@example.com") && text.contains("“n-1”"), "{text}");
        assert!(!noted(&[], &reading, LANDING)[0].2.contains("it sent"));
    }
}
