//! [`SignInVerdict`]: the one verdict on a flow. List lines, views, the message to the owner, the badge, the
//! marks on GitLab's pages, the text and the JSON of the command line are renderings of it.
//!
//! What was seen that GitLab did comes first, then what its checks say, in its order, then the account, then
//! what is known of the values alone. What was not seen is not known. Leaves out the words: `view::verdict`.

use crate::{
    base::{catalogue::Text, severity::Severity},
    case::{Case, acceptance::Basis, finding::Finding},
    comparison::Verdict,
    gitlab::outcome::Outcome,
    trace::flow::FlowKind,
};

/// The verdict on a flow.
#[derive(Clone, Copy, Debug)]
pub struct SignInVerdict<'c> {
    /// The verdict itself.
    pub kind: VerdictKind<'c>,
    /// Whether GitLab lets the person in; absent where that is not known.
    pub accepted: Option<bool>,
    /// The thing that `accepted` rests on; absent with it.
    pub rests_on: Option<Basis>,
    /// The things that were not seen, and on which GitLab's own verdict depends.
    pub depends_on: &'c [Text],
}

/// The verdicts; of several that fit the first counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VerdictKind<'c> {
    /// This is wrong with it.
    Found(&'c Finding),
    /// GitLab took the Response and found the account, which may not sign in.
    OfAccount,
    /// GitLab took the Response, found the account, and asks for the second factor.
    SecondFactor,
    /// GitLab refused it, though the NameID is the stored one.
    MatchRefused,
    /// GitLab refused it.
    Refused,
    /// The NameID is the stored one, and nothing stands against it.
    Match,
    /// GitLab checked it for its settings page, and found errors.
    CheckFailed,
    /// GitLab checked it for its settings page.
    Checked,
    /// GitLab let the person in.
    LetIn,
    /// A sign-out.
    SignOut,
    /// A message of something else.
    Other,
    /// No Response came yet.
    UnderWay,
    /// There is a Response, and nothing to compare it with.
    NotCompared,
}

impl<'c> VerdictKind<'c> {
    /// The severity of it.
    pub fn severity(self) -> Severity {
        match self {
            VerdictKind::Found(finding) => finding.severity,
            VerdictKind::OfAccount
            | VerdictKind::MatchRefused
            | VerdictKind::Refused
            | VerdictKind::CheckFailed => Severity::Error,
            VerdictKind::SecondFactor | VerdictKind::Match | VerdictKind::Checked | VerdictKind::LetIn => {
                Severity::Good
            }
            VerdictKind::SignOut | VerdictKind::Other | VerdictKind::UnderWay | VerdictKind::NotCompared => {
                Severity::Neutral
            }
        }
    }

    /// The finding that is the verdict.
    pub fn finding(self) -> Option<&'c Finding> {
        match self {
            VerdictKind::Found(finding) => Some(finding),
            _ => None,
        }
    }
}

impl Case<'_> {
    /// The verdict.
    pub fn verdict(&self) -> SignInVerdict<'_> {
        let accepted = self.accepted();
        SignInVerdict {
            kind: self.verdict_kind(),
            accepted: accepted.map(|(accepted, _)| accepted),
            rests_on: accepted.map(|(_, basis)| basis),
            depends_on: self.acceptance().map(|acceptance| &acceptance.depends_on[..]).unwrap_or_default(),
        }
    }

    /// The verdict itself, without what it rests on.
    pub fn verdict_kind(&self) -> VerdictKind<'_> {
        let flow = self.flow;
        // A warning is not why GitLab refused.
        let least = match flow.succeeded() {
            Some(false) => Severity::Error,
            _ => Severity::Warning,
        };
        if let Some(worst) = self.findings().first().filter(|finding| finding.severity >= least) {
            return VerdictKind::Found(worst);
        }
        match (self.comparison().saml_verdict(), flow.succeeded()) {
            _ if flow.is_of_account() => VerdictKind::OfAccount,
            _ if flow.outcomes == [Outcome::SecondFactor] => VerdictKind::SecondFactor,
            _ if flow.outcomes == [Outcome::VerifyFailed] => VerdictKind::CheckFailed,
            (Verdict::Exact, Some(false)) => VerdictKind::MatchRefused,
            (_, Some(false)) => VerdictKind::Refused,
            (Verdict::Exact, _) => VerdictKind::Match,
            _ if flow.is_verified() => VerdictKind::Checked,
            (_, Some(true)) => VerdictKind::LetIn,
            _ if flow.kind == FlowKind::SignOut => VerdictKind::SignOut,
            _ if flow.kind == FlowKind::Other => VerdictKind::Other,
            _ if flow.response.is_none() => VerdictKind::UnderWay,
            _ => VerdictKind::NotCompared,
        }
    }
}
