//! [`Acceptance`]: what GitLab makes of a Response, check by check, in GitLab's order.
//!
//! gitlab-facts 4.6: omniauth-saml hands the Response to ruby-saml, which stops at the first check that
//! fails; its words are what the person sees. One file a check, one row of [`CHECKS`] each, in GitLab's
//! order. What follows, whose account it is, is `account` (4.3). A check whose inputs were not seen is
//! skipped and says what to do: never a guess.
//!
//! | file | what it is |
//! |---|---|
//! | `received` | the Response as ruby-saml reads it |
//! | `service_provider` | GitLab's settings, as far as they are known |
//! | `rules` | versions of ruby-saml and what they do differently |
//! | `schema` | the schema gate |
//! | `clock` | how Ruby compares and writes instants |
//! | `account` | what GitLab decides after the checks |
//! | the others | one check each |

mod account;
mod attributes;
mod audience;
mod clock;
mod configured;
mod destination;
mod encoding;
mod encrypted_assertion;
mod issuer;
mod name_id;
mod one_assertion;
mod one_authn_statement;
mod one_conditions;
mod received;
mod response_id;
pub mod rules;
mod schema;
mod service_provider;
mod session;
mod signature;
mod signed_elements;
mod size;
mod status;
mod structure;
mod subject_confirmation;
mod uid;
mod validity;
mod version;
mod well_formed;

use crate::{
    attack,
    base::{catalogue::Text, instant::Timestamp},
    case::{
        Case,
        acceptance::{Acceptance, Basis, CheckState, Checked, Said},
    },
    gitlab::{messages, outcome::Outcome, uid as uid_attribute},
    saml::RedactedCopy,
    text,
    trace::{
        flow::{Flow, FlowKind},
        seen::{Rode, Seen},
    },
    xml::{Document, Element},
};
use account::Account;
use received::{Decrypted, Received};
use service_provider::ServiceProvider;

/// The result of a check.
enum CheckResult {
    Passed,
    Failed(Failure),
    /// It cannot be known from what was seen: what to do.
    Unknown(Text),
}

/// The reason why a check fails.
struct Failure {
    /// The words of the exception; absent where they are not predicted.
    said: Option<Said>,
    errors: Vec<String>,
    text: Option<Text>,
}

impl Failure {
    /// A check that answers with these words.
    fn saying(words: impl Into<String>) -> Self {
        let words = words.into();
        let said = Some(Said { text: words.clone(), is_whole: true });
        Failure { said, errors: vec![words], text: None }
    }

    /// Ruby fails with words that are not predicted.
    fn with_other_words(text: Text) -> Self {
        Failure { said: None, errors: Vec::new(), text: Some(text) }
    }

    fn because(self, text: Text) -> Self {
        Failure { text: Some(text), ..self }
    }
}

impl CheckResult {
    fn fails(words: impl Into<String>) -> Self {
        CheckResult::Failed(Failure::saying(words))
    }

    fn passes_if(passes: bool, words: impl FnOnce() -> String) -> Self {
        if passes { CheckResult::Passed } else { CheckResult::fails(words()) }
    }
}

/// One check of GitLab.
pub struct Check {
    /// Kebab-case name.
    pub id: &'static str,
    /// The thing that is checked.
    pub title: fn() -> Text,
    /// The messages that this check alone gives, in parts.
    pub messages: &'static [&'static [&'static str]],
    /// Looks at the Response.
    look: fn(&Received<'_>) -> CheckResult,
}

/// GitLab's checks in its order. The first six happen before ruby-saml's own list begins: while the Response
/// is read, and because omniauth-saml asks for the attributes first.
pub const CHECKS: &[Check] = &[
    size::CHECK,
    encoding::CHECK,
    well_formed::CHECK,
    encrypted_assertion::CHECK,
    attributes::CHECK,
    configured::CHECK,
    version::CHECK,
    response_id::CHECK,
    status::CHECK,
    one_assertion::CHECK,
    signed_elements::CHECK,
    structure::CHECK,
    one_conditions::CHECK,
    validity::CHECK,
    one_authn_statement::CHECK,
    audience::CHECK,
    destination::CHECK,
    issuer::CHECK,
    session::CHECK,
    subject_confirmation::CHECK,
    name_id::CHECK,
    signature::CHECK,
    uid::CHECK,
];

/// The checks of what a redacted copy does not have as it was received: its size, its encoding and its XML
/// are new, and of several assertions the one that counts is written alone.
const OF_THE_ORIGINAL: [&str; 5] = ["message-size", "encoding", "well-formed", "one-assertion", "schema"];
/// The checks of what is taken out of a redacted copy.
const OF_THE_SIGNATURE: [&str; 2] = ["signed-elements", "signature"];

/// The id of GitLab's decision on the account, behind all checks.
pub const ACCOUNT: &str = "account";

impl Case<'_> {
    /// The result that GitLab comes to when it gets the Response; `None` where there is none that can be
    /// read, or no GitLab.
    pub fn acceptance(&self) -> Option<&Acceptance> {
        self.acceptance.get_or_init(|| judge(self)).as_ref()
    }

    /// Whether GitLab lets the person in, and what that rests on: what was seen that GitLab did, or else its
    /// checks. Absent where neither is known. An answer that a file tells beside what this browser recorded
    /// was not seen.
    pub fn accepted(&self) -> Option<(bool, Basis)> {
        let is_seen = !self.is_beside_recording();
        let seen = self.flow.succeeded().filter(|_| is_seen).map(|succeeded| (succeeded, Basis::Outcome));
        // GitLab found nothing wrong with the Response, and asked for no account.
        let is_of_account = || self.acceptance().is_some_and(|it| it.step == Some(ACCOUNT));
        let verified = || (is_seen && self.flow.is_verified()).then(|| (!is_of_account(), Basis::Checks));
        seen.or_else(verified).or_else(|| Some((self.acceptance()?.accepted?, Basis::Checks)))
    }

    /// When a Response was issued that a file holds without a time: it is judged at that instant.
    pub fn judged_when_issued(&self) -> Option<Timestamp> {
        issued_in_file(response(self)?).filter(|_| self.received_at.is_none())
    }

    /// When the Response reached GitLab, by GitLab's clock where that is seen to differ from the browser's;
    /// for one from a file that says no time, when it was issued. By now it has expired, which says nothing
    /// of the sign-in that it was made for.
    pub fn arrival(&self) -> Option<Timestamp> {
        let response = response(self)?;
        if let Some(issued) = issued_in_file(response) {
            return Some(issued);
        }
        let seen = self.flow.received(self.tracer).map_or(response.event.time, |exchange| exchange.id.time);
        let skew = self.clocks().and_then(|clocks| clocks.gitlab);
        // Less than that may come from the whole seconds of the `Date` header alone.
        let skew = skew.filter(|skew| skew.ahead.saturating_abs() > skew.uncertain);
        Some(Timestamp(seen.0.saturating_add(skew.map_or(0, |skew| skew.ahead))))
    }
}

/// Has the Response run through all checks.
fn judge(case: &Case<'_>) -> Option<Acceptance> {
    crate::base::counted::judged();
    let sp = ServiceProvider::of(case)?;
    let seen = response(case)?;
    let at = case.received_at.or_else(|| case.arrival())?;
    let decrypted = Decrypted::new(seen.carried(), &sp, case.keys);
    let copy = attack::redacted_copy(seen.carried()).filter(|_| seen.event.is_imported());
    let received = Received::new(seen.carried(), &sp, at, &decrypted, copy)?;
    let mut checks: Vec<Checked> = CHECKS.iter().map(|check| check.run(&received)).collect();
    let first_failed = checks.iter().position(|checked| checked.state == CheckState::Failed);
    let is_open = |checked: &&Checked| {
        checked.state == CheckState::Skipped && !sp.leave_out.iter().any(|left_out| left_out == checked.id)
    };
    let before = checks.iter().take(first_failed.unwrap_or(checks.len()));
    let mut depends_on: Vec<Text> = before.filter(is_open).map(|checked| checked.title.clone()).collect();
    let is_valid = match first_failed {
        Some(_) => Some(false),
        None => depends_on.is_empty().then_some(true),
    };
    let (mut accepted, mut outcome) = (is_valid, first_failed.map(|_| Outcome::ResponseRefused));
    if first_failed.is_none() {
        let account = if sp.leave_out.iter().any(|left_out| left_out == ACCOUNT) {
            Account::LeftOut
        } else {
            account::decide(case, &received)
        };
        if let Account::Refused(..) = account {
            accepted = accepted.map(|_| false);
        }
        if let Account::Refused(decided, _) | Account::LetIn(decided) = &account {
            outcome = Some(*decided).filter(|_| is_valid == Some(true));
        }
        if let Account::Open(open) = &account {
            depends_on.extend(open.iter().cloned());
        }
        checks.push(account.checked());
    }
    let refusing =
        checks.iter().find(|checked| checked.state == CheckState::Failed && accepted == Some(false));
    Some(Acceptance {
        accepted,
        message: refusing.filter(|_| depends_on.is_empty()).and_then(|checked| checked.said.clone()),
        step: refusing.map(|checked| checked.id),
        depends_on,
        name_id: received.name_id(),
        uid: received.uid(),
        attributes: received.attributes(),
        checks,
        outcome,
        is_valid,
        rules: sp.rules.version,
    })
}

/// The message that GitLab takes for the Response: a Response, or what stands in its place and is no XML that
/// can be read as anything else. Metadata, a page, an assertion alone, a LogoutResponse are never judged.
fn response<'a>(case: &Case<'a>) -> Option<&'a Seen> {
    let Case { tracer, flow, .. } = *case;
    let response = flow.response.and_then(|response| tracer.seen(response));
    let seen = match flow.kind {
        FlowKind::SignIn => response,
        FlowKind::SignOut => None,
        FlowKind::Other | FlowKind::Unreadable => response.or_else(|| {
            let exchange = tracer.exchanges().get(flow.steps.first()?.exchange)?;
            exchange.messages.first().filter(|seen| seen.carried().parameter != "SAMLRequest")
        }),
    };
    seen.filter(|seen| {
        let root = seen.carried().document.as_ref().and_then(Document::root);
        // One of SAML 1.1 is refused for its version.
        root.is_none_or(|root| root.local() == "Response")
    })
}

/// IssueInstant of a message from a file that does not tell when it was sent.
fn issued_in_file(seen: &Seen) -> Option<Timestamp> {
    let message = seen.carried().message.as_ref().filter(|_| seen.rode == Rode::File)?;
    Timestamp::parse(message.head.issue_instant.as_deref()?)
}

/// The words of libxml2 for the first thing in `message` that the schema of SAML does not allow, without its
/// list of what it expected.
pub fn schema_violation(message: Element<'_>) -> Option<String> {
    schema::first_violation(message).map(|found| found.libxml2)
}

/// The check that gives the flash message `shown`, as GitLab shows it: wrapped and humanised.
pub fn check_of(shown: &str) -> Option<&'static Check> {
    let reason = messages::reason(shown).unwrap_or(shown);
    CHECKS.iter().find(|check| check.messages.iter().any(|parts| messages::is(parts, reason)))
}

impl Check {
    /// The reason why the check of a redacted copy would say nothing of the message itself.
    fn not_known_of(&self, copy: RedactedCopy) -> Option<Text> {
        match copy.had_signature && OF_THE_SIGNATURE.contains(&self.id) {
            true => Some(text!("accept.taken-out")),
            false => OF_THE_ORIGINAL.contains(&self.id).then(|| text!("accept.written-anew")),
        }
    }

    fn run(&self, received: &Received<'_>) -> Checked {
        let title = uid_attribute::named((self.title)(), received.sp.uid_attribute.as_deref());
        let checked = Checked {
            id: self.id,
            state: CheckState::Skipped,
            title,
            text: None,
            said: None,
            errors: Vec::new(),
        };
        if received.sp.leave_out.iter().any(|left_out| left_out == self.id) {
            return Checked { text: Some(text!("accept.left-out")), ..checked };
        }
        if let Some(why) = received.copy.and_then(|copy| self.not_known_of(copy)) {
            return Checked { text: Some(why), ..checked };
        }
        match (self.look)(received) {
            CheckResult::Passed => Checked { state: CheckState::Passed, ..checked },
            CheckResult::Unknown(text) => Checked { text: Some(text), ..checked },
            CheckResult::Failed(failure) => {
                let meaning = failure.said.as_ref().and_then(|said| messages::meaning(&said.text));
                let text = failure.text.or_else(|| meaning.map(|meaning| (meaning.means)()));
                Checked {
                    state: CheckState::Failed,
                    text,
                    said: failure.said,
                    errors: failure.errors,
                    ..checked
                }
            }
        }
    }
}

impl Acceptance {
    /// The flash message as GitLab shows it; absent where it is not wholly known.
    pub fn flash(&self, flow: &Flow) -> Option<String> {
        let said = self.message.as_ref().filter(|said| said.is_whole)?;
        if self.step == Some(ACCOUNT) {
            return Some(said.text.clone());
        }
        let words = humanised(&said.text);
        Some(match flow.provider.as_ref()?.group() {
            Some(_) => format!("Unable to sign in to group with SAML: \"{words}\""),
            None => format!("Could not authenticate you from SAML because \"{words}\"."),
        })
    }
}

/// A message as Rails' `humanize` makes it: words in lower case, `_` as a space, a capital at the start. It
/// damages addresses and names, too.
pub fn humanised(message: &str) -> String {
    let message = message.trim_start_matches('_');
    let message = message.strip_suffix("_id").unwrap_or(message).replace('_', " ");
    let message = message.trim_start().to_ascii_lowercase();
    let mut characters = message.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn humanised_as_rails_does_it() {
        for (message, shown) in [
            ("Invalid Signature on SAML Response", "Invalid signature on saml response"),
            ("extern_uid is missing", "Extern uid is missing"),
            ("_user_id", "User"),
        ] {
            assert_eq!(humanised(message), shown);
        }
    }

    #[test]
    fn each_check_is_found_by_its_own_humanised_messages() {
        for check in CHECKS {
            for parts in check.messages {
                let shown =
                    format!("Unable to sign in to group with SAML: \"{}\"", humanised(&parts.join(" x ")));
                assert_eq!(check_of(&shown).map(|found| found.id), Some(check.id), "{shown}");
            }
        }
        assert!(check_of("Request to link SAML account must be authorized").is_none());
    }
}
