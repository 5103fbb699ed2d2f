//! The three-way table, and what its rows say.

use super::*;

fn stored(value: &str) -> StoredValue {
    match value {
        "-" => StoredValue::Absent,
        "?" => StoredValue::Unseen,
        value => StoredValue::Known(value.into()),
    }
}

/// NameID, SAML, SCIM with `!` behind it where inactive.
fn values(n: &str, s: &str, c: &str) -> MemberValues {
    let (scim, active) = c.strip_suffix('!').map_or((c, true), |c| (c, false));
    MemberValues {
        name_id: (n != "?").then(|| n.to_owned()),
        saml: stored(s),
        scim: stored(scim),
        scim_active: (scim.len() == 1 && !"-?".contains(scim)).then_some(active),
        uses_scim: c != "?",
        ..MemberValues::default()
    }
}

#[test]
fn the_three_way_table() {
    for (n, s, c, expected) in [
        ("a", "a", "a", Standing::Good),
        ("a", "a", "A", Standing::Good),
        ("a", "a", "b", Standing::ScimDrift),
        ("b", "a", "a", Standing::IdpChanged),
        ("A", "a", "a", Standing::IdpChanged),
        ("a", "b", "a", Standing::SamlStale),
        ("A", "b", "a", Standing::SamlStale),
        ("A", "a", "A", Standing::SamlStale),
        ("a", "b", "c", Standing::AllDiffer),
        ("a", "b", "-", Standing::NameIdDiffers),
        ("a", "b", "?", Standing::NameIdDiffers),
        ("a", "a", "?", Standing::Good),
        ("a", "a", "-", Standing::NoScim),
        ("a", "a", "a!", Standing::ScimInactive),
        ("?", "a", "a", Standing::Agree),
        ("?", "a", "A", Standing::Agree),
        ("?", "a", "?", Standing::Agree),
        ("?", "a", "b", Standing::SamlScimDiffer),
        ("?", "a", "b!", Standing::SamlScimDiffer),
        ("?", "a", "a!", Standing::ScimInactive),
        ("?", "-", "a", Standing::LinkSaml),
        ("a", "-", "a", Standing::LinkSaml),
        ("?", "-", "a!", Standing::Reactivate),
        ("?", "-", "-", Standing::NeverLinked),
        ("?", "-", "?", Standing::NeverLinked),
        ("a", "?", "a", Standing::Unknown),
        ("?", "?", "?", Standing::Unknown),
    ] {
        assert_eq!(values(n, s, c).standing(), expected, "N={n} S={s} C={c}");
    }
    let emails = Some(("a@example.com".to_owned(), "b@example.com".to_owned()));
    assert_eq!(
        MemberValues { emails: emails.clone(), ..values("a", "a", "a") }.standing(),
        Standing::EmailDiffers
    );
    assert_eq!(MemberValues { emails, ..values("a", "b", "a") }.standing(), Standing::SamlStale);
    let refused = MemberValues { refused_email: Some("a@example.org".into()), ..values("a", "a", "a") };
    assert_eq!(refused.standing(), Standing::EmailRefused);
    assert_eq!(MemberValues { saml: stored("b"), ..refused }.standing(), Standing::SamlStale);
    assert_eq!(MemberValues { transient: true, ..values("a", "b", "a") }.standing(), Standing::Transient);
    for (n, s, c) in [("b", "a", "a"), ("a", "b", "a"), ("a", "b", "c"), ("a", "b", "-"), ("A", "a", "?")] {
        let found_by_email = MemberValues { found_by_email: true, ..values(n, s, c) };
        assert_eq!(found_by_email.standing(), Standing::TakenOver, "N={n} S={s} C={c}");
    }
    assert_eq!(
        MemberValues { found_by_email: true, ..values("a", "a", "b") }.standing(),
        Standing::ScimDrift
    );
    assert_eq!(MemberValues { bot: true, ..values("?", "-", "-") }.standing(), Standing::Bot);
    assert_eq!(MemberValues { bot: true, ..values("?", "a", "b") }.standing(), Standing::SamlScimDiffer);
    let other = MemberValues { other: Some("Robin".into()), ..values("a", "a", "a") };
    assert_eq!(other.standing(), Standing::Crossed);
    assert_eq!(
        MemberValues { stored_for_other: true, transient: true, ..other }.standing(),
        Standing::WrongAccount
    );
}

#[test]
fn values_of_two_fields_are_named_whichever_two_they_are() {
    const GUID: &str = "8f6a0c3e-41d2-4a5b-9c7d-0123456789ab";
    let said = |n, s, c| values(n, s, c).of_two_fields().map(|text| text.to_string());
    for (n, s, c) in
        [("a@example.com", GUID, "-"), ("?", "a@example.com", GUID), (GUID, "-", "a@example.com")]
    {
        let said = said(n, s, c).unwrap();
        assert!(said.contains(GUID) && said.contains("a@example.com"), "{said}");
    }
    assert_eq!(said(GUID, GUID, "x"), None);
    let transient = MemberValues { transient: true, ..values(GUID, "a@example.com", "-") };
    assert_eq!(transient.of_two_fields(), None);
}

#[test]
fn what_was_not_read_is_not_called_absent() {
    for (scim, said) in
        [("-", "neither a SAML nor a SCIM identity"), ("?", "does not know whether there is a SCIM identity")]
    {
        let values = values("?", "-", scim);
        let why = values.standing().kind().why(&values).to_string();
        assert!(why.contains(said), "{scim}: {why}");
    }
}

#[test]
fn of_an_inactive_scim_identity_it_is_said_whether_the_saml_link_was_kept() {
    for (saml, said) in [("a", "The SAML link was kept"), ("-", "no SAML identity is stored")] {
        let values = values("?", saml, "a!");
        let why = values.standing().kind().why(&values).to_string();
        assert!(why.contains(said), "{saml}: {why}");
    }
}

#[test]
fn each_standing_has_one_row_with_words_and_the_worst_is_first() {
    for (place, kind) in STANDINGS.iter().enumerate() {
        assert_eq!((kind.standing.place(), kind.standing as usize), (place, place));
        let values = values("sent", "stored", "other");
        for text in [(kind.word)(), kind.why(&values), (kind.repair)()] {
            let text = text.to_string();
            assert!(!text.is_empty() && !text.contains('{') && text != kind.why(&values).key(), "{text}");
        }
    }
}
