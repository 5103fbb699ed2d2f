//! Each recipe applied to pages of GitLab, natively: `<version>/<page>.html` are the pages, written by us
//! after the facts of GitLab's own views, and the `.json` beside each is what must be read of it.
//!
//! A page's `.json` has `url`, `page` (the recipe), `variant`, `fields`, `rows`, `identities`, the stored
//! identities that the reading shows, and `marks`, what is marked on it (`marks.rs`). A page is taken as a
//! browser's parser takes it (html5ever), and stands here as GitLab's views write it, tidy or not. The
//! selectors run in another engine than a browser's, so each must be of the part of CSS that both know.
//! Leaves out: what scripts do to a page, which the tests in browsers play.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../crate/tests/anybody/mod.rs"]
mod anybody;
mod engine;
mod marks;
mod recorded;
#[path = "../../crate/tests/signer/mod.rs"]
mod signer;

use anyhow::{Context, Result, bail, ensure};
use engine::Reading;
use marks::Mark;
use samlight::gitlab::{
    instance::Instance,
    pages::{self, Page, PageReading, group_saml_settings::MEMBERS},
    routes::{self, Route},
    stored::StoredValue,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The expectations that are written beside a page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    url: String,
    page: String,
    variant: String,
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    rows: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    identities: Vec<Identity>,
    #[serde(default)]
    marks: Vec<Mark>,
}

/// One stored identity that a page shows.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    member: String,
    /// The path of the group, or the name of the whole instance's provider.
    provider: String,
    saml: StoredValue,
    scim: StoredValue,
}

#[test]
fn every_page_reads_as_written_beside_it() {
    let pages = fixtures();
    assert!(pages.len() > 5, "{pages:?}");
    let wrong: Vec<String> = pages
        .iter()
        .filter_map(|page| check(page).err().map(|error| format!("{}: {error:#}", page.display())))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn every_generation_of_every_page_has_a_fixture() {
    let seen: BTreeSet<(String, String)> =
        fixtures().iter().map(|page| expected(page).unwrap()).map(|e| (e.page, e.variant)).collect();
    let known = pages::ALL
        .iter()
        .flat_map(|page| page.variants.iter().map(|variant| (page.id.to_owned(), variant.id.to_owned())));
    let missing: Vec<_> = known.filter(|generation| !seen.contains(generation)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The bar of a whole group stands in the members' section, whatever has become of the table: above it, where
/// there is one.
#[test]
fn the_note_on_all_members_has_its_place() {
    let settings: Vec<PathBuf> =
        fixtures().into_iter().filter(|page| expected(page).unwrap().page == pages::SETTINGS).collect();
    for state in ["loading", "empty", "stacked", "off", "verified", "verify-failed", "german"] {
        let name = format!("18.9/group-saml-settings-{state}.html");
        assert!(settings.iter().any(|page| page.ends_with(&name)), "{name}");
    }
    for page in settings {
        let read = engine::read(&page, recipe(&expected(&page).unwrap()).unwrap()).unwrap();
        let place = engine::place_of(&page, read.variant, MEMBERS).unwrap();
        let place = place.unwrap_or_else(|| panic!("none in {}", page.display()));
        let is_members = ["Members", "Mitglieder"].contains(&place.heading.as_str());
        assert!(is_members && place.holds_table, "{}: {}", page.display(), place.heading);
    }
}

/// Utility classes and what GitLab's own tests hold on to change from version to version: none of it takes a
/// mark away or puts it elsewhere.
#[test]
fn what_gitlab_changes_often_changes_no_mark() {
    let folder = tempfile::tempdir().unwrap();
    let (mut compared, mut changed) = (0, 0);
    for page in fixtures() {
        let name = format!("{}.html", page.display()).replace('/', "_");
        let html = std::fs::read_to_string(&page).unwrap();
        let drifted = drifted(&html);
        changed += usize::from(drifted != html.replace("<body ", "<body data-drifted "));
        let copy = folder.path().join(name);
        std::fs::write(&copy, drifted).unwrap();
        std::fs::copy(page.with_extension("json"), copy.with_extension("json")).unwrap();
        check(&copy).unwrap_or_else(|error| panic!("{}, drifted: {error:#}", page.display()));
        compared += expected(&copy).unwrap().marks.len();
    }
    assert!(compared > 75 && changed > 30, "{compared} marks on {changed} pages");
}

/// A page with other utility classes, and without the attributes that GitLab's own tests use, but for the one
/// that Samlight has to hold on to as well.
fn drifted(html: &str) -> String {
    let mut page = html.replace("<body ", "<body data-drifted ");
    for name in ["data-testid", "data-qa-selector", "aria-colindex"] {
        page = without(&page, name);
    }
    let mut parts = page.split("class=\"");
    let mut drifted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (classes, rest) = part.split_once('"').unwrap_or((part, ""));
        let classes: Vec<String> = classes.split(' ').map(renamed).collect();
        drifted.push_str(&format!("class=\"{}\"{rest}", classes.join(" ")));
    }
    drifted
}

fn renamed(class: &str) -> String {
    const COMPONENTS: [&str; 2] = ["gl-alert", "gl-badge"];
    const UTILITIES: [&str; 12] =
        ["gl-", "!gl-", "col-", "mt-", "mb-", "pt-", "p-", "d-", "border", "table", "btn", "font-weight-"];
    let is_utility = UTILITIES.iter().any(|start| class.starts_with(start))
        && !COMPONENTS.iter().any(|start| class.starts_with(start));
    if is_utility { format!("drifted-{class}") } else { class.to_owned() }
}

/// The page without an attribute, but for the value that says that there are no identities.
fn without(html: &str, attribute: &str) -> String {
    let start = format!(" {attribute}=\"");
    let mut parts = html.split(start.as_str());
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (value, rest) = part.split_once('"').unwrap_or((part, ""));
        if value == "identities-empty-state" {
            page.push_str(&format!("{start}{value}\""));
        }
        page.push_str(rest);
    }
    page
}

/// Whatever stands on a page as a credential is planted with this word in it.
#[test]
fn no_credential_on_a_page_is_read() {
    let planted = "never-read-this";
    let mut with_plant = 0;
    for page in fixtures() {
        with_plant += usize::from(std::fs::read_to_string(&page).unwrap().contains(planted));
        let read = engine::read(&page, recipe(&expected(&page).unwrap()).unwrap()).unwrap();
        assert!(!format!("{:?} {:?}", read.fields, read.rows).contains(planted), "{}", page.display());
    }
    assert!(with_plant > 2, "credentials are planted in {with_plant} pages only");
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gitlab");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let versions = entries(&folder).into_iter().filter(|path| path.is_dir());
    let mut pages: Vec<PathBuf> = versions.flat_map(|version| entries(&version)).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    pages
}

fn expected(page: &Path) -> Result<Expected> {
    let beside = page.with_extension("json");
    let text = std::fs::read_to_string(&beside).with_context(|| beside.display().to_string())?;
    serde_json::from_str(&text).with_context(|| beside.display().to_string())
}

/// The page that the address leads to, which must be the one that the fixture names.
fn recipe(expected: &Expected) -> Result<&'static Page> {
    let Some(page) = Page::at(&route(expected)?) else { bail!("{} is no page", expected.url) };
    ensure!(page.id == expected.page, "{} leads to the page `{}`", expected.url, page.id);
    Ok(page)
}

fn route(expected: &Expected) -> Result<Route> {
    let gitlab = Instance::at("https://gitlab.example.com").context("the fixtures' GitLab")?;
    routes::route(&gitlab, &expected.url).context("the address is not on the fixtures' GitLab")
}

fn check(path: &Path) -> Result<()> {
    let wanted = expected(path)?;
    let page = recipe(&wanted)?;
    let read = engine::read(path, page)?;
    let marks = marks::of(path, &read)?;
    let Reading { variant, fields, rows, miscounted } = read;
    ensure!(miscounted.is_empty(), "other numbers of matches than expected: {}", miscounted.join(", "));
    let reading = PageReading {
        url: wanted.url.as_str().into(),
        page: page.id.to_owned(),
        fields: fields.clone(),
        rows: rows.clone(),
        ..PageReading::default()
    };
    let identities = (page.identities)(&route(&wanted)?, &reading)
        .into_iter()
        .map(|(provider, stored)| Identity {
            member: stored.member.label(),
            provider: provider.group().unwrap_or(provider.name()).to_owned(),
            saml: stored.saml,
            scim: stored.scim,
        })
        .collect();
    let read = Expected {
        url: wanted.url.clone(),
        page: page.id.to_owned(),
        variant: variant.id.to_owned(),
        fields,
        rows,
        identities,
        marks,
    };
    ensure!(read == wanted, "this was read:\n{}", serde_json::to_string_pretty(&read)?);
    Ok(())
}
