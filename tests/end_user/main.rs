//! Runs the pages of this folder: what a person who signs in reads about themselves, and the message to the
//! owner.
//!
//! A section expects, of its newest sign-in, words of the self-check and of the message, or that there is
//! none; and names what the message must not hold. Every verdict of the closed list has its section.

use anyhow::{Context, Result, ensure};
use samlight::{
    case::Case,
    comparison::Verdict,
    view::{FlowView, flow::flow_view, print::terminal},
};
use samlight_tests::story::{self, Section, Told};
use serde::Deserialize;

/// Every verdict on a NameID.
const VERDICTS: [Verdict; 10] = [
    Verdict::Exact,
    Verdict::CaseOnly,
    Verdict::WhitespaceOnly,
    Verdict::UnicodeOnly,
    Verdict::Different,
    Verdict::NotStored,
    Verdict::NoNameId,
    Verdict::Transient,
    Verdict::StoredForOtherUser,
    Verdict::Unknown,
];

/// The expectations of the newest sign-in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expected {
    verdict: Verdict,
    /// Words of the self-check; absent when there is none.
    self_check: Option<Vec<String>>,
    /// Words of the message, in order; absent when there is none.
    message: Option<Vec<String>>,
    /// The texts that the message must not hold.
    #[serde(default)]
    keeps_back: Vec<String>,
}

#[test]
fn the_pages_hold() {
    let (mut wrong, mut with_message) = (Vec::new(), Vec::new());
    for page in story::pages("end_user").unwrap() {
        assert!(!page.sections.is_empty(), "{}.md has no sections", page.name);
        for section in &page.sections {
            match hold(section) {
                Ok(expected) => with_message.extend(expected.message.map(|_| expected.verdict)),
                Err(error) => wrong
                    .push(format!("{}.md line {} ({}): {error:#}", page.name, section.line, section.title)),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
    for verdict in VERDICTS {
        assert!(with_message.contains(&verdict), "no section has a message about {verdict:?}");
    }
}

fn hold(section: &Section) -> Result<Expected> {
    let told = story::tell(section, "end-user")?;
    let expected: Expected = serde_json::from_str(&told.expected.text).context("what is expected")?;
    let flow = newest(&told)?;
    let check = flow.self_check.as_ref().map(|check| {
        let identities = check.identities.iter().flat_map(|identity| {
            [&identity.value.label, identity.value.value.as_ref().unwrap_or(&identity.value.seen)]
                .into_iter()
                .chain([&identity.sentence.text])
        });
        let needed = check.needed.iter().map(|step| &step.text);
        let lines = std::iter::once(&check.state.text).chain(identities).chain(needed);
        lines.cloned().collect::<Vec<_>>().join("\n")
    });
    says("the self-check", check.as_deref(), expected.self_check.as_deref())?;
    let message = flow.for_owner.as_ref().map(|message| message.text.as_str());
    says("the message", message, expected.message.as_deref())?;
    if let Some(message) = message {
        for secret in &expected.keeps_back {
            ensure!(!message.contains(secret.as_str()), "the message holds `{secret}`:\n{message}");
        }
        ensure!(terminal::render(&flow).contains(message), "the terminal does not show the message");
        ensure!(!message.contains('{'), "a place is not filled:\n{message}");
        ensure!(message.contains("https://docs.gitlab.com/"), "no documentation:\n{message}");
    }
    Ok(expected)
}

fn newest(told: &Told<'_>) -> Result<FlowView> {
    let flow = told.tracer.flows().last().context("there is no sign-in")?;
    let case = Case::new(&told.tracer, flow, told.now);
    let verdict = case.comparison().saml_verdict();
    let wanted: serde_json::Value = serde_json::from_str(&told.expected.text)?;
    ensure!(serde_json::to_value(verdict)? == wanted["verdict"], "the verdict is {verdict:?}");
    Ok(flow_view(&case))
}

/// Whether `text` has these words in this order; or neither is there.
fn says(what: &str, text: Option<&str>, words: Option<&[String]>) -> Result<()> {
    let (Some(shown), Some(words)) = (text, words) else {
        ensure!(text.is_none() == words.is_none(), "{what} is {text:?}");
        return Ok(());
    };
    ensure!(!words.is_empty(), "say some words of {what}");
    let mut rest = shown;
    for word in words {
        let (_, after) = rest
            .split_once(word.as_str())
            .with_context(|| format!("{what} does not say `{word}` at its place:\n{shown}"))?;
        rest = after;
    }
    Ok(())
}
