//! Addresses that are generated from the table, each with its near misses; and the labels, which are told of
//! every setting that advice asks for.

use super::*;
use crate::base::catalogue;

const CATALOGUE: &str = include_str!("../../base/catalogue/en.txt");

/// Hosts that a pattern fits, and hosts that look like them and are somebody else's.
fn hosts(host: Host) -> (Vec<String>, Vec<String>) {
    match host {
        Host::Is(known) => (
            vec![known.into(), known.to_uppercase(), format!("{known}:443")],
            vec![
                format!("{known}.example.com"),
                format!("x{known}"),
                format!("x.{known}"),
                format!("{known}-x.com"),
                format!("{known}:8443"),
                known.replacen('.', "-", 1),
                known.replacen('.', "..", 1),
            ],
        ),
        Host::Below(domain) => (
            ["acme", "acme-admin", "a.b", "ACME", "1"].map(|below| format!("{below}.{domain}")).into(),
            vec![
                domain.into(),
                format!(".{domain}"),
                format!("a..{domain}"),
                format!("acme{domain}"),
                format!("acme-{domain}"),
                format!("acme.{domain}.example.com"),
                format!("acme.{domain}:8443"),
                format!("acme_.{domain}"),
                format!("{domain}.acme.example.com"),
            ],
        ),
        Host::Any => (vec!["sso.example.com".into(), "sso.example.com:8443".into()], Vec::new()),
    }
}

/// The same of paths.
fn paths(path: Path) -> (Vec<String>, Vec<String>) {
    match path {
        Path::Some => (
            ["/exk1", "/00000000-0000-0000-0000-000000000000/", "/a/b/saml2", "/exk1?x=y", "/exk1#z"]
                .map(str::to_owned)
                .into(),
            ["", "/", "//", "?x=y", "#z"].map(str::to_owned).into(),
        ),
        Path::Begins(start) => (
            vec![
                start.into(),
                format!("{start}/idp"),
                format!("{start}?idpid=C0"),
                format!("{start}/idp?idpid=C0"),
            ],
            vec!["/".into(), format!("{start}x"), format!("/x{start}"), start.to_uppercase()],
        ),
        Path::Realm => (
            [
                "/realms/acme",
                "/auth/realms/acme",
                "/realms/acme/",
                "/realms/acme/protocol/saml",
                "/realms/a b",
            ]
            .map(str::to_owned)
            .into(),
            [
                "/",
                "/realms",
                "/realms/",
                "/realms//protocol/saml",
                "/realms/acme/account",
                "/realms/acme/protocol/openid-connect",
                "/realms/acme/protocol/samlx",
                "/myrealms/acme",
                "/Realms/acme",
                "/realms/a/realms/b",
                "?/realms/acme",
            ]
            .map(str::to_owned)
            .into(),
        ),
    }
}

#[test]
fn every_address_of_the_table_is_told_and_no_near_miss_is() {
    let (mut told, mut missed) = (0, 0);
    for (vendor, host, path) in PATTERNS {
        let ((hosts, other_hosts), (paths, other_paths)) = (hosts(*host), paths(*path));
        for host in &hosts {
            for path in &paths {
                for scheme in ["https", "http", "HTTPS"] {
                    let address = format!("{scheme}://{host}{path}");
                    assert_eq!(Vendor::of(&address), Some(*vendor), "{address}");
                    assert_eq!(Vendor::of(&format!(" {address}\n")), Some(*vendor), "{address}");
                    told += 1;
                }
                for other in [
                    format!("{host}{path}"),
                    format!("urn:{host}{path}"),
                    format!("ftp://{host}{path}"),
                    format!("https://{host}@evil.example.com{path}"),
                    format!("https://evil.example.com/{host}"),
                    format!("https://evil.example.com?{host}{path}"),
                    format!("https://evil.example.com/x#{host}{path}"),
                ] {
                    assert_eq!(Vendor::of(&other), None, "{other}");
                    missed += 1;
                }
            }
        }
        let others =
            other_hosts.iter().flat_map(|host| paths.iter().map(move |path| format!("{host}{path}")));
        let in_path =
            hosts.iter().flat_map(|host| other_paths.iter().map(move |path| format!("{host}{path}")));
        for other in others.chain(in_path).map(|it| format!("https://{it}")) {
            assert_eq!(Vendor::of(&other), None, "{other}");
            missed += 1;
        }
    }
    assert!(told > 500 && missed > 1_500, "{told} and {missed}");
    for nothing in ["", " ", "https://", "Entra ID", "gitlab.com", "https://idp.example.com/metadata"] {
        assert_eq!(Vendor::of(nothing), None, "{nothing}");
    }
}

#[test]
fn each_setting_that_advice_asks_for_has_its_label_and_keeps_the_advice() {
    let written: Vec<(&str, &str)> = catalogue::entries(CATALOGUE).collect();
    for (key, setting) in ADVICE {
        let (key, sentence) = written.iter().find(|(known, _)| known == key).unwrap();
        let mut with_place = 0;
        for vendor in [Vendor::Entra, Vendor::Okta, Vendor::Google, Vendor::OneLogin, Vendor::Keycloak] {
            let said = advice(Text::new(key), || Some(vendor)).to_string();
            let Some(place) = setting.place(vendor) else {
                assert_eq!(said, *sentence);
                continue;
            };
            with_place += 1;
            assert_eq!(said, format!("{sentence} {place}"));
            // A label is named as the screen has it, behind the name of the provider.
            let place = place.to_string();
            assert!(place.contains(vendor.name().trim_end_matches(" Workspace")), "{place}");
            assert!(place.contains('“') && place.ends_with('.'), "{place}");
        }
        assert!(with_place >= 3, "{key}");
        assert_eq!(advice(Text::new(key), || None).to_string(), *sentence);
    }
    // Advice that is no setting of the app stays, whoever the provider is.
    let said = advice(text!("remedy.relink"), || panic!("nobody asks which provider it is"));
    assert_eq!(said.key(), "remedy.relink");
}

#[test]
fn names_are_those_of_the_lists_and_the_settings_that_are_read() {
    let known: Vec<&str> = super::super::app::KINDS.iter().map(|kind| kind.provider).collect();
    for vendor in [Vendor::Entra, Vendor::Okta, Vendor::Google, Vendor::OneLogin, Vendor::Keycloak] {
        assert!(known.contains(&vendor.name()), "{vendor:?}");
    }
    // The label of the NameID's source is the one that the settings are read by.
    for kind in super::super::app::KINDS.iter().filter(|kind| kind.provider != "Keycloak") {
        let vendors = [Vendor::Entra, Vendor::Okta, Vendor::Google, Vendor::OneLogin];
        let vendor = vendors.into_iter().find(|vendor| vendor.name() == kind.provider).unwrap();
        let place = Setting::NameId.place(vendor).unwrap().to_string();
        assert!(place.contains(&format!("“{}”", kind.label)), "{place}: {}", kind.label);
    }
}
