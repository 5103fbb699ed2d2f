//! The content of a report, and the secrets that it leaves out.

use super::{Block, REPORTS, ReportFormat, SIGN_INS, html, link_of, markdown, one_line, report, said_step};
use crate::{
    base::{
        instant::Timestamp,
        pseudonym::Salt,
        severity::{Sentence, Severity, Step},
    },
    event::Event,
    file::export::Secrecy,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

const NOW: Timestamp = Timestamp(1_767_258_010_000);
/// Values that would be something else in HTML, in Markdown, on a forge or on a terminal.
const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload='x'>",
    "&lt;b&gt;",
    "</title></style><!--",
    "[here](javascript:alert(1))",
    "![x](https://evil.example.com/x.png)",
    "`code` **bold** ~~gone~~ <https://evil.example.com>",
    "1. one",
    "# @everybody !1 %1 $1 ~label",
    "- x\n- y\n\n```\n<b>",
    "\u{1b}[31mred\u{7}",
];

fn sign_in(n: u32, name: &str, stored: &str) -> Vec<Event> {
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace(['\u{1b}', '\u{7}'], "");
    let xml = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r{n}\"><saml:Issuer>https://idp.example.com\
         </saml:Issuer><saml:Assertion><saml:Subject><saml:NameID>{name}</saml:NameID></saml:Subject>\
         </saml:Assertion></samlp:Response>"
    );
    let at = NOW.0 - 900_000 + i64::from(n) * 1_000;
    let url = "https://gitlab.com/groups/acme/-/saml/callback";
    let form = json!([["SAMLResponse", [BASE64_STANDARD.encode(xml)]], ["RelayState", ["/s3cr3t-relay"]]]);
    let events = [
        json!({"id": format!("{at}-test-000001"), "kind": "request", "request": n.to_string(), "tab": n,
            "method": "POST", "url": url, "body": "form", "form": form}),
        json!({"id": format!("{}-test-000002", at + 1), "kind": "told", "saml_extern_uid": stored}),
    ];
    events.into_iter().map(|event| serde_json::from_value(event).unwrap()).collect()
}

fn told(format: &ReportFormat, events: &[Event], secrecy: Secrecy) -> String {
    format.export(events, secrecy, Salt::new([3; 16]), NOW).content
}

/// The letters and digits that a reader sees.
fn words(content: &str, format: &ReportFormat) -> String {
    let body = match format.id {
        "html" => {
            let (_, body) = content.split_once("<body>").unwrap();
            // Only the tags that are written here have these signs.
            let parts = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
            parts.collect::<String>()
        }
        _ => content.lines().map(unnumbered).collect(),
    };
    let body = body.replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").replace("&#39;", "");
    body.replace("&amp;", "").chars().filter(|c| c.is_alphanumeric()).collect()
}

fn unnumbered(line: &str) -> &str {
    line.split_once(". ")
        .filter(|(n, _)| n.bytes().all(|c| c.is_ascii_digit()))
        .map_or(line, |(_, rest)| rest)
}

#[test]
fn a_report_has_every_part_and_both_formats_tell_the_same() {
    let events = sign_in(1, "alex", "Alex");
    for secrecy in [Secrecy::Clear, Secrecy::Redacted] {
        let [markdown, html] = REPORTS.map(|format| words(&told(&format, &events, secrecy), &format));
        assert_eq!(markdown, html);
    }
    for format in &REPORTS {
        let content = told(format, &events, Secrecy::Clear);
        for part in [
            "Sign-in to group acme on gitlab.com",
            "What to do",
            "What was compared",
            "What GitLab checks, in its order",
            "Clocks and validity",
            "Step by step",
            "SAML messages",
            "alex",
            "Alex",
            "upper and lower case",
        ] {
            let part = if format.id == "markdown" { markdown::escaped(part) } else { part.to_owned() };
            assert!(content.contains(&part), "{} has no {part}: {content}", format.id);
        }
    }
}

#[test]
fn a_report_is_redacted_unless_it_is_asked_for_in_clear_and_never_holds_the_message() {
    let events = sign_in(1, "Alexandra", "alexandra");
    for format in &REPORTS {
        let (clear, redacted) =
            (told(format, &events, Secrecy::Clear), told(format, &events, Secrecy::Redacted));
        assert!(clear.contains("Alexandra") && !clear.contains("What was replaced"), "{clear}");
        assert!(!redacted.to_lowercase().contains("alexandra"), "{redacted}");
        assert!(redacted.contains("What was replaced"), "{redacted}");
        assert!(redacted.contains("upper and lower case"), "the verdict stays: {redacted}");
        for content in [&clear, &redacted] {
            for secret in ["s3cr3t", "PHNhbWxwO", "samlp:Response"] {
                assert!(!content.contains(secret), "{secret} in {content}");
            }
        }
        let exported = format.export(&events, Secrecy::Redacted, Salt::default(), NOW);
        assert!(exported.name.ends_with(&format!("-redacted.{}", format.extension)), "{}", exported.name);
        assert_eq!(report(format.id).map(|row| row.extension), Some(format.extension));
    }
    assert!(report("trace").is_none());
}

#[test]
fn nothing_hostile_leaves_its_place_in_html() {
    for value in HOSTILE {
        let content = told(&REPORTS[1], &sign_in(1, value, value), Secrecy::Clear);
        for tag in ["<script", "<img", "<svg", "<b>", "<!--", "onerror=alert(1)>", "javascript:alert(1)\""] {
            assert!(!content.contains(tag), "{value}: {tag} in {content}");
        }
        let is_known = |tag: &str| {
            let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let all = "html head meta title style body main h1 h2 h3 h4 ul ol li dl dt dd a";
            all.split(' ').any(|known| known == name)
        };
        for part in content.split('<').skip(1) {
            let tag = part.trim_start_matches('/');
            assert!(tag.starts_with("!DOCTYPE") || is_known(tag), "{value}: <{part}");
        }
        assert!(!content.contains('\u{1b}') && !content.contains('\u{7}'), "{value}");
    }
    assert_eq!(
        html::escaped("<a href=\"x\" b='y'>&\n\u{1b}"),
        "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp; \u{fffd}"
    );
}

#[test]
fn nothing_hostile_leaves_its_place_in_markdown() {
    for value in HOSTILE {
        let content = told(&REPORTS[0], &sign_in(1, value, value), Secrecy::Clear);
        for line in content.lines().filter(|line| !line.is_empty()) {
            let is_own = line.starts_with("- ") || line.starts_with('#') || unnumbered(line) != line;
            assert!(is_own, "{value}: {line}");
        }
        // All that a backslash takes its meaning from is away.
        let mut signs = content.chars();
        let mut live = String::new();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => drop(signs.next()),
                sign => live.push(sign),
            }
        }
        for sign in ["<script", "<img", "<b>", "](", "![", "`", "@", "://evil", " !1", " $1", "~", "[", "%"] {
            assert!(!live.contains(sign), "{value}: {sign} in {live}");
        }
    }
    for (value, escaped) in [
        ("1. one", "1\\. one"),
        ("12", "12"),
        ("a.b", "a.b"),
        ("www.example.com", "www\\.example.com"),
        ("https://x", "https\\://x"),
        ("09:00", "09:00"),
        ("- a\n# b", "\\- a \\# b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("@a", "\\@a"),
    ] {
        assert_eq!(markdown::escaped(value), escaped);
    }
}

#[test]
fn a_step_says_who_takes_it_and_leads_only_to_documentation() {
    let step = |link: &str| Step { text: "Do it.".into(), link: Some(link.into()), by: None };
    assert_eq!(link_of(&step("javascript:alert(1)")), None);
    assert_eq!(link_of(&step("https://docs.gitlab.com/x")), Some("https://docs.gitlab.com/x"));
    assert_eq!(said_step(&step("")), "Do it.");
    let blocks = [
        Block::Steps(vec![step("https://docs.gitlab.com/<x>\"y")]),
        Block::Said(vec![Sentence { severity: Severity::Error, text: "No".into() }]),
    ];
    let page = html::write(&blocks);
    assert!(page.contains("href=\"https://docs.gitlab.com/&lt;x&gt;&quot;y\""), "{page}");
    assert!(page.contains("<html lang=\"en\">") && page.contains("default-src 'none'"), "{page}");
    assert!(page.contains("<li>✗ No</li>"), "{page}");
    assert_eq!(markdown::write(&blocks), "1. Do it. <https://docs.gitlab.com/x\"y>\n\n- ✗ No\n\n");
    assert_eq!(one_line("a\nb\u{8}"), "a b\u{fffd}");
}

#[test]
fn the_newest_sign_ins_are_told_and_the_older_ones_are_counted() {
    let count = u32::try_from(SIGN_INS).unwrap() + 3;
    let events: Vec<Event> = (1..=count).flat_map(|n| sign_in(n, &format!("person{n}"), "x")).collect();
    let exported = REPORTS[0].export(&events, Secrecy::Clear, Salt::default(), NOW);
    assert_eq!(exported.left_out, 3);
    assert!(exported.content.contains(&format!("person{count}")) && exported.content.contains("person4"));
    assert!(!exported.content.contains("person3 "), "{}", exported.content);
    let none = REPORTS[1].export(&[], Secrecy::Clear, Salt::default(), NOW);
    assert!(none.content.contains("<h1>") && none.left_out == 0);
}
