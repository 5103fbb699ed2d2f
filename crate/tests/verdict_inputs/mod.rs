//! The sign-ins of which no two renderings may contradict each other (`one_verdict.rs`): kinds of Responses,
//! stored values, fingerprints in GitLab's settings, and GitLab's answers (gitlab-facts section 2).

pub(super) type Change = fn(String) -> String;

/// The kinds of Responses; all but the last are signed.
pub(super) const RESPONSES: [(&str, Change); 14] = [
    ("good", |xml| xml),
    ("another audience", |xml| {
        xml.replace("<a:Audience>https://gitlab.com/groups/acme", "<a:Audience>https://x")
    }),
    ("a port in Destination", |xml| {
        xml.replacen("https://gitlab.com/groups", "https://gitlab.com:443/groups", 1)
    }),
    ("another Destination", |xml| xml.replacen("https://gitlab.com/groups", "https://gitlab.com/other", 1)),
    ("another Recipient", |xml| {
        xml.replace("Recipient=\"https://gitlab.com/", "Recipient=\"https://gitlab.net/")
    }),
    ("expired", |xml| xml.replace("T09:10:00Z", "T08:00:00Z")),
    ("two AuthnStatements", |xml| {
        let start = xml.find("<a:AuthnStatement").unwrap();
        let end = xml.find("<a:AttributeStatement").unwrap();
        let statement = xml[start..end].to_owned();
        xml.replace("<a:AttributeStatement", &format!("{statement}<a:AttributeStatement"))
    }),
    ("SAML 1.1", |xml| xml.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1)),
    ("no NameID", |xml| xml.replace("<a:NameID>Alex-1</a:NameID>", "")),
    ("refused by the identity provider", |xml| xml.replace("status:Success", "status:Responder")),
    ("another service in SPNameQualifier", |xml| {
        xml.replace("<a:NameID>", "<a:NameID SPNameQualifier=\"x\">")
    }),
    ("something encrypted in a value", |xml| xml.replace(">alex@example.com<", "><a:EncryptedID/><")),
    ("transient", |xml| {
        xml.replace("<a:NameID>", "<a:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\">")
    }),
    ("unsigned", |xml| xml),
];

/// The value that GitLab's page shows for the member; nothing was seen of the last.
pub(super) const STORED: [Option<&str>; 4] = [Some("Alex-1"), Some("alex-1"), Some("Robin"), None];

/// The fingerprints in GitLab's settings; nothing was seen of the last.
pub(super) const FINGERPRINTS: [Option<&str>; 3] = [
    Some("6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D"),
    Some("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"),
    None,
];

/// The place where "Verify SAML Configuration" ends.
pub(super) const CHECKED: &str = "https://gitlab.com/groups/acme/-/saml#response";

/// GitLab's answers: where it sends the browser, and the message on the page that follows.
pub(super) const ANSWERS: [Option<(&str, Option<&str>)>; 16] = [
    None,
    Some(("https://gitlab.com/acme", None)),
    Some(("https://gitlab.com/groups/acme/-/saml/sso", None)),
    Some(("https://gitlab.com/groups/acme/-/saml/sso", Some("\"Fingerprint mismatch\""))),
    Some((
        "https://gitlab.com/groups/acme/-/saml/sso",
        Some("\"The assertion must include one authnstatement element\""),
    )),
    Some((
        "https://gitlab.com/users/sign_in",
        Some("There is already a GitLab account associated with this email address."),
    )),
    Some((
        "https://gitlab.com/users/sign_in",
        Some("Your account has been blocked. Please contact your GitLab administrator."),
    )),
    Some(("https://gitlab.com/users/sign_in", None)),
    Some(("https://gitlab.com/users/sign_in", Some("Es gibt bereits ein Konto mit dieser Adresse."))),
    Some((
        "https://gitlab.com/users/sign_in",
        Some("Your account has been deactivated by your administrator. Please log back in to reactivate it."),
    )),
    Some((
        "https://gitlab.com/groups/acme/-/saml/sso",
        Some("Request to link SAML account must be authorized"),
    )),
    Some((
        "https://gitlab.com/",
        Some("Acme SAML authentication failed: Extern uid has already been taken."),
    )),
    // "Verify SAML Configuration": its page was not read, shows no error, shows one.
    Some((CHECKED, None)),
    Some((CHECKED, Some(""))),
    Some((CHECKED, Some("Xml response Fingerprint mismatch"))),
    // The form for the second factor is no redirect.
    Some(("", None)),
];
