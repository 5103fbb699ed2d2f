//! The plan of what can be done for one member: [`RepairPlan`], with the value that is stored, the one that
//! is wanted, why it is wanted, what can go wrong, the ways out in order of risk, and whether Samlight itself
//! offers the change.
//!
//! Rows R26 to R39 and R45, R46 of the facts. A wrong value locks a person out, or opens their account to
//! somebody else (R37, R38), so a change is offered only towards a NameID that was captured for this very
//! user, whose e-mail address the same assertion carried. `REFUSALS` is what stands against it; `DOUBTS` is
//! what leaves only the command to copy, which the person runs with access of their own.

use super::{
    captured::{Captured, Captures, Claim, Rules},
    join::{other_owner, other_owner_of},
    members::{Identity, Person, Roll},
};
use crate::{
    base::{catalogue::Text, severity::Step},
    comparison::attribution::Reason,
    gitlab::{
        command::{Command, Sends},
        docs,
        instance::Instance,
        passwords, path,
        stored::StoredValue,
        version::Version,
    },
    idp::vendor,
    text,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// The plan of what can be done for one member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepairPlan {
    /// The number of the user whose identity it is.
    pub user: u64,
    /// The same for people.
    pub member: String,
    /// The identity that it is about.
    pub identity: Identity,
    /// The value that GitLab has.
    pub current: Option<String>,
    /// The value that was captured.
    pub wanted: Option<String>,
    /// The reasons why it is wanted.
    pub evidence: Vec<String>,
    /// The things that can go wrong.
    pub risks: Vec<String>,
    /// The ways out, the safest first.
    pub ways: Vec<Step>,
    /// The change as a command, with a placeholder for the person's own access; absent where it is refused.
    pub command: Option<String>,
    /// Whether Samlight offers to make the change.
    pub offer: Offer,
}

/// Whether Samlight offers to make a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "offer", rename_all = "kebab-case")]
pub enum Offer {
    /// No, and nobody should.
    Refused {
        /// The reasons why not, one by one.
        because: Vec<String>,
    },
    /// No, but the command is there.
    CommandOnly {
        /// The reasons why not, one by one.
        because: Vec<String>,
    },
    /// Yes, once the person says yes to each of these.
    Change {
        /// Sentences, the first of which names user, old and new value.
        consents: Vec<String>,
    },
}

/// The facts that a repair is judged by.
pub(super) struct Question<'a> {
    pub(super) roll: &'a Roll,
    pub(super) instance: &'a Instance,
    pub(super) group: &'a str,
    pub(super) user: u64,
    pub(super) person: Person,
    pub(super) identity: Identity,
    pub(super) current: StoredValue,
    pub(super) captured: Option<&'a Captured>,
    /// The claim that a file makes of the user, and nothing proves.
    pub(super) claim: Option<&'a Claim>,
    /// Somebody else for whom the same NameID was sent.
    pub(super) also_sent_for: Option<u64>,
    pub(super) rules: Rules,
}

/// One reason, and whether it holds.
type Rule = (fn() -> Text, fn(&Question<'_>) -> bool);

/// The reasons that stand against a change, by anybody.
const REFUSALS: [Rule; 13] = [
    (|| text!("repair.refused.not-captured"), |q| q.captured.is_none_or(|captured| !captured.is_named())),
    (|| text!("repair.refused.overtaken"), |q| q.captured.is_some_and(|captured| captured.is_overtaken)),
    (
        || text!("repair.refused.claimed"),
        |q| {
            // Whoever made that file may have made this one.
            let claim = q.claim.filter(|_| q.captured.is_some_and(|captured| captured.file.is_some()));
            claim.is_some_and(|claim| q.wanted() != Some(&claim.name_id))
        },
    ),
    (|| text!("repair.refused.empty"), |q| q.wanted().is_some_and(|wanted| wanted.trim().is_empty())),
    (
        || text!("repair.refused.unaddressable"),
        |q| q.wanted().is_some_and(|wanted| !wanted.is_empty() && path::segment(wanted).is_none()),
    ),
    (|| text!("repair.refused.transient"), |q| q.captured.is_some_and(|captured| captured.transient)),
    (
        || text!("repair.refused.other-owner"),
        |q| q.wanted().and_then(|it| other_owner(q.roll, it, q.user)).is_some(),
    ),
    (|| text!("repair.refused.sent-for-other"), |q| q.also_sent_for.is_some()),
    (|| text!("repair.refused.email-differs"), |q| q.email_agrees() == Some(false)),
    (|| text!("repair.refused.not-stored"), |q| q.current.known().is_none()),
    (
        || text!("repair.refused.same"),
        |q| q.wanted().zip(q.current.known()).is_some_and(|(a, b)| q.is_same(a, b)),
    ),
    (
        || text!("repair.refused.ambiguous"),
        // GitLab looks for the value among the identities of this kind alone.
        |q| q.current.known().and_then(|it| other_owner_of(q.roll, &[q.identity], it, q.user)).is_some(),
    ),
    (
        || text!("repair.refused.no-segment"),
        |q| q.current.known().is_some_and(|it| path::segment(it).is_none()),
    ),
];

/// The doubts that leave only the command.
const DOUBTS: [Rule; 3] = [
    (|| text!("repair.doubt.incomplete"), |q| !q.roll.is_whole()),
    (|| text!("repair.doubt.email-unknown"), |q| q.email_agrees().is_none()),
    (|| text!("repair.doubt.slash"), |q| q.current.known().is_some_and(|it| !path::is_addressable(it))),
];

/// Users with different identifiers from which on it may be an app, not single users, that is wrong.
const MANY: usize = 10;

/// Plans what can be done about `identity` of the user `user`; `None` when the roll does not have them.
/// `differing` is the number of users who have identifiers that differ.
pub fn plan(
    roll: &Roll,
    captures: &Captures,
    (instance, group): (&Instance, &str),
    user: u64,
    identity: Identity,
    differing: usize,
) -> Option<RepairPlan> {
    let person = roll.person(user)?;
    let current = identity.of(roll, &person);
    let captured = captures.of_user(user);
    let also_sent_for = captured.and_then(|captured| captures.also_sent_for(&captured.name_id, user));
    let claim = captures.claim_of(user);
    let question = Question {
        roll,
        instance,
        group,
        user,
        person,
        identity,
        current,
        captured,
        claim,
        also_sent_for,
        rules: captures.rules,
    };
    Some(question.plan(differing))
}

/// The command that changes an identity of this group from one value to another, with a placeholder for the
/// person's own access; absent where the old value cannot be part of an address.
pub(super) fn command(
    (instance, group): (&Instance, &str),
    identity: Identity,
    (old, new): (&str, &str),
) -> Option<Command> {
    Some(Command {
        method: "PATCH",
        url: instance.url(&identity_path(group, identity, old)?),
        access: "PRIVATE-TOKEN: $GITLAB_TOKEN",
        sends: Sends::Field("extern_uid", new.to_owned()),
    })
}

impl Question<'_> {
    fn plan(&self, differing: usize) -> RepairPlan {
        let member = self.person.member(self.user).label();
        let holds = |rules: &[Rule]| -> Vec<String> {
            rules.iter().filter(|(_, holds)| holds(self)).map(|(text, _)| text().to_string()).collect()
        };
        let (refusals, doubts) = (holds(&REFUSALS), holds(&DOUBTS));
        let (wanted, current) = (self.wanted().map(str::to_owned), self.current.known().map(str::to_owned));
        let ways = self.ways(differing, !refusals.is_empty());
        let command = refusals.is_empty().then(|| self.command().map(|command| command.shell())).flatten();
        let offer = match (refusals.is_empty(), doubts.is_empty()) {
            (false, _) => Offer::Refused { because: refusals },
            (true, false) => Offer::CommandOnly { because: doubts },
            (true, true) => Offer::Change { consents: self.consents(&member) },
        };
        RepairPlan {
            user: self.user,
            member,
            identity: self.identity,
            current,
            wanted,
            evidence: self.evidence(),
            risks: self.risks(),
            ways,
            command,
            offer,
        }
    }

    fn wanted(&self) -> Option<&str> {
        self.captured.filter(|captured| captured.is_named()).map(|captured| captured.name_id.as_str())
    }

    fn is_same(&self, wanted: &str, current: &str) -> bool {
        self.identity.accepts(wanted, current)
    }

    /// Whether the assertion carried a confirmed e-mail address of this user; `None` where that cannot be
    /// known.
    fn email_agrees(&self) -> Option<bool> {
        self.person.has_email(self.captured?.email.as_deref()?)
    }

    fn command(&self) -> Option<Command> {
        command((self.instance, self.group), self.identity, (self.current.known()?, self.wanted()?))
    }

    fn consents(&self, member: &str) -> Vec<String> {
        let (old, new) = (self.current.known().unwrap_or_default(), self.wanted().unwrap_or_default());
        let what = self.identity.text();
        let (member, old, new) = (visible(member, None), visible(old, None), visible(new, None));
        let change = text!("repair.consent", what = what, member = member, old = old, new = new);
        let of_file =
            self.of_file().map(|(file, time)| text!("repair.consent.of-file", file = file, time = time));
        std::iter::once(change).chain(of_file).map(|text| text.to_string()).collect()
    }

    /// The file that tells the NameID, and when that was signed.
    fn of_file(&self) -> Option<(String, String)> {
        let captured = self.captured?;
        Some((visible(captured.file.as_deref()?, None), captured.at.day_and_time()))
    }

    fn evidence(&self) -> Vec<String> {
        let claim = self.claim.map(|claim| claim.text().to_string());
        self.proven().into_iter().chain(claim).collect()
    }

    /// The reasons for the NameID that was captured.
    fn proven(&self) -> Vec<String> {
        let Some(captured) = self.captured else { return Vec::new() };
        let sent = visible(&captured.name_id, None);
        let seen = match self.of_file() {
            Some((file, time)) => text!("repair.evidence.of-file", sent = sent, file = file, time = time),
            None => text!("repair.evidence.captured", sent = sent, time = captured.at.day_and_time()),
        };
        let whose = match captured.reason {
            Reason::Email => text!("repair.evidence.email"),
            Reason::SignedIn => text!("repair.evidence.signed-in"),
            Reason::Username => text!("repair.evidence.username"),
            Reason::Stored => text!("repair.evidence.stored"),
            Reason::NearMiss => text!("repair.evidence.near-miss"),
        };
        let email = captured.email.as_ref().map(|email| visible(email, None));
        let email = email.map(|email| match self.email_agrees() {
            Some(true) => text!("repair.evidence.email-agrees", email = email),
            Some(false) => text!("repair.evidence.email-differs", email = email),
            None => text!("repair.evidence.email-unknown", email = email),
        });
        [seen, whose].into_iter().chain(email).map(|text| text.to_string()).collect()
    }

    fn risks(&self) -> Vec<String> {
        let last_owner = self.roll.is_last_owner(self.user).then(|| text!("repair.risk.last-owner"));
        let own = (self.roll.reader == Some(self.user)).then(|| text!("repair.risk.own"));
        let of_identity = match self.identity {
            Identity::Saml => text!("repair.risk.saml"),
            Identity::Scim => text!("repair.risk.scim"),
        };
        let all = [text!("repair.risk.wrong-value"), of_identity].into_iter().chain(own).chain(last_owner);
        all.map(|text| text.to_string()).collect()
    }

    /// The safest first: the identity provider, the person, the API unless that is refused, all of them at
    /// once.
    fn ways(&self, differing: usize, is_refused: bool) -> Vec<Step> {
        let resync = match self.identity {
            Identity::Saml => vendor::advice(text!("repair.way.resync-saml"), || self.rules.vendor),
            Identity::Scim => text!("repair.way.resync-scim"),
        };
        let sign_in = || passwords::advice(text!("repair.way.sign-in"), || self.rules.passwords_off);
        // An older GitLab would refuse that sign-in.
        let takes_over = self.rules.version.is_none_or(|version| version >= Version::TAKES_OVER);
        let of_person = match self.identity {
            Identity::Scim => vec![text!("repair.way.reassign")],
            Identity::Saml => {
                let relink = match self.roll.is_last_owner(self.user) {
                    true => text!("repair.way.relink-last-owner"),
                    false => text!("repair.way.relink"),
                };
                takes_over.then(sign_in).into_iter().chain([relink]).collect()
            }
        };
        let all = (self.identity == Identity::Scim && differing >= MANY)
            .then(|| text!("repair.way.remove-all", count = differing));
        let api = (!is_refused).then(|| text!("repair.way.api"));
        let link = match self.identity {
            Identity::Saml => docs::TROUBLESHOOTING,
            Identity::Scim => docs::TROUBLESHOOTING_SCIM,
        };
        let texts = std::iter::once(resync).chain(of_person).chain(api).chain(all);
        texts.map(|text| Step { text: text.to_string(), link: Some(link.to_owned()), by: None }).collect()
    }
}

/// The path of one identity, below the instance's root.
pub(super) fn identity_path(group: &str, identity: Identity, value: &str) -> Option<String> {
    let (group, value) = (path::segment(group)?, path::segment(value)?);
    Some(format!("/api/v4/groups/{group}/{}/{value}", identity.segment()))
}

#[cfg(test)]
mod tests;
