//! [`InPage`]: what an own page does with files by itself, and the whole trace where there is no extension.
//!
//! A file is read, written and decrypted in the page, so that what a person opens never leaves it; the panel
//! loads the core for it as a second module. On the static page the trace is here, too, and comes from files
//! alone: nothing is sent or stored, and what was read is gone when the page is left.

use super::{
    own_pages,
    protocol::{DecryptedReply, ExportCall, ExportedFile, FileReply, OwnReply, RecorderFile, ToldCall},
};
use crate::{
    base::{catalogue::Text, instant::Timestamp, redact, severity::Step},
    event::{Body, Event, EventId, settings::Settings},
    file::{self, Beside, FileRead, export},
    group::check::GroupCheck,
    idp::{self, entra_schema},
    scim::Statement,
    text,
    trace::tracer::Tracer,
    view::{context::Context, encrypted, lines::Lines, report, selection},
};
use std::collections::BTreeMap;

/// The core of one page.
#[derive(Default)]
pub struct InPage {
    /// In order; what is read twice stands here once.
    events: BTreeMap<EventId, Event>,
    tracer: Tracer,
    lines: Lines,
}

impl InPage {
    /// Answers an own page's call in JSON from the trace of this page.
    pub fn call(&mut self, call: &str, now: Timestamp) -> OwnReply {
        let context = Context { now, recording: true, ..Context::default() };
        // No group is checked where no worker reads.
        let mut nobody: Option<GroupCheck> = None;
        own_pages::answer_json(&mut self.tracer, &mut nobody, &mut self.lines, &context, call)
    }

    /// Reads the file `name` at `now` into the trace of this page.
    pub fn read(&mut self, name: &str, content: &[u8], now: Timestamp) -> FileReply {
        let (reply, events) = read(name, content, now, Beside::Files);
        self.add(events);
        reply
    }

    /// Reads the file `name` at `now` for the trace of a recorder.
    ///
    /// # Errors
    /// If an event has no JSON form.
    pub fn read_for_recorder(
        name: &str,
        content: &[u8],
        now: Timestamp,
    ) -> Result<RecorderFile, serde_json::Error> {
        let (reply, events) = read(name, content, now, Beside::Recording);
        let events = reply.statements.is_empty().then(|| serde_json::to_string(&events)).transpose()?;
        Ok(RecorderFile { reply, events })
    }

    /// Takes in at `now` what a person says of GitLab. Said again, the newer words count.
    pub fn tell(&mut self, told: ToldCall, now: Timestamp) {
        let settings = Settings { provider: Some(told.provider), ..Settings::default() };
        let bodies = [Body::Settings(settings), Body::Told(told.told)];
        let event = |(number, body)| Event::new(EventId::new(now, "told", number), body);
        self.add((1..).zip(bodies).map(event).collect());
    }

    fn add(&mut self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        self.events.extend(events.into_iter().map(|event| (event.id.clone(), event)));
        // Files tell of any time: the order is that of the events, not of the reading.
        self.tracer = Tracer::replay(self.events.values().cloned());
        self.lines = Lines::default();
    }

    /// The file that holds `events`, a JSON list from a recorder, or those of this page, or a report of them
    /// as they are at `now`. Events of a recorder that cannot be read are left out: it is said in the panel
    /// already.
    ///
    /// # Errors
    /// If the list is none, or the format is not known.
    pub fn export(
        &self,
        call: ExportCall,
        events: Option<&str>,
        now: Timestamp,
    ) -> Result<ExportedFile, String> {
        let events: Vec<Event> = match events {
            None => self.events.values().cloned().collect(),
            Some(events) => {
                let events: Vec<serde_json::Value> = serde_json::from_str(events).map_err(|error| {
                    text!("ui.failure.unreadable-answer", reason = redact::json_error(&error)).to_string()
                })?;
                events.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect()
            }
        };
        let (events, part) = match &call.of {
            None => (events, None),
            Some(query) => {
                let (events, part) = selection::only_found(events, query, now);
                (events, Some(part))
            }
        };
        let (media_type, written) = match (export::format(&call.format), report::report(&call.format)) {
            (Some(format), _) => (format.media_type, format.export(&events, call.secrecy, call.salt)),
            (None, Some(report)) => (report.media_type, report.export(&events, call.secrecy, call.salt, now)),
            (None, None) => return Err(text!("ui.files.not-saved").to_string()),
        };
        let receipt = written.receipt.map(|receipt| receipt.text());
        Ok(ExportedFile {
            name: written.name,
            media_type: media_type.to_owned(),
            content: written.content,
            left_out: written.left_out,
            receipt: receipt.map(|lines| lines.iter().map(ToString::to_string).collect()),
            part,
        })
    }

    /// The content of the message whose XML is `exact`, opened with the private key in the file `key`.
    pub fn decrypted(exact: &str, key: &[u8]) -> DecryptedReply {
        match encrypted::decrypted(exact, key) {
            Ok(view) => DecryptedReply::Opened(Box::new(view)),
            Err(problem) => DecryptedReply::NoKey(problem.text().to_string()),
        }
    }
}

/// A file for a trace that holds what `beside` says, and its events; those of one about SCIM belong in no
/// trace.
fn read(name: &str, content: &[u8], now: Timestamp, beside: Beside) -> (FileReply, Vec<Event>) {
    let FileRead { events, statements, clues, flaws, is_of_people } = file::read(name, content, now, beside);
    let events = if statements.is_empty() { events } else { Vec::new() };
    // The trace has them under their own ids, or knows them as a file's.
    let ids = events.iter().flat_map(|event| [event.id.clone(), event.id.clone().imported()]);
    // What is wrong with it as a message says nothing of what it is.
    let flaws = if statements.is_empty() { flaws } else { Vec::new() };
    let corrected = if statements.is_empty() { None } else { corrected(content) };
    let (corrected, changes) = corrected.unzip();
    let statements = statements.into_iter().chain(changes).collect();
    let reply = FileReply {
        events: ids.map(|id| id.to_string()).collect(),
        statements,
        clues,
        flaws: flaws.iter().map(|flaw| flaw.text.to_string()).collect(),
        left_out: 0,
        is_of_people,
        corrected,
    };
    (reply, events)
}

/// Entra ID's provisioning schema without the faults that it has, and each change; nothing where the file is
/// another one, or has none.
fn corrected(content: &[u8]) -> Option<(String, Statement)> {
    let text = file::text_of(content);
    let text = text.trim();
    idp::export(text)?;
    let corrected = entra_schema::corrected(text, None).ok()?;
    let steps = [text!("ui.corrected.name-id"), text!("corrected.do")];
    let step = |text: Text| Step { text: text.to_string(), link: None, by: None };
    let said = Statement {
        heading: Some(text!("corrected.heading").to_string()),
        sentences: corrected.sentences(),
        steps: steps.map(step).into(),
    };
    (!corrected.changes.is_empty()).then(|| (corrected.content(), said.redacted()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::pseudonym::Salt,
        calls::protocol::OwnCall,
        event::{Told, settings::ProviderSettings},
        file::export::Secrecy,
        gitlab::{instance::Instance, routes::Provider},
    };
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_767_258_000_000);
    const XML: &[u8] = b"<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_r'/>";

    fn newest(page: &mut InPage, of: Vec<String>) -> Option<String> {
        let call = serde_json::to_string(&OwnCall::Newest { of }).unwrap();
        let OwnReply::Newest(newest) = page.call(&call, NOW) else { panic!("another reply") };
        newest
    }

    #[test]
    fn a_file_is_shown_where_it_is_added_and_kept_by_nobody_else() {
        let mut page = InPage::default();
        let recorded = InPage::read_for_recorder("a.xml", XML, NOW).unwrap();
        let told = recorded.reply;
        assert_eq!((told.events.len(), told.statements.len(), told.flaws.len()), (2, 0, 0));
        let events: Vec<Event> = serde_json::from_str(&recorded.events.unwrap()).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(newest(&mut page, told.events.clone()), None, "it is the recorder's");
        let own = page.read("a.xml", XML, NOW);
        assert!(newest(&mut page, told.events.clone()).is_some());
        assert_eq!(own.events, told.events, "the same file has the same ids");
    }

    #[test]
    fn what_a_file_says_of_scim_belongs_in_no_trace() {
        let log = br#"{"method":"PATCH","path":"/api/scim/v2/groups/acme/Users/x","status":204}"#;
        let mut page = InPage::default();
        let told = page.read("api_json.log", log, NOW);
        assert!(!told.statements.is_empty() && told.events.is_empty());
        let recorded = InPage::read_for_recorder("api_json.log", log, NOW).unwrap();
        assert_eq!((recorded.reply, recorded.events), (told, None));
    }

    #[test]
    fn a_schema_with_faults_comes_back_corrected_with_each_change() {
        let users = json!({"name": "Provision Users", "enabled": true, "flowTypes": "Add, Update, Delete",
            "targetObjectName": "User", "attributeMappings": [
                {"targetAttributeName": "externalId", "matchingPriority": 1, "flowType": "Always", "source": null},
                {"targetAttributeName": "userName", "matchingPriority": 0, "flowType": "Always",
                    "source": {"expression": "[mailNickname]", "type": "Attribute"}}]});
        let schema = json!({"synchronizationRules": [{"objectMappings": [users]}]}).to_string();
        let mut page = InPage::default();
        let told = page.read("schema.json", schema.as_bytes(), NOW);
        let corrected = told.corrected.unwrap();
        assert!(corrected.contains("[objectId]") && corrected.contains("[mailNickname]"), "{corrected}");
        let last = told.statements.last().unwrap();
        let changes: String = last.sentences.iter().map(|it| it.text.clone()).collect();
        assert!(changes.contains("[objectId]") && last.steps.len() == 2, "{last:?}");
        assert_eq!(page.read("a.log", b"Error authenticating: null", NOW).corrected, None);
        // What is corrected has nothing more to be corrected.
        assert_eq!(page.read("schema.json", corrected.as_bytes(), NOW).corrected, None);
    }

    #[test]
    fn a_trace_is_saved_from_this_page_or_from_a_recorder() {
        let mut page = InPage::default();
        page.read("a.xml", XML, NOW);
        let provider = ProviderSettings::new(Instance::gitlab_com(), Provider::Group { path: "acme".into() });
        page.tell(ToldCall { provider, told: Told::default() }, NOW);
        let call = |format: &str| ExportCall {
            format: format.to_owned(),
            secrecy: Secrecy::Clear,
            salt: Salt::new([7; 16]),
            of: None,
        };
        let own = page.export(call("trace"), None, NOW).unwrap();
        assert_eq!((own.content.lines().count(), own.receipt), (4, None));
        let recorded = serde_json::json!([{"id": "1767258000000-a-000001", "kind": "dream"}, 7]).to_string();
        let of_recorder = page.export(call("trace"), Some(&recorded), NOW).unwrap();
        assert_eq!(of_recorder.content.lines().count(), 2);
        let report = page.export(call("html"), Some(&recorded), NOW).unwrap();
        assert_eq!((report.media_type.as_str(), report.receipt), ("text/html", None));
        for (format, events) in [("dream", "[]"), ("trace", "{")] {
            assert!(page.export(call(format), Some(events), NOW).is_err());
        }
    }
}
