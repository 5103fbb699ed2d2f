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

/// Rows R02, R05, R09, R42: what an old GitLab does not do is not advised, and what it did is said.
#[test]
fn the_table_follows_the_version_of_gitlab() {
    let versions = ["11.0", "15.6", "15.7", "16.3", "16.4", "18.9"].map(Some).into_iter().chain([None]);
    let (mut lost, mut stale) = (0, 0);
    for text in versions {
        let version = text.map(|text| Version::parse(text).unwrap());
        let rules = Rules { version, ..Rules::default() };
        for (n, s, c) in ["?", "a", "b"].into_iter().flat_map(|n| {
            let stored = ["?", "-", "a", "b"].into_iter();
            stored.flat_map(move |s| ["?", "-", "a", "b", "a!", "b!"].map(move |c| (n, s, c)))
        }) {
            let values = MemberValues { rules, ..values(n, s, c) };
            let (standing, kind) = (values.standing(), values.standing().kind());
            let (why, repair) = (kind.why(&values).to_string(), kind.repair(&values).to_string());
            let is_lost = matches!(standing, MemberVerdict::Reactivate | MemberVerdict::LinkSaml)
                && version.is_some_and(|version| version < Version::KEEPS_SAML);
            assert_eq!(why.contains("may have been linked before"), is_lost, "{text:?} {n} {s} {c}: {why}");
            let is_old = version.is_some_and(|version| version < Version::TAKES_OVER);
            let is_stale = (kind.repair)().to_string().contains("GitLab stores the new NameID");
            let promises = repair.contains("GitLab stores the new NameID");
            assert_eq!(promises, is_stale && !is_old, "{text:?}: {repair}");
            for said in [&why, &repair].into_iter().filter(|said| said.contains("GitLab 1")) {
                assert!(said.contains(&format!("GitLab {} ", text.unwrap())), "{said}");
            }
            lost += usize::from(is_lost);
            stale += usize::from(is_stale && is_old);
        }
    }
    assert!(lost > 10 && stale > 2, "{lost} {stale}");
}

/// Row R60: it is said as a condition only where no page said whether it holds.
#[test]
fn that_sso_is_enforced_is_said_where_it_is_seen_and_not_where_it_is_not() {
    let mut told = [0, 0, 0];
    for enforces_sso in [None, Some(true), Some(false)] {
        let rules = Rules { enforces_sso, ..Rules::default() };
        for (n, s, c) in ["?", "a", "b"].into_iter().flat_map(|n| {
            let stored = ["?", "-", "a", "b"].into_iter();
            stored.flat_map(move |s| ["?", "-", "a", "b", "a!", "b!"].map(move |c| (n, s, c)))
        }) {
            let values = MemberValues { rules, ..values(n, s, c) };
            let why = values.standing().kind().why(&values).to_string();
            let is_of_inactive =
                matches!(values.standing(), MemberVerdict::Reactivate | MemberVerdict::ScimInactive);
            let (condition, fact) = (why.contains("If SSO is enforced"), why.contains("enforces SSO"));
            let expected = match enforces_sso {
                None => (is_of_inactive, false),
                Some(true) => (false, is_of_inactive),
                Some(false) => (false, false),
            };
            assert_eq!((condition, fact), expected, "{n} {s} {c}: {why}");
            told[0] += usize::from(condition);
            told[1] += usize::from(fact);
            told[2] += usize::from(is_of_inactive);
        }
    }
    assert!(told[0] > 5 && told[0] == told[1] && told[2] == 3 * told[0], "{told:?}");
}

#[test]
fn where_passwords_are_switched_off_no_repair_takes_one() {
    let mut took = 0;
    for kind in &MEMBER_VERDICTS {
        for passwords_off in [false, true] {
            let rules = Rules { passwords_off, ..Rules::default() };
            let values = MemberValues { rules, ..values("sent", "stored", "other") };
            let takes = [kind.why(&values), kind.repair(&values)]
                .iter()
                .any(|text| passwords::needs_password(&text.to_string()));
            assert!(!(takes && passwords_off), "{:?}", kind.standing);
            took += usize::from(takes);
        }
    }
    assert_eq!(took, 4);
}

#[test]
fn each_standing_has_one_row_with_words_and_the_worst_is_first() {
    for (place, kind) in MEMBER_VERDICTS.iter().enumerate() {
        assert_eq!((kind.standing.place(), kind.standing as usize), (place, place));
        let values = values("sent", "stored", "other");
        for text in [(kind.word)(), kind.why(&values), kind.repair(&values)] {
            let text = text.to_string();
            assert!(!text.is_empty() && !text.contains('{') && text != kind.why(&values).key(), "{text}");
        }
    }
}
