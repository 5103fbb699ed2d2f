//! The things that a message passes through before a person pastes it: pages, logs, mails, tables, addresses.

/// A way to wrap a message.
pub(super) type Wrapping = (&'static str, fn(&str) -> String);

/// Those that are a frame with words of its own, which name SAML or SCIM.
pub(super) const FRAMES: &[&str] =
    &["group flash", "instance flash", "German flash", "Japanese flash", "SCIM answer"];

/// All of them.
pub(super) const WRAPPINGS: &[Wrapping] = &[
    ("as it is", str::to_owned),
    ("group flash", |it| format!("Unable to sign in to group with SAML: \"{it}\"")),
    ("instance flash", |it| format!("Could not authenticate you from Saml2 because \"{it}\".")),
    ("German flash", |it| format!("Anmeldung bei der Gruppe mit SAML nicht möglich: „{it}“")),
    ("Japanese flash", |it| format!("SAMLでグループにサインインできません:「{it}」")),
    ("SCIM answer", |it| {
        serde_json::json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": it, "status": 412})
            .to_string()
    }),
    ("upper case", str::to_uppercase),
    ("lower case", str::to_lowercase),
    ("humanised", |it| it.to_lowercase().replace('_', " ")),
    ("quotes", |it| format!("\"{it}\"")),
    ("curly quotes", |it| format!("“{}”", it.replace('\'', "\u{2019}"))),
    ("French quotes", |it| format!("«\u{a0}{it}\u{a0}»")),
    ("lines", |it| it.replace(' ', "\n")),
    ("indented lines", |it| format!("   {}", it.replace(' ', "\r\n     "))),
    ("tabs", |it| it.replace(' ', "\t")),
    ("no-break spaces", |it| it.replace(' ', "\u{a0}")),
    ("zero-width spaces", |it| it.replace(' ', " \u{200b}").replace('a', "a\u{200d}")),
    ("soft hyphens", |it| it.replace('i', "i\u{ad}")),
    ("right to left marks", |it| format!("\u{202a}{it}\u{202c}")),
    ("JSON", |it| format!("{{\"error\":{}}}", serde_json::json!(it))),
    ("JSON twice", |it| {
        format!("{{\"line\":{}}}", serde_json::json!(serde_json::json!({"error": it}).to_string()))
    }),
    (".NET's JSON", |it| {
        format!(
            "{{\"error\":\"{}\"}}",
            it.replace('"', "\\u0022")
                .replace('\'', "\\u0027")
                .replace('<', "\\u003C")
                .replace('>', "\\u003E")
        )
    }),
    ("escaped characters twice", |it| it.replace('\'', "\\\\u0027").replace('"', "\\\\u0022")),
    ("Ruby", |it| format!("{it:?}").replace('\'', "\\'")),
    ("HTML", |it| format!("<div class=\"gl-alert-body\">{}</div>", escaped(it, "&#39;", " "))),
    ("hexadecimal references", |it| format!("<p>{}</p>", escaped(it, "&#x27;", " "))),
    ("named references", |it| format!("<li>{}</li>", escaped(it, "&apos;", "&nbsp;"))),
    ("HTML twice", |it| escaped(&escaped(it, "&#39;", " "), "&#39;", " ")),
    ("tags inside", |it| format!("<p>{}</p>", it.replacen(' ', " <b>", 1) + "</b>")),
    ("a page", |it| {
        format!(
            "<!DOCTYPE html><html><head><title>GitLab</title><script>var a = \"User\";</script></head><body><h1>{}</h1><p>Go back</p></body></html>",
            escaped(it, "&#39;", " ")
        )
    }),
    ("an attribute", |it| {
        format!("<div class=\"js-vue-alert\" data-title=\"{}\"></div>", escaped(it, "&#39;", " "))
    }),
    ("an address", |it| format!("https://gitlab.com/users/sign_in?alert={}", percent(it, "%20"))),
    ("an address with plus signs", |it| {
        format!("https://gitlab.com/users/sign_in?alert={}&x=1", percent(it, "+"))
    }),
    ("an address escaped twice", |it| {
        format!("https://gitlab.com/?alert={}", percent(&percent(it, "%20"), "%20"))
    }),
    ("plus signs", |it| it.replace('+', "%2B").replace(' ', "+")),
    ("CSV", |it| format!("2026-11-20,ada@example.com,Failure,\"{}\",GitLab", it.replace('"', "\"\""))),
    ("a table", |it| format!("| time | error |\n|---|---|\n| 09:15 | {it} |")),
    ("bold", |it| format!("**{it}**")),
    ("code", |it| format!("The log says:\n\n```\n{it}\n```\n")),
    ("inline code", |it| format!("`{it}`")),
    ("quoted mail", |it| format!("Hello,\n\n> {}\n\nWhat now?", it.replace(' ', "\n> "))),
    ("quoted mail twice", |it| format!(">> I see this:\n>> {it}\n> And now?")),
    ("quoted-printable", |it| {
        format!(
            "See:\n\n{}",
            it.replace('=', "=3D").replace(' ', "=20").replace('\'', "=E2=80=99").replace("d=20", "d =\n")
        )
    }),
    ("a list", |it| format!("- it worked yesterday\n- {it}\n- it does not today")),
    ("a log line", |it| format!("2026-11-20T09:15:02.118Z ERROR [01JD] {it}")),
    ("a terminal's colours", |it| format!("\u{1b}[31m{it}\u{1b}[0m")),
    ("full width", |it| {
        it.chars()
            .map(
                |c| {
                    if c.is_ascii_alphanumeric() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }
                },
            )
            .collect()
    }),
    ("brackets", |it| format!("[{it}]")),
    ("a comment of code", |it| format!("// {}", it.replace(' ', "\n// "))),
    ("a sentence", |it| format!("Since Monday I get the error \"{it}\" whenever I sign in.")),
    ("YAML", |it| format!("error: '{}'", it.replace('\'', "''"))),
    ("a key and a value", |it| format!("level=error msg={it:?} user=ada")),
    ("a wrong mark of order", |it| format!("\u{feff}{it}")),
    ("lost apostrophes", |it| it.replace('\'', "\u{fffd}")),
];

fn escaped(text: &str, apostrophe: &str, space: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', apostrophe)
        .replace(' ', space)
}

fn percent(text: &str, space: &str) -> String {
    let escaped = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    escaped.replace("%20", space)
}
