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
        ("a", "a", "a", MemberVerdict::Good),
        ("a", "a", "A", MemberVerdict::Good),
        ("a", "a", "b", MemberVerdict::ScimDrift),
        ("b", "a", "a", MemberVerdict::IdpChanged),
        ("A", "a", "a", MemberVerdict::IdpChanged),
        ("a", "b", "a", MemberVerdict::SamlStale),
        ("A", "b", "a", MemberVerdict::SamlStale),
        ("A", "a", "A", MemberVerdict::SamlStale),
        ("a", "b", "c", MemberVerdict::AllDiffer),
        ("a", "b", "-", MemberVerdict::NameIdDiffers),
        ("a", "b", "?", MemberVerdict::NameIdDiffers),
        ("a", "a", "?", MemberVerdict::Good),
        ("a", "a", "-", MemberVerdict::NoScim),
        ("a", "a", "a!", MemberVerdict::ScimInactive),
        ("?", "a", "a", MemberVerdict::Agree),
        ("?", "a", "A", MemberVerdict::Agree),
        ("?", "a", "?", MemberVerdict::Agree),
        ("?", "a", "b", MemberVerdict::SamlScimDiffer),
        ("?", "a", "b!", MemberVerdict::SamlScimDiffer),
        ("?", "a", "a!", MemberVerdict::ScimInactive),
        ("?", "-", "a", MemberVerdict::LinkSaml),
        ("a", "-", "a", MemberVerdict::LinkSaml),
        ("?", "-", "a!", MemberVerdict::Reactivate),
        ("?", "-", "-", MemberVerdict::NeverLinked),
        ("?", "-", "?", MemberVerdict::NeverLinked),
        ("a", "?", "a", MemberVerdict::Unknown),
        ("?", "?", "?", MemberVerdict::Unknown),
    ] {
        assert_eq!(values(n, s, c).standing(), expected, "N={n} S={s} C={c}");
    }
    let emails = Some(("a@example.com".to_owned(), "b@example.com".to_owned()));
    assert_eq!(
        MemberValues { emails: emails.clone(), ..values("a", "a", "a") }.standing(),
        MemberVerdict::EmailDiffers
    );
    assert_eq!(MemberValues { emails, ..values("a", "b", "a") }.standing(), MemberVerdict::SamlStale);
    let refused = MemberValues { refused_email: Some("a@example.org".into()), ..values("a", "a", "a") };
    assert_eq!(refused.standing(), MemberVerdict::EmailRefused);
    assert_eq!(MemberValues { saml: stored("b"), ..refused }.standing(), MemberVerdict::SamlStale);
    assert_eq!(
        MemberValues { transient: true, ..values("a", "b", "a") }.standing(),
        MemberVerdict::Transient
    );
    for (n, s, c) in [("b", "a", "a"), ("a", "b", "a"), ("a", "b", "c"), ("a", "b", "-"), ("A", "a", "?")] {
        let found_by_email = MemberValues { found_by_email: true, ..values(n, s, c) };
        assert_eq!(found_by_email.standing(), MemberVerdict::TakenOver, "N={n} S={s} C={c}");
    }
    assert_eq!(
        MemberValues { found_by_email: true, ..values("a", "a", "b") }.standing(),
        MemberVerdict::ScimDrift
    );
    assert_eq!(MemberValues { bot: true, ..values("?", "-", "-") }.standing(), MemberVerdict::Bot);
    assert_eq!(MemberValues { bot: true, ..values("?", "a", "b") }.standing(), MemberVerdict::SamlScimDiffer);
    let other = MemberValues { other: Some("Robin".into()), ..values("a", "a", "a") };
    assert_eq!(other.standing(), MemberVerdict::Crossed);
    assert_eq!(
        MemberValues { stored_for_other: true, transient: true, ..other }.standing(),
        MemberVerdict::WrongAccount
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
    for (place, kind) in MEMBER_VERDICTS.iter().enumerate() {
        assert_eq!((kind.standing.place(), kind.standing as usize), (place, place));
        let values = values("sent", "stored", "other");
        for text in [(kind.word)(), kind.why(&values), (kind.repair)()] {
            let text = text.to_string();
            assert!(!text.is_empty() && !text.contains('{') && text != kind.why(&values).key(), "{text}");
        }
    }
}
