//! View models: what is shown, in the reader's words, as plain data.
//!
//! The panel, the popup, the static page and the terminal show these and add nothing but arrangement. Every
//! text comes from the message catalogue or from the trace. They are serialised between the background worker
//! and its own pages; content scripts get [`Note`](crate::notes)s only.

mod absent;
pub mod acceptance;
mod actor;
pub mod at_hand;
pub mod clock;
pub mod context;
pub mod difference;
pub mod encrypted;
pub mod flow;
mod for_others;
pub mod lines;
mod mermaid;
mod message;
pub mod new_identity;
pub(crate) mod of_file;
pub mod older;
mod other_message;
pub mod overview;
pub mod owner_message;
mod plain;
pub mod print;
pub mod report;
pub mod search;
pub mod selection;
pub mod self_check;
mod sequence;
pub mod sign_ins;
pub mod signed;
pub(crate) mod value;
pub mod verdict;

use crate::{
    base::severity::{Sentence, Severity, Step},
    comparison::Verdict,
    gitlab::instance::Instance,
};
use acceptance::AcceptanceView;
use clock::ClockView;
use encrypted::EncryptedView;
use new_identity::NewIdentity;
use owner_message::OwnerMessage;
use self_check::SelfCheck;
use serde::{Deserialize, Serialize};
pub use value::{alike, runs};

/// Everything the first screen shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Differs whenever anything shown may have changed.
    pub revision: String,
    /// Whether sign-ins are being recorded.
    pub recording: bool,
    /// The GitLabs that are watched besides gitlab.com: those that the person added.
    #[serde(default)]
    pub watched: Vec<Instance>,
    /// Flows with an error or a warning.
    pub problems: usize,
    /// The newest sign-in's verdict in everyday words, or why there is none yet.
    pub headline: Sentence,
    /// The first thing to do about it.
    pub first_step: Option<Step>,
    /// The number of sign-ins that the trace holds.
    pub total: usize,
    /// The number of them that the query finds.
    pub found: usize,
    /// Position of the first of `flows` among those found.
    pub start: usize,
    /// A part of the sign-ins found, newest first: at most [`search::WINDOW`].
    pub flows: Vec<FlowLine>,
    /// The days of those found that come before the day of the first of `flows`, and after the day of the
    /// last, in the list's order. Nothing where all are of one day, or not in the order of time.
    #[serde(default)]
    pub other_days: Option<(usize, usize)>,
    /// Hosts that took part in any sign-in, sorted.
    pub hosts: Vec<String>,
    /// The verdicts of the sign-ins found, counted as if none of them were chosen.
    #[serde(default)]
    pub facets: Vec<Facet>,
    /// The sign-in to show: the chosen one while it exists, else the newest found, else the newest.
    pub selected: Option<Selected>,
    /// Things to say about the recording itself: an event was set aside, the store was emptied, …
    pub notices: Vec<Sentence>,
}

/// A verdict that several sign-ins can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// The verdict in a few words.
    pub verdict: Sentence,
    /// The number of sign-ins that have it.
    pub count: usize,
}

/// The sign-in to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selected {
    /// Its id.
    pub id: String,
    /// Its position among those found; absent when the query leaves it out.
    pub position: Option<usize>,
}

/// One sign-in or sign-out in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowLine {
    /// [`FlowId`](crate::trace::flow::FlowId) as text.
    pub id: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it began, time of day.
    pub time: String,
    /// Its title: "Sign-in to group acme on gitlab.com".
    pub title: String,
    /// The one who signs in, as the message names them: by the NameID, or by the e-mail address where that is
    /// made up or cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Full path of the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The host of the GitLab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The number of the browser's tab; absent of what a file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<i64>,
    /// The verdict in a few words.
    pub verdict: Sentence,
    /// Captured in a private window.
    pub private: bool,
    /// The Firefox container that it was captured in: "Container 3".
    pub container: Option<String>,
    /// The file that tells it: "from the file “ada.har”". Absent of what this browser saw, and where files
    /// are all there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// One sign-in in full, most important first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowView {
    /// Its line in the list.
    pub line: FlowLine,
    /// The GitLab that it is to, where it is a known one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Instance>,
    /// The thing without which it cannot be said why it fails; absent where that can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Lack>,
    /// The verdict in one sentence or two.
    pub verdict: Sentence,
    /// The outcome at GitLab, as far as its answers show it.
    pub outcome: Option<Sentence>,
    /// The outcomes of which one holds, where its answers do not tell them apart; `outcome` names them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<String>,
    /// The checks that GitLab makes, and how they go; absent where no Response was seen.
    #[serde(default)]
    pub acceptance: Option<AcceptanceView>,
    /// The steps to take, in order.
    pub steps: Vec<Step>,
    /// The values that GitLab has stored for whoever is signed in, or what is needed to see them.
    pub self_check: Option<SelfCheck>,
    /// The identity that an administrator of the GitLab can add, where that is what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_identity: Option<NewIdentity>,
    /// The message to send to whoever can fix it.
    pub for_owner: Option<OwnerMessage>,
    /// Further findings, worst first.
    pub findings: Vec<FindingView>,
    /// The values that were compared with each other.
    pub comparison: ComparisonView,
    /// The course of the sign-in: who sent what to whom, and where it went wrong.
    pub sequence: SequenceView,
    /// The differences between the clocks, and when the Response is valid.
    pub clock: Option<ClockView>,
    /// The HTTP exchanges in order.
    pub exchanges: Vec<ExchangeView>,
    /// The SAML messages in order.
    pub messages: Vec<MessageView>,
}

/// The thing without which it cannot be said why a sign-in fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A sign-in: it is none.
    SignIn,
    /// Its end: it is under way.
    End,
    /// The identifiers that GitLab has stored for the person.
    OwnIdentifiers,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingView {
    /// Kebab-case name of the diagnosis.
    pub diagnosis: String,
    /// The finding in words.
    pub sentence: Sentence,
    /// The party that can fix it: "the identity provider", "GitLab's configuration", …
    pub at_fault: String,
    /// The places where it was seen.
    pub evidence: Vec<String>,
    /// The steps to take.
    pub steps: Vec<Step>,
}

/// Facts by sources, with a verdict a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The person whose row was compared, and why it is theirs: "Compared with Ada (@ada), because …".
    pub attribution: String,
    /// The rows.
    pub rows: Vec<ComparisonRow>,
}

/// One comparison: two values and what GitLab would make of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// The two things that are compared: "NameID with stored SAML identifier".
    pub label: String,
    /// The value that was sent, and where it was seen.
    pub left: ValueView,
    /// The value that is stored, and where it was seen.
    pub right: ValueView,
    /// By which rule GitLab compares them: "byte for byte", "upper and lower case count as the same".
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The severity of the verdict.
    pub severity: Severity,
    /// The verdict in words, with the reason.
    pub text: String,
}

/// One value and where it was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ValueView {
    /// The name of this side: "NameID sent", "SAML identifier stored".
    pub label: String,
    /// The value exactly; absent when it is not known or there is none.
    pub value: Option<String>,
    /// The value in runs, with what differs and what is invisible marked.
    pub runs: Vec<Run>,
    /// The place and time at which it was seen, or why it is absent.
    pub seen: String,
}

/// A run of characters of one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The characters; invisible ones stand as a visible sign.
    pub text: String,
    /// The reason to mark it, if there is one.
    pub mark: Mark,
    /// For an invisible or unusual character, its name: "space", "zero width space (U+200B)".
    pub name: Option<String>,
}

/// The reason why a run is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// As in the other value.
    Plain,
    /// Differs from the other value.
    Differs,
    /// Cannot be seen as it stands.
    Invisible,
}

/// A sign-in as a sequence diagram.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SequenceView {
    /// The parties that take part, from left to right.
    pub participants: Vec<Participant>,
    /// The arrows between them: what they told each other, from first to last.
    pub arrows: Vec<ArrowView>,
    /// The meaning of its lines, where it has more than one kind.
    #[serde(default)]
    pub legend: Vec<LegendView>,
    /// The diagram as Mermaid's text, for a ticket.
    #[serde(default)]
    pub mermaid: String,
}

/// The meaning of one kind of line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegendView {
    /// The kind of line.
    pub state: ArrowState,
    /// Its meaning: "recorded".
    pub text: String,
}

/// One who takes part in a sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// "GitLab", "You", "Identity provider".
    pub name: String,
    /// Its host, where it is known.
    pub place: Option<String>,
}

/// One arrow of the diagram, between two neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArrowView {
    /// Index of the participant that it begins at.
    pub from: usize,
    /// Index of the participant that it leads to.
    pub to: usize,
    /// When, time of day; absent when it was not seen.
    pub time: Option<String>,
    /// Milliseconds since the arrow before it that was seen.
    pub since: Option<i64>,
    /// A wait before it that people notice: "38.0 s at the identity provider".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// The method of a request, the status of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// Its cargo, in a word or two.
    pub label: String,
    /// The path that it asks for, or the place that it sends the browser to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The reason why it failed.
    pub note: Option<String>,
    /// Whether it happened.
    pub state: ArrowState,
    /// The place of its message among [`FlowView::messages`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<usize>,
    /// The arrow in words: who, to whom, what, whether it happened.
    pub text: String,
}

/// Whether an arrow of the diagram happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrowState {
    /// It was captured.
    Seen,
    /// Here it went wrong.
    Failed,
    /// It must have happened, and was not captured.
    NotSeen,
    /// It has not happened yet.
    Waiting,
}

/// One HTTP request with its response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExchangeView {
    /// When it began, time of day.
    pub time: String,
    /// Its duration in milliseconds, where its end was seen.
    pub duration: Option<i64>,
    /// `POST`.
    pub method: String,
    /// The address that it went to; query values that could be credentials are replaced.
    pub url: String,
    /// `302`, or absent with the reason in `absent`.
    pub status: Option<u16>,
    /// The address that the response sent the browser to, redacted like `url`.
    pub location: Option<String>,
    /// Its part in the sign-in: "GitLab sends the AuthnRequest to the identity provider".
    pub role: String,
    /// The parts of it that the browser did not show, and why.
    pub absent: Vec<String>,
}

/// One SAML message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageView {
    /// `Response`, `AuthnRequest`, or "Message that could not be read".
    pub name: String,
    /// `HTTP-POST`.
    pub binding: String,
    /// The place and time at which it was seen.
    pub seen: String,
    /// The important values: label and value, in reading order.
    pub summary: Vec<(String, String)>,
    /// The RelayState beside it. A screen of the person's own shows it, as the message itself, and nothing
    /// else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_state: Option<String>,
    /// The attributes of its assertions.
    pub attributes: Vec<AttributeView>,
    /// Its signatures.
    pub signatures: Vec<SignatureView>,
    /// The certificates it carries.
    pub certificates: Vec<CertificateView>,
    /// Its encrypted parts.
    pub encrypted: Vec<EncryptedView>,
    /// The flaws in it.
    pub flaws: Vec<FlawView>,
    /// The XML, indented; equal to the message except for white space between elements.
    pub pretty: String,
    /// The XML as it was sent.
    pub exact: String,
    /// The parameter's value as the browser gave it.
    pub received: String,
}

/// One attribute of an assertion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributeView {
    /// Its Name.
    pub name: String,
    /// Its FriendlyName.
    pub friendly_name: Option<String>,
    /// Its values.
    pub values: Vec<String>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureView {
    /// The part that it is on and whether it is valid.
    pub sentence: Sentence,
    /// The other facts that are known of it: label and value, in reading order.
    pub rows: Vec<(String, String)>,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateView {
    /// The content of the certificate: label and value, in reading order.
    pub rows: Vec<(String, String)>,
    /// SHA-1 fingerprint in GitLab's notation.
    pub sha1: String,
    /// SHA-256 fingerprint in GitLab's notation.
    pub sha256: String,
    /// All of it as PEM (RFC 7468).
    #[serde(default)]
    pub pem: String,
}

/// One flaw of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlawView {
    /// Kebab-case code.
    pub code: String,
    /// The problem and its place.
    pub text: String,
}
