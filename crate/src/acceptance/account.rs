//! GitLab's steps once ruby-saml is content: whose account it is (gitlab-facts 4.3, 5.2).
//!
//! Group SAML: nobody signed in, the stored identity decides, byte for byte; without one, an enterprise user
//! of the group with that e-mail address gets it, an address that has an account is refused, and any other
//! becomes a new account. Somebody signed in: without an identity the account is linked, if the sign-in began
//! at GitLab; with another one it is changed, if the address is one of the person's own. What decides and was
//! not seen is named. Leaves out: blocked and locked accounts, two-factor authentication, rules for sign-up,
//! and what an instance is configured to do with people whom it does not know.

use super::{ACCOUNT, CheckState, Checked, Said, received::Received};
use crate::{
    base::catalogue::Text,
    case::Case,
    comparison::{self, Verdict},
    gitlab::{attributes, messages, outcome::Outcome},
    text,
};

/// GitLab's decision.
pub(super) enum Account {
    /// The settings leave it out.
    LeftOut,
    LetIn(Outcome),
    Refused(Outcome, &'static str),
    /// It depends on these.
    Open(Vec<Text>),
}

const NO_NAME_ID: &str = "SAML authentication failed: SAML NameID is missing from your SAML response. Please contact your administrator.";
const NO_EMAIL: &str = "The SAML response did not contain an email address. Either the SAML identity provider is not \
                        configured to send the attribute, or the identity provider directory does not have an email \
                        address value for your user.";
const NEEDS_REQUEST: &str = "Request to link SAML account must be authorized";
const MISMATCH: &str =
    "SAML Name ID and email address do not match your user account. Contact an administrator.";

/// Decides for the Response of `case`, which passed all checks.
pub(super) fn decide(case: &Case<'_>, received: &Received<'_>) -> Account {
    let comparison = case.comparison();
    let row = comparison.row("name-id-with-saml");
    // What is compared is of the first assertion; GitLab reads the signed one.
    let sent = comparison::uid_sent(case.tracer, case.flow).map(|(uid, _)| uid);
    let is_read = received.uid() == sent;
    let verdict = if is_read { comparison.saml_verdict() } else { Verdict::Unknown };
    let is_same = is_read && row.is_some_and(|row| row.is_accepted());
    let signed_in = received.sp.signed_in_as.is_some();
    if is_same && !comparison.attribution.is_of_other_user() {
        return Account::LetIn(if signed_in { Outcome::AlreadyLinked } else { Outcome::SignedIn });
    }
    if !received.sp.is_group() {
        return Account::Open(vec![text!("depends.instance")]);
    }
    let decision = Decision { case, received, verdict };
    // Only a person who gives settings says with them that nobody is signed in.
    match (signed_in, received.sp.told) {
        (true, _) => decision.signed_in(),
        (false, true) => decision.signed_out(),
        (false, false) => Account::Open(vec![text!("depends.signed-in"), text!("depends.stored")]),
    }
}

struct Decision<'a> {
    case: &'a Case<'a>,
    received: &'a Received<'a>,
    verdict: Verdict,
}

impl Decision<'_> {
    fn signed_out(&self) -> Account {
        if self.verdict == Verdict::Unknown {
            return Account::Open(vec![text!("depends.stored")]);
        }
        if self.email().is_none() {
            return Account::Refused(Outcome::NoEmail, NO_EMAIL);
        }
        // An address that has an account ends in "There is already a GitLab account …".
        Account::Open(vec![text!("depends.email-taken"), text!("depends.enterprise")])
    }

    fn signed_in(&self) -> Account {
        let has_name_id = self.received.name_id().is_some_and(|name_id| !name_id.is_empty());
        match self.verdict {
            Verdict::Unknown => Account::Open(vec![text!("depends.stored")]),
            _ if !has_name_id => Account::Refused(Outcome::LinkFailed, NO_NAME_ID),
            Verdict::NotStored => self.link(),
            _ => self.change(),
        }
    }

    /// An account without an identity.
    fn link(&self) -> Account {
        let Some(answered) = self.received.in_response_to() else {
            return Account::Refused(Outcome::LinkNeedsRequest, NEEDS_REQUEST);
        };
        let request =
            self.case.flow.request_message(self.case.tracer).and_then(|message| message.head.id.as_ref());
        match request {
            None => Account::Open(vec![text!("depends.request"), text!("depends.uid-free")]),
            Some(id) if *id != answered => Account::Refused(Outcome::LinkNeedsRequest, NEEDS_REQUEST),
            Some(_) => Account::Open(vec![text!("depends.uid-free")]),
        }
    }

    /// An account with another identity.
    fn change(&self) -> Account {
        let Some(sent) = self.email() else { return Account::Refused(Outcome::LinkFailed, MISMATCH) };
        let users = {
            let Case { tracer, flow, .. } = *self.case;
            flow.instance.iter().flat_map(|instance| tracer.identities().users(instance, &flow.place))
        };
        let name = self.received.sp.signed_in_as.as_deref();
        let mut own = users.filter(|(user, _)| user.username.as_deref() == name);
        let has_address =
            own.any(|(user, _)| user.verified_email().is_some_and(|own| own.eq_ignore_ascii_case(&sent)));
        // Further verified addresses of a person are not seen, so nothing follows from another primary one.
        if has_address {
            Account::Open(vec![text!("depends.uid-free")])
        } else {
            Account::Open(vec![text!("depends.verified-email")])
        }
    }

    /// The e-mail address that GitLab reads.
    fn email(&self) -> Option<String> {
        self.received.attribute(attributes::EMAIL).filter(|email| !email.is_empty())
    }
}

impl Account {
    /// As the last line of the checks.
    pub(super) fn checked(&self) -> Checked {
        let title = text!("accept.account");
        let checked = Checked {
            id: ACCOUNT,
            state: CheckState::Skipped,
            title,
            text: None,
            said: None,
            errors: Vec::new(),
        };
        match self {
            Account::LeftOut => Checked { text: Some(text!("accept.left-out")), ..checked },
            Account::LetIn(_) => Checked { state: CheckState::Passed, ..checked },
            Account::Refused(_, words) => Checked {
                state: CheckState::Failed,
                text: messages::meaning(words).map(|meaning| (meaning.means)()),
                said: Some(Said { text: (*words).to_owned(), is_whole: true }),
                ..checked
            },
            Account::Open(open) => {
                let all: Vec<String> = open.iter().map(ToString::to_string).collect();
                Checked { text: Some(text!("accept.account-open", what = all.join("; "))), ..checked }
            }
        }
    }
}
