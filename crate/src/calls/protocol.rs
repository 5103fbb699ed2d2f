//! Calls and replies between Samlight's parts, by trust.
//!
//! Own pages (panel, popup) make [`OwnCall`]s; content scripts, which run inside a page that may be hostile,
//! make [`PageCall`]s and get nothing but recipes and notes for the page they are on. The background script
//! picks the enum by the sender, never by what the message says. All of it is JSON; after each change one
//! [`Notice`] goes to the own pages, which then ask again.

pub use super::group_protocol::{GroupCall, ListCall, ListReply, ReactivationView, SettingsCall};
use crate::{
    base::{catalogue::language::Language, instant::Zone, pseudonym::Salt, severity::Sentence},
    event::{Told, settings::ProviderSettings},
    explain::clues::Clues,
    file::export::Secrecy,
    gitlab::{api::WantedRead, instance::Instance, pages::Recipe},
    group::{
        check::{GroupView, Wanted},
        export,
        provisioned::Received,
        repair::RepairPlan,
        script::ScriptPart,
    },
    notes::Note,
    scim::Statement,
    view::{FlowView, Overview, at_hand::AtHand, encrypted::DecryptedView, search::Query},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// A question of an own page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum OwnCall {
    /// The first screen, with the part of the list that the query asks for.
    Overview(Query),
    /// One sign-in in full.
    Flow {
        /// From [`FlowLine`](crate::view::FlowLine).
        id: String,
        /// The zone in which it is told.
        #[serde(default, skip_serializing_if = "Zone::is_utc")]
        zone: Zone,
    },
    /// The whole newest sign-in as the terminal renders it.
    Report,
    /// The newest sign-in that began with one of these events, which a file told.
    Newest {
        /// Their ids.
        of: Vec<String>,
    },
    /// Sign-ins and members that a text is about, which was read in the page.
    AtHand {
        /// From [`FileReply`].
        clues: Clues,
        /// Origin and path of the page that the person is on, where the browser tells it.
        #[serde(default)]
        page: Option<String>,
    },
    /// The GitLab instances that the person named.
    Instances,
    /// About the group that is checked.
    Group(GroupCall),
}

/// The content of a file, as an own page shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileReply {
    /// The ids under which a trace has its events once it has taken them in.
    pub events: Vec<String>,
    /// Its statements about SCIM or about an error text.
    pub statements: Vec<Statement>,
    /// The clues in an error text.
    #[serde(default)]
    pub clues: Clues,
    /// The flaws in the file itself, in words.
    pub flaws: Vec<String>,
    /// The number of statements that are left out.
    #[serde(default)]
    pub left_out: usize,
    /// Whether the story of a person can be told of it.
    #[serde(default)]
    pub is_of_people: bool,
    /// The content of the file without its faults, where it is a provisioning schema that has some.
    #[serde(default)]
    pub corrected: Option<String>,
}

/// Statements of one answer that are shown in a page. A log can have a hundred thousand; the command line
/// finds those that are wanted.
pub const SHOWN: usize = 200;

/// A question for the story of one person, or without a person for what filters leave of files; what is
/// empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoryCall {
    /// An identifier, a NameID, an e-mail address, a user name or a user number.
    pub person: String,
    /// Path of the group.
    pub group: String,
    /// The time from which it is told.
    pub since: String,
    /// The time before which it is told.
    pub until: String,
    /// The names of the files, in the order in which they come.
    pub files: Vec<String>,
}

/// The answer to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoryReply {
    /// The story; at most [`SHOWN`].
    pub statements: Vec<Statement>,
    /// The number of statements that are left out.
    pub left_out: usize,
    /// The newest creation of the person that GitLab's log shows.
    #[serde(default)]
    pub received: Option<Received>,
}

/// A file that was read for the trace of a recorder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecorderFile {
    /// All that the page shows of it.
    pub reply: FileReply,
    /// Its events as the store takes them, a JSON list; nothing for a file about SCIM, which belongs in no
    /// trace.
    pub events: Option<String>,
}

/// The things that a person says of GitLab where none is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldCall {
    /// The GitLab and the group that the files are of.
    pub provider: ProviderSettings,
    /// The stored identifiers.
    pub told: Told,
}

/// An order to write a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportCall {
    /// The id of the [`Format`](crate::file::export::Format), or of the
    /// [`ReportFormat`](crate::view::report::ReportFormat).
    pub format: String,
    /// Whether it may hold what could be used to sign in.
    pub secrecy: Secrecy,
    /// For its pseudonyms.
    pub salt: Salt,
    /// The sign-ins that it is to hold; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Query>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// A name for it.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its text.
    pub content: String,
    /// The number of events that the format cannot hold.
    pub left_out: usize,
    /// The list of what was replaced, in words; absent for a file in clear.
    pub receipt: Option<Vec<String>>,
    /// The sign-ins in it and all that there are, where it is to hold only some.
    pub part: Option<(usize, usize)>,
}

/// The result of opening what is encrypted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecryptedReply {
    /// The parts that were opened, and those that were not.
    Opened(Box<DecryptedView>),
    /// There is no key in the file; the reason.
    NoKey(String),
}

/// The worker's answer. It is read with `reply` first, as it is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reply", content = "value", rename_all = "kebab-case")]
pub enum OwnReply {
    /// To [`OwnCall::Overview`].
    Overview(Box<Overview>),
    /// To [`OwnCall::Flow`]; absent when the flow is gone.
    Flow(Option<Box<FlowView>>),
    /// To [`OwnCall::Report`].
    Report(String),
    /// To [`OwnCall::Newest`]: its id, as in [`FlowLine`](crate::view::FlowLine); absent where there is none.
    Newest(Option<String>),
    /// To [`OwnCall::AtHand`]; empty where nothing fits.
    AtHand(Vec<AtHand>),
    /// To [`OwnCall::Instances`].
    Instances(Vec<Instance>),
    /// To [`GroupCall::View`], and to those that change something; absent when no group is checked.
    Group(Option<Box<GroupView>>),
    /// To [`GroupCall::Repair`]; absent before all is read.
    Repair(Option<Box<RepairPlan>>),
    /// To [`GroupCall::Export`] and [`GroupCall::ForMembers`].
    File(export::FilePart),
    /// To [`GroupCall::Reactivation`]; absent where nothing is to be reactivated.
    Reactivation(Option<ReactivationView>),
    /// To [`GroupCall::CheckScim`].
    Said(Sentence),
    /// To [`GroupCall::List`].
    List(Box<ListReply>),
    /// To [`SettingsCall::View`] and to [`GroupCall::Provisioned`].
    Statements(Vec<Statement>),
    /// To [`GroupCall::Script`]; absent before all is read.
    Script(Option<Box<ScriptPart>>),
    /// The call could not be carried out; a sentence for people.
    Refused(String),
}

/// By hand, because the derived one takes the two fields in either order: it keeps a value that comes before
/// its name in a form of its own, and has all views a second time to read them out of that: 100 kB of Wasm.
impl<'de> Deserialize<'de> for OwnReply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReplyVisitor)
    }
}

struct ReplyVisitor;

impl<'de> Visitor<'de> for ReplyVisitor {
    type Value = OwnReply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reply and its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnReply, A::Error> {
        let tag: Option<(String, String)> = map.next_entry()?;
        let Some((_, reply)) = tag.filter(|(field, _)| field == "reply") else {
            return Err(A::Error::missing_field("reply"));
        };
        if map.next_key::<String>()?.as_deref() != Some("value") {
            return Err(A::Error::missing_field("value"));
        }
        let read = match reply.as_str() {
            "overview" => OwnReply::Overview(map.next_value()?),
            "flow" => OwnReply::Flow(map.next_value()?),
            "report" => OwnReply::Report(map.next_value()?),
            "newest" => OwnReply::Newest(map.next_value()?),
            "at-hand" => OwnReply::AtHand(map.next_value()?),
            "instances" => OwnReply::Instances(map.next_value()?),
            "group" => OwnReply::Group(map.next_value()?),
            "repair" => OwnReply::Repair(map.next_value()?),
            "file" => OwnReply::File(map.next_value()?),
            "reactivation" => OwnReply::Reactivation(map.next_value()?),
            "said" => OwnReply::Said(map.next_value()?),
            "list" => OwnReply::List(map.next_value()?),
            "statements" => OwnReply::Statements(map.next_value()?),
            "script" => OwnReply::Script(map.next_value()?),
            "refused" => OwnReply::Refused(map.next_value()?),
            _ => return Err(A::Error::custom("the reply is none of those that are known")),
        };
        Ok(read)
    }
}

/// Sent to own pages after each change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The new [`Revision`](crate::trace::tracer::Revision) as text.
    pub revision: String,
}

/// A message of a content script to the worker. Prints as its name: the rest can hold anything that a page
/// holds.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum PageCall {
    /// A page was opened. Its address comes without its query, which can hold credentials.
    Opened {
        /// Origin and path.
        url: String,
        /// It was opened before, and asks because something changed.
        #[serde(default)]
        again: bool,
    },
    /// A recipe was applied.
    Read {
        /// Origin and path.
        url: String,
        /// The recipe's page.
        page: String,
        /// The fields found.
        fields: BTreeMap<String, Vec<String>>,
        /// The rows found.
        rows: Vec<BTreeMap<String, String>>,
    },
    /// A wanted read was performed.
    Answered {
        /// The page's origin and path.
        url: String,
        /// The path that was read.
        path: String,
        /// HTTP status; 0 when there was no answer.
        status: u16,
        /// The answer's text.
        body: String,
    },
    /// The thing that was [`Wanted`] was done.
    Done {
        /// The page's origin and path.
        url: String,
        /// The path that was read or changed.
        path: String,
        /// HTTP status; 0 when there was no answer.
        status: u16,
        /// The answer was a redirect, which was not followed.
        redirected: bool,
        /// Those of the wanted headers that the answer had.
        headers: BTreeMap<String, String>,
        /// The answer's text.
        body: String,
    },
    /// The time that was to be waited is over.
    Waited {
        /// The page's origin and path.
        url: String,
    },
}

impl PageCall {
    /// The page's origin and path.
    pub fn url(&self) -> &str {
        match self {
            PageCall::Opened { url, .. }
            | PageCall::Read { url, .. }
            | PageCall::Answered { url, .. }
            | PageCall::Done { url, .. }
            | PageCall::Waited { url } => url,
        }
    }
}

impl fmt::Debug for PageCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PageCall::Opened { .. } => "Opened",
            PageCall::Read { .. } => "Read",
            PageCall::Answered { .. } => "Answered",
            PageCall::Done { .. } => "Done",
            PageCall::Waited { .. } => "Waited",
        })
    }
}

/// The reply that a content script gets.
#[derive(Debug, Default, Serialize)]
pub struct PageReply {
    /// The fields to read; absent when there is nothing worth reading.
    pub recipe: Option<Recipe>,
    /// The language of the notes.
    pub language: Language,
    /// The notes to mark.
    pub notes: Vec<Note>,
    /// GETs of the page's own origin to perform.
    pub reads: Vec<WantedRead>,
    /// The thing to do next for the group that is checked; its answer is told by [`PageCall::Done`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Wanted>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::severity::Severity, text, view::at_hand::Opens};

    #[test]
    fn every_reply_is_read_as_it_is_written() {
        let said = Sentence { severity: Severity::Error, text: text!("key-file.none").to_string() };
        for reply in [
            OwnReply::Flow(None),
            OwnReply::Report("\u{e9} \"".into()),
            OwnReply::Newest(Some("1".into())),
            OwnReply::Newest(None),
            OwnReply::AtHand(vec![AtHand {
                statement: Statement::of(Severity::Info, &text!("at-hand.here")),
                opens: Opens::SignIn("1".into()),
            }]),
            OwnReply::Instances(Vec::new()),
            OwnReply::Group(None),
            OwnReply::Repair(None),
            OwnReply::Reactivation(None),
            OwnReply::Said(said),
            OwnReply::List(Box::default()),
            OwnReply::Statements(Vec::new()),
            OwnReply::Script(Some(Box::default())),
            OwnReply::Refused(String::new()),
        ] {
            let written = serde_json::to_string(&reply).unwrap();
            assert_eq!(serde_json::from_str::<OwnReply>(&written).unwrap(), reply, "{written}");
        }
        for broken in [
            r#"{"value":"x","reply":"report"}"#,
            r#"{"reply":"report"}"#,
            r#"{"reply":"unheard-of","value":"x"}"#,
            r#"{"reply":"report","value":1}"#,
            r#"{"reply":"report","value":"x","more":1}"#,
            "{}",
            "[]",
        ] {
            assert!(serde_json::from_str::<OwnReply>(broken).is_err(), "{broken}");
        }
    }
}
