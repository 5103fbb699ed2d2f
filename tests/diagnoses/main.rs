//! Runs the pages of this folder: one a diagnosis, its help text and its test.
//!
//! A section `## fires …` must find what the page is about; `## stays silent …` must not. Other sections are
//! prose.

use anyhow::{Context, Result, ensure};
use samlight::diagnoses;
use samlight_tests::story::{self, Page, Section};

#[test]
fn the_pages_hold() {
    let pages = story::pages("diagnoses").unwrap();
    let wrong: Vec<String> = pages
        .iter()
        .flat_map(|page| {
            page_problems(page).into_iter().map(|problem| format!("{}.md: {problem}", page.name))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn every_diagnosis_has_its_page() {
    let names: Vec<String> = story::pages("diagnoses").unwrap().into_iter().map(|page| page.name).collect();
    let mut ids: Vec<&str> = diagnoses::ALL.iter().map(|diagnosis| diagnosis.id).collect();
    ids.sort_unstable();
    assert_eq!(names, ids);
}

fn page_problems(page: &Page) -> Vec<String> {
    let problem = |section: &Section, error| format!("line {} ({}): {error:#}", section.line, section.title);
    let mut problems: Vec<String> = page
        .sections
        .iter()
        .filter_map(|section| check(page, section).err().map(|error| problem(section, error)))
        .collect();
    for kind in ["fires", "stays silent"] {
        if !page.sections.iter().any(|section| section.title.starts_with(kind)) {
            problems.push(format!("has no section `## {kind} …`"));
        }
    }
    if page.title != page.name || page.prose < 2 {
        problems.push(format!("begins with `# {}` and says what it means and what to do", page.name));
    }
    problems
}

fn check(page: &Page, section: &Section) -> Result<()> {
    let fires = section.title.starts_with("fires");
    if !fires && !section.title.starts_with("stays silent") {
        ensure!(section.blocks.is_empty(), "blocks belong under `## fires …` or `## stays silent …`");
        return Ok(());
    }
    let told = story::tell(section, "findings")?;
    let found = story::findings(&told).context("findings")?;
    let own = found.iter().filter(|finding| finding.id == page.name).count();
    ensure!(!fires || own > 0, "must expect the finding `{}`", page.name);
    ensure!(fires || own == 0, "must not expect the finding `{}`", page.name);
    Ok(())
}

/// The words of the harness about a page of one section.
fn said_of(section: &str) -> String {
    match Page::parse("name-id-missing", section) {
        Ok(page) => page_problems(&page).join("\n"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_section_that_tells_or_expects_nothing_is_wrong() {
    assert!(said_of("## fires\n```json findings\n[]\n```").contains("nothing happens"));
    assert!(said_of("## fires\n```json told\n{}\n```").contains("exactly one block"));
    assert!(said_of("## fires\n```json told\n{}\n```\n```json findings\n[]\n```").contains("must expect"));
    let late = "## fires\n```json findings\n[]\n```\n```json told\n{}\n```";
    assert!(said_of(late).contains("last one"));
    assert!(said_of("## Fires\n```json told\n{}\n```\n```json findings\n[]\n```").contains("blocks belong"));
    assert!(said_of("").contains("has no section `## stays silent"));
}

#[test]
fn a_remedy_with_other_steps_than_expected_is_wrong() {
    let with = |remedy: &str| {
        let response = "<samlp:Response ID='_r1'><samlp:Status><samlp:StatusCode \
            Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></samlp:Status>\
            <saml:Assertion ID='_a1'><saml:Subject/></saml:Assertion></samlp:Response>";
        let finding = format!(
            r#"{{"id": "name-id-missing", "severity": "error", "at_fault": "identity-provider", "says": ["no NameID"]{remedy}}}"#
        );
        said_of(&format!("## fires\n```xml response\n{response}\n```\n```json findings\n[{finding}]\n```"))
    };
    let right = "Ask the administrator of your identity provider to send a NameID";
    let said = with(&format!(r#", "remedy": ["{right}"]"#));
    assert!(!said.contains("(fires)"), "{said}");
    assert!(with("").contains("missing field `remedy`"));
    for wrong in [
        String::from("[]"),
        format!(r#"["{right}", "{right}"]"#),
        r#"["a group owner sets"]"#.into(),
        r#"[""]"#.into(),
    ] {
        let said = with(&format!(r#", "remedy": {wrong}"#));
        assert!(said.contains("expects the remedy"), "{wrong}: {said}");
    }
}

#[test]
fn an_unknown_block_option_or_field_is_wrong_and_named_with_its_line() {
    let unknown = said_of("## fires\n\n```json dream\n{}\n```\n```json findings\n[]\n```");
    assert!(unknown.contains("line 3") && unknown.contains("dream"), "{unknown}");
    let option = said_of("## fires\n```json told colour=red\n{}\n```\n```json findings\n[]\n```");
    assert!(option.contains("colour"), "{option}");
    let field = said_of("## fires\n```json told\n{\"saml\":1}\n```\n```json findings\n[]\n```");
    assert!(field.contains("saml"), "{field}");
    assert!(Page::parse("page", "## fires\n```json told\n{}\n").is_err());
}
