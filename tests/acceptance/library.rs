//! Asks the library, and compares its answer with Samlight's.

use anyhow::Result;
use samlight::{
    acceptance::{self, ACCOUNT},
    base::{instant::Timestamp, severity::Severity},
    case::{Case, acceptance::Acceptance},
    encryption::PrivateKey,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    trace::tracer::Tracer,
    view::flow::flow_view,
};
use samlight_tests::draft::{ACS, Answer, Draft, Form, Read, answers};
use serde_json::json;

/// GitLab's key, for which `library.rb` encrypts.
const KEY: &[u8] = include_bytes!("../../crate/tests/encryption/samples/keys/sp.key");

/// One Response.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) name: String,
    /// The one check that it fails.
    pub(crate) broken: Option<&'static str>,
    pub(crate) draft: Draft,
    /// Whether GitLab gets it for a group, not for an instance.
    pub(crate) is_group: bool,
    /// Whether Samlight sees it posted, and does not find it in a file.
    pub(crate) is_posted: bool,
}

impl Trial {
    /// To an instance, which can have all the settings there are; in a file, where `%50` is a form's escape.
    /// Posted it is what was sent.
    pub(crate) fn new(name: String, broken: Option<&'static str>, draft: Draft) -> Self {
        let is_posted = draft.wire.iter().any(|(_, to)| to.contains('%'));
        Trial { name, broken, draft, is_group: false, is_posted }
    }
}

/// Asks for all at once.
pub(crate) fn ask(cases: Vec<Trial>) -> Result<Vec<(Trial, Answer)>> {
    let drafts: Vec<Draft> = cases.iter().map(|case| case.draft.clone()).collect();
    Ok(cases.into_iter().zip(answers(&drafts, None)?).collect())
}

/// The things of a setup that Samlight is not told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Untold {
    Nothing,
    /// One check is turned off.
    Check(&'static str),
    Fingerprint,
    /// It knows that GitLab has a key, and does not get it.
    Key,
}

/// A difference that stands: its reason, and whether it is that.
type Standing = (&'static str, fn(&Trial, &Answer) -> bool);

/// The differences that stand. Samlight follows GitLab, which has REXML 3.4, and refuses each of these.
const STANDING: [Standing; 4] = [
    (
        "REXML 3.2 takes an XML declaration in encrypted content for an instruction; 3.4 refuses it",
        |case, _| {
            let mut content = case.draft.encrypt.iter().filter_map(|sealed| sealed["before"].as_str());
            content.any(|before| before.contains("<?xml"))
        },
    ),
    ("ruby-saml 1.13 reads a message with a document type declaration; 1.18.1 refuses it", |case, answer| {
        answer.version.starts_with("1.13") && case.draft.xml.contains("<!DOCTYPE")
    }),
    (
        "REXML 3.2 passes over text in front of the root, as a second byte order mark is; 3.4 refuses it",
        |case, answer| {
            let is_marked = case.draft.form == Form::Utf16 && case.draft.xml.starts_with('\u{feff}');
            answer.version.starts_with("1.13") && is_marked
        },
    ),
    ("ruby-saml 1.13 finds no words for a schema error in what is said to be in UTF-16", |case, answer| {
        answer.version.starts_with("1.13") && case.draft.xml.contains("encoding=\"UTF-16\"")
    }),
];

/// The difference of Samlight's answer, with one check turned off.
pub(crate) fn difference(case: &Trial, answer: &Answer, off: Option<&'static str>) -> Option<String> {
    let off = off.map_or(Untold::Nothing, Untold::Check);
    let Some(ours) = judged(case, answer, off) else {
        let what = format!(
            "{}: Samlight says nothing, the library {:?}\n    the draft: {:?} {:?} {:?}",
            case.name, answer.message, case.draft.xml, case.draft.form, case.draft.wire
        );
        // Not even a message: the library cannot have accepted it.
        return (answer.accepted || off != Untold::Nothing).then_some(what);
    };
    // What ruby-saml does not decode as Samlight does is read otherwise, too, and refused.
    let is_decoded = !matches!(ours.step, Some("encoding" | "well-formed"));
    let said = ours.message.as_ref();
    let same_words = match (said, &answer.message) {
        (Some(said), Some(theirs)) if said.is_whole => said.text == *theirs,
        (Some(said), Some(theirs)) => theirs.contains(&said.text),
        // The words that are not predicted are those of Ruby and its parsers; none that a check alone gives.
        (None, Some(theirs)) => !is_decoded || acceptance::check_of(theirs).is_none(),
        (None, None) => true,
        (Some(_), None) => false,
    };
    let same_name = !answer.accepted || ours.uid == answer.name_id;
    let same = |read: &Read| read.name_id == ours.name_id && read.attributes == ours.attributes;
    let is_read = !is_decoded || answer.read.as_ref().is_none_or(same);
    let is_same = ours.accepted == Some(answer.accepted) && same_words && same_name && is_read;
    if ours.accepted == Some(false) && STANDING.iter().any(|(_, stands)| stands(case, answer)) {
        return None;
    }
    (!is_same).then(|| {
        // Behind libxml2's words stands the whole message.
        let words = answer.message.as_deref().and_then(|words| words.lines().next());
        let depends: Vec<String> = ours.depends_on.iter().map(ToString::to_string).collect();
        format!(
            "{}\n    library:  {} {:?} {:?} {:?}\n    Samlight: {:?} {:?} at {:?} {:?} {:?} {:?} {depends:?}\n    the draft: {:?}\n    {:?} {:?} {:?} {:?}",
            case.name, answer.accepted, words, answer.name_id, answer.read, ours.accepted, said, ours.step,
            ours.uid, ours.name_id, ours.attributes, case.draft.xml, case.draft.sign, case.draft.encrypt,
            case.draft.after, case.draft.settings,
        )
    })
}

/// Samlight's answer where it is told less; absent where that says nothing else than the library.
pub(crate) fn contradiction(case: &Trial, answer: &Answer, untold: Untold) -> Option<String> {
    // Without a fingerprint the certificate in the settings counts.
    if untold == Untold::Fingerprint && answer.certificate.is_some() {
        return None;
    }
    let accepted = judged(case, answer, untold)?.accepted?;
    if !accepted && STANDING.iter().any(|(_, stands)| stands(case, answer)) {
        return None;
    }
    (accepted != answer.accepted).then(|| {
        let words = answer.message.as_deref().and_then(|words| words.lines().next());
        format!("{}, {untold:?} not told\n    library:  {words:?}\n    Samlight: {accepted}", case.name)
    })
}

/// GitLab's verdict by Samlight's checks.
fn judged(case: &Trial, answer: &Answer, untold: Untold) -> Option<Acceptance> {
    with_case(case, answer, untold, |case| case.acceptance().cloned())?
}

/// The thing that is missing beside a refusal: an error that says why, a headline, a step, who acts.
pub(crate) fn unexplained(trial: &Trial, answer: &Answer) -> Option<String> {
    let missing = |case: &Case<'_>| {
        (case.verdict().accepted == Some(false)).then_some(())?;
        let (view, step) = (flow_view(case), case.acceptance().and_then(|it| it.step));
        let error = case.verdict_kind().finding().filter(|finding| finding.severity == Severity::Error);
        let parts = [
            ("a finding", error.is_none()),
            ("its evidence", error.is_some_and(|it| it.evidence.is_empty())),
            ("a headline", view.verdict.severity != Severity::Error || view.verdict.text.is_empty()),
            ("a word in the list", view.line.verdict.severity != Severity::Error),
            ("a step", view.steps.is_empty() || view.steps.iter().any(|step| step.text.is_empty())),
            ("a message to the owner", view.for_owner.is_none()),
        ];
        let (part, _) = parts.into_iter().find(|(_, is_missing)| *is_missing)?;
        Some(format!("{}: {step:?} has not {part}", trial.name))
    };
    with_case(trial, answer, Untold::Nothing, missing)?
}

/// Looks at the Response as it came to GitLab.
fn with_case<T>(
    case: &Trial,
    answer: &Answer,
    untold: Untold,
    look: impl FnOnce(&Case<'_>) -> T,
) -> Option<T> {
    let at = Timestamp(case.draft.now);
    let events = if case.is_posted {
        let url = if case.is_group { ACS } else { "https://gitlab.example.com/users/auth/saml/callback" };
        let event = json!({"id": "1772366400000-a-000001", "kind": "request", "request": "1", "tab": 1,
            "method": "POST", "url": url, "form": [["SAMLResponse", [answer.response]]], "body": "form"});
        vec![serde_json::from_value(event).unwrap()]
    } else {
        import::file("response", answer.response.as_bytes(), at).events
    };
    let mut tracer = Tracer::replay(events);
    let told = settings(case, answer, untold)?;
    let has_key = told.has_sp_key && untold != Untold::Key;
    let event = EventId::new(at, "given", 1);
    let body = Body::Settings(Settings { provider: Some(told), ..tracer.settings().clone() });
    tracer.observe(&Event::new(event, body));
    let keys: Vec<PrivateKey> = has_key.then(|| PrivateKey::from_file(KEY).unwrap()).into_iter().collect();
    let case = Case::new(&tracer, tracer.flows().last()?, at).received_at(at).with_keys(&keys);
    Some(look(&case))
}

/// The same settings for Samlight.
fn settings(case: &Trial, answer: &Answer, untold: Untold) -> Option<ProviderSettings> {
    let given = &case.draft.settings;
    let text = |name: &str| given.get(name)?.as_str().map(str::to_owned);
    let off = if let Untold::Check(id) = untold { Some(id) } else { None };
    let provider = match case.is_group {
        true => Provider::Group { path: "acme".to_owned() },
        false => Provider::Instance { name: "saml".to_owned() },
    };
    let fingerprint = Some(answer.fingerprint.clone().unwrap_or_default());
    Some(ProviderSettings {
        entity_id: text("sp_entity_id"),
        acs: text("assertion_consumer_service_url"),
        fingerprint: fingerprint.filter(|_| untold != Untold::Fingerprint),
        certificate: answer.certificate.clone(),
        has_sp_key: given.contains_key("private_key"),
        allowed_clock_drift: given.get("allowed_clock_drift").and_then(serde_json::Value::as_f64),
        idp_entity_id: text("idp_entity_id"),
        uid_attribute: text("uid_attribute"),
        size_limit: given.get("message_max_bytesize").and_then(serde_json::Value::as_u64),
        rules_version: Some(answer.version.clone()),
        leave_out: [Some(ACCOUNT), off].into_iter().flatten().map(str::to_owned).collect(),
        ..ProviderSettings::new(Instance::at("https://gitlab.example.com")?, provider)
    })
}
