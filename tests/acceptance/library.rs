//! Asks the library, and compares its answer with Samlight's.

use anyhow::Result;
use samlight::{
    acceptance::ACCOUNT,
    base::instant::Timestamp,
    case::Case,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    trace::tracer::Tracer,
};
use samlight_tests::draft::{ACS, Answer, Draft, NOW, answers};

/// The version of ruby-saml in Debian 12.
const RULES: &str = "1.13.0";

/// One Response.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) name: String,
    /// The one check that it fails.
    pub(crate) broken: Option<&'static str>,
    pub(crate) draft: Draft,
}

/// Asks for all at once.
pub(crate) fn ask(cases: Vec<Trial>) -> Result<Vec<(Trial, Answer)>> {
    let drafts: Vec<Draft> = cases.iter().map(|case| case.draft.clone()).collect();
    Ok(cases.into_iter().zip(answers(&drafts, None)?).collect())
}

/// The difference of Samlight's answer, with one check turned off.
pub(crate) fn difference(case: &Trial, answer: &Answer, off: Option<&str>) -> Option<String> {
    let imported = import::file("response", answer.response.as_bytes(), Timestamp(NOW));
    let mut tracer = Tracer::replay(imported.events);
    let told = settings(case, answer, off)?;
    let event = EventId::new(Timestamp(NOW), "given", 1);
    let body = Body::Settings(Settings { provider: Some(told), ..tracer.settings().clone() });
    tracer.observe(&Event::new(event, body));
    let of_flow = |flow| Case::new(&tracer, flow, Timestamp(NOW)).received_at(Timestamp(NOW));
    let judged = tracer.flows().last().map(of_flow);
    let Some(ours) = judged.as_ref().and_then(Case::acceptance) else {
        let what = format!("{}: Samlight says nothing, the library {:?}", case.name, answer.message);
        // Not even a message: the library cannot have accepted it.
        return (answer.accepted || off.is_some()).then_some(what);
    };
    let said = ours.message.as_ref();
    let same_words = match (said, &answer.message) {
        (Some(said), Some(theirs)) if said.is_whole => said.text == *theirs,
        (Some(said), Some(theirs)) => theirs.contains(&said.text),
        (None, _) => true,
        (Some(_), None) => false,
    };
    // An attribute can stand for the NameID.
    let stands_for_it = case.draft.settings.contains_key("uid_attribute");
    let same_name_id = !answer.accepted || stands_for_it || ours.name_id == answer.name_id;
    let is_same = ours.accepted == Some(answer.accepted) && same_words && same_name_id;
    (!is_same).then(|| {
        format!(
            "{}\n    library:  {} {:?} {:?}\n    Samlight: {:?} {:?} at {:?} {:?} {:?}",
            case.name,
            answer.accepted,
            answer.message,
            answer.name_id,
            ours.accepted,
            said,
            ours.step,
            ours.name_id,
            ours.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    })
}

/// The same settings for Samlight.
fn settings(case: &Trial, answer: &Answer, off: Option<&str>) -> Option<ProviderSettings> {
    let given = &case.draft.settings;
    let text = |name: &str| given.get(name)?.as_str().map(str::to_owned);
    // SAML of an instance can have all the settings there are.
    let provider = Provider::Instance { name: "saml".to_owned() };
    Some(ProviderSettings {
        entity_id: text("sp_entity_id"),
        acs: Some(ACS.to_owned()),
        fingerprint: Some(answer.fingerprint.clone().unwrap_or_default()),
        allowed_clock_drift: given.get("allowed_clock_drift").and_then(serde_json::Value::as_f64),
        idp_entity_id: text("idp_entity_id"),
        uid_attribute: text("uid_attribute"),
        size_limit: given.get("message_max_bytesize").and_then(serde_json::Value::as_u64),
        rules_version: Some(RULES.to_owned()),
        leave_out: [Some(ACCOUNT), off].into_iter().flatten().map(str::to_owned).collect(),
        ..ProviderSettings::new(Instance::at("https://gitlab.example.com")?, provider)
    })
}
