//! A HAR of GitLab's pages against what the extension reads on the same pages: the core has a reader of its
//! own for them, since nobody applies selectors to a file.

use super::{engine, expected, fixtures};
use samlight::{
    base::instant::Timestamp,
    event::Body,
    file::import,
    gitlab::pages::{self, Page, PageReading},
};
use serde_json::json;
use std::collections::BTreeMap;

const ACS: &str = "https://gitlab.example.com/groups/acme/-/saml/callback";

/// The pages that a HAR tells in which a Response is followed by this answer.
fn told(url: &str, media_type: &str, html: &str) -> Vec<PageReading> {
    let har = json!({"log": {"version": "1.2", "entries": [
        {"startedDateTime": "2026-01-01T09:00:00Z", "time": 40,
            "request": {"method": "POST", "url": ACS, "headers": [],
                "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "SAMLResponse=PHgvPg%3D%3D"}},
            "response": {"status": 302, "redirectURL": url, "headers": []}},
        {"startedDateTime": "2026-01-01T09:00:01Z", "time": 9,
            "request": {"method": "GET", "url": url, "headers": []},
            "response": {"status": 200, "headers": [], "content": {"mimeType": media_type, "text": html}}},
    ]}});
    let imported = import::file("a.har", har.to_string().as_bytes(), Timestamp(0));
    assert_eq!(imported.flaws, []);
    let page = |body| match body {
        Body::Page(page) => Some(page),
        _ => None,
    };
    imported.events.into_iter().filter_map(|event| page(event.body)).collect()
}

/// The messages among the fields of a page, white space folded, which says nothing.
fn messages(fields: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let folded = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let of = |key: &str| Some((key.to_owned(), fields.get(key)?.iter().map(folded).collect()));
    pages::MESSAGES.iter().filter_map(|key| of(key)).collect()
}

#[test]
fn a_page_in_a_har_says_what_it_says_in_the_browser() {
    let any = pages::ALL.iter().find(|page| page.id == pages::ANY).unwrap();
    let mut said = 0;
    for path in fixtures() {
        let html = std::fs::read_to_string(&path).unwrap();
        let wanted = messages(&engine::read(&path, any as &'static Page).unwrap().fields);
        said += usize::from(!wanted.is_empty());
        let url = expected(&path).unwrap().url;
        let told = told(&url, "text/html; charset=utf-8", &html);
        let read = told.first().map(|page| messages(&page.fields)).unwrap_or_default();
        assert_eq!(read, wanted, "{}", path.display());
        assert!(
            told.iter()
                .all(|page| page.url.expose() == &url && page.page == pages::ANY && page.rows.is_empty())
        );
        assert!(told.iter().all(|page| page.fields.keys().all(|key| wanted.contains_key(key))), "{told:?}");
    }
    assert!(said > 8, "messages on {said} pages only");
}

/// A page of another origin, and what is no page, say nothing of GitLab's answer.
#[test]
fn only_the_page_of_the_address_that_answered_is_read() {
    let page = r#"<body><div class='a flash-container'><p class="flash-alert">It &amp; that<br>failed</p></div></body>"#;
    let alert = BTreeMap::from([("flash".to_owned(), vec!["It & thatfailed".to_owned()])]);
    let read = |url: &str, media_type: &str, html: &str| {
        told(url, media_type, html).into_iter().map(|page| page.fields).collect::<Vec<_>>()
    };
    let gitlab = "https://gitlab.example.com/acme";
    assert_eq!(read(gitlab, "text/html", page), std::slice::from_ref(&alert));
    assert_eq!(read("https://GitLab.example.com/acme", "text/HTML", page), [alert]);
    assert!(read("https://idp.example.com/acme", "text/html", page).is_empty());
    assert!(read(gitlab, "application/json", page).is_empty());
    assert!(read(gitlab, "text/html", "<h1>Welcome</h1>").is_empty(), "a page without a place for messages");
    let empty = read(gitlab, "text/html", "<div class=flash-container></div><h1>404: x</h1>");
    assert_eq!(empty, [BTreeMap::new()], "it says that it says nothing");
    for damaged in [
        "<div class='flash-container'",
        "<!-- <div class=flash-container>",
        "<script><div class=flash-container>",
    ] {
        assert!(read(gitlab, "text/html", damaged).is_empty(), "{damaged}");
    }
    let open = "<div class=flash-container><!-- x > --><div class=flash-alert><style>b{}</style>Not <b>ended";
    assert_eq!(read(gitlab, "text/html", open)[0]["flash"], ["Not ended"]);
}
