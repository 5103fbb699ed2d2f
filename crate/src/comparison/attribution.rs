//! Attribution of a row: the GitLab user to whom a captured NameID belongs, and why.
//!
//! One table, tried from the top: the member whose stored value equals it; the signed-in user of the same
//! cookie jar; the member whose user name the assertion carries; as a suggestion only, the member whose
//! stored value differs by a near miss; nobody. The reason is always shown with the comparison. E-mail
//! addresses are known of users whose own API answer was seen.

use crate::{
    base::catalogue::Text,
    comparison::{self, Compared, Rule},
    gitlab::{
        api::CurrentUser,
        attributes,
        instance::Instance,
        outcome::Outcome,
        routes::Provider,
        stored::{Member, StoredIdentity},
    },
    text,
    trace::{flow::Flow, tracer::Tracer},
};

/// The owner of a NameID.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribution {
    /// Nobody's, as far as was seen.
    Nobody,
    /// A person said what is stored; whose it is was not asked.
    Told,
    /// A member's.
    Of {
        /// The member whose NameID it is.
        member: Member,
        /// The reason why it is theirs.
        reason: Reason,
        /// The user whom the assertion names by e-mail address or user name, where that is somebody else: the
        /// sign-in goes to the wrong account.
        named: Option<Member>,
    },
}

/// The reason why a NameID is a member's; in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// GitLab has stored it for them.
    Stored,
    /// They are signed in, in the same cookie jar.
    SignedIn,
    /// The assertion carries their verified e-mail address.
    Email,
    /// The assertion carries their user name.
    Username,
    /// The value stored for them looks the same. A suggestion only.
    NearMiss,
}

impl Attribution {
    /// The member, where there is one.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Attribution::Of { member, .. } => Some(member),
            Attribution::Nobody | Attribution::Told => None,
        }
    }

    /// Whether the NameID is stored for somebody else than the person who signed in.
    pub fn is_of_other_user(&self) -> bool {
        matches!(self, Attribution::Of { named: Some(_), .. })
    }

    /// The attribution in words.
    pub fn text(&self) -> Text {
        match self {
            Attribution::Nobody => text!("attribution.nobody"),
            Attribution::Told => text!("attribution.told"),
            Attribution::Of { member, reason, .. } => {
                let member = member.label();
                match reason {
                    Reason::Stored => text!("attribution.stored", member = member),
                    Reason::SignedIn => text!("attribution.signed-in", member = member),
                    Reason::Email => text!("attribution.email", member = member),
                    Reason::Username => text!("attribution.username", member = member),
                    Reason::NearMiss => text!("attribution.near-miss", member = member),
                }
            }
        }
    }
}

/// Everything that the rules look at.
struct Question<'a> {
    tracer: &'a Tracer,
    flow: &'a Flow,
    instance: &'a Instance,
    provider: &'a Provider,
    name_id: String,
}

type FindMember = fn(&Question<'_>) -> Option<Member>;

/// The table.
const RULES: [(Reason, FindMember); 5] = [
    (Reason::Stored, stored_for),
    (Reason::SignedIn, signed_in),
    (Reason::Email, named_by_email),
    (Reason::Username, named_by_username),
    (Reason::NearMiss, near_miss),
];

/// Attributes the NameID of `flow`.
pub fn attribute(tracer: &Tracer, flow: &Flow) -> Attribution {
    if tracer.told().is_some() {
        return Attribution::Told;
    }
    let (Some(instance), Some(provider)) = (&flow.instance, &flow.provider) else {
        return Attribution::Nobody;
    };
    let name_id = comparison::uid_sent(tracer, flow).map(|(uid, _)| uid).unwrap_or_default();
    let question = Question { tracer, flow, instance, provider, name_id };
    let found = RULES.iter().find_map(|(reason, rule)| rule(&question).map(|member| (*reason, member)));
    found.map_or(Attribution::Nobody, |(reason, member)| {
        let other = named_by_email(&question).or_else(|| named_by_username(&question));
        let named = other.filter(|other| reason == Reason::Stored && !other.is(&member));
        Attribution::Of { member, reason, named }
    })
}

/// The e-mail address that the assertion carries.
pub(crate) fn email_sent(tracer: &Tracer, flow: &Flow) -> Option<String> {
    flow.attribute(tracer, attributes::EMAIL)
}

/// The account that GitLab finds by the e-mail address in the assertion, because the group manages it.
pub(super) fn found_by_email(tracer: &Tracer, flow: &Flow) -> Option<u64> {
    let managed = tracer.managed()?;
    let of = (flow.instance.as_ref()?, flow.provider.as_ref()?, &flow.place);
    managed.found(of, &email_sent(tracer, flow)?)
}

/// The members that were seen with their stored identities: users by their own answers, others by pages.
fn known(question: &Question<'_>) -> Vec<StoredIdentity> {
    let Question { tracer, flow, instance, provider, .. } = question;
    let pick: fn(&StoredIdentity) -> &crate::gitlab::stored::StoredValue = |identity| &identity.saml;
    let identities = tracer.identities();
    let of_pages = identities.members(instance, provider, &flow.place).into_iter().filter_map(|member| {
        identities
            .stored((instance, provider, &flow.place), &member, pick)
            .map(|sighting| sighting.identity.clone())
    });
    let own = identities
        .users(instance, &flow.place)
        .map(|(user, _)| user.identity(provider, Some(&question.name_id)));
    own.chain(of_pages).collect()
}

fn stored_for(question: &Question<'_>) -> Option<Member> {
    let (rule, sent) = (Rule::of_sign_in(question.provider), Compared::new(&question.name_id));
    let is_it = |stored: &str| rule.accepts(sent.verdict(stored));
    known(question)
        .into_iter()
        .find(|identity| identity.saml.known().is_some_and(is_it))
        .map(|identity| identity.member)
}

fn near_miss(question: &Question<'_>) -> Option<Member> {
    let sent = Compared::new(&question.name_id);
    let is_it = |stored: &str| sent.is_near_miss(stored);
    known(question)
        .into_iter()
        .find(|identity| identity.saml.known().is_some_and(is_it))
        .map(|identity| identity.member)
}

/// The signed-in user, unless the assertion speaks of somebody else: who signs in with a password after a
/// refused sign-in need not be the person who tried.
fn signed_in(question: &Question<'_>) -> Option<Member> {
    let Question { tracer, flow, instance, .. } = question;
    let answer = tracer.identities().signed_in(instance, &flow.place)?;
    let user = answer.user.as_ref()?;
    let same = |sent: Option<String>, known: &Option<String>| match (sent, known) {
        (Some(sent), Some(known)) => Some(sent.eq_ignore_ascii_case(known)),
        _ => None,
    };
    let said = [
        same(email_sent(tracer, flow), &user.email),
        same(username_sent(question.tracer, question.flow), &user.username),
    ];
    let speaks_of_other = said.contains(&Some(false)) && !said.contains(&Some(true));
    // GitLab answered within that user's session, whatever the assertion says.
    let in_session = |outcome: &Outcome| {
        matches!(outcome, Outcome::Linked | Outcome::LinkFailed | Outcome::LinkNeedsRequest)
    };
    let is_theirs = matches!(flow.outcomes.as_slice(), [only] if in_session(only));
    (!speaks_of_other || is_theirs).then(|| user.member())
}

/// Whether the assertion carries the user name of `member`.
pub fn names(tracer: &Tracer, flow: &Flow, member: &Member) -> bool {
    let sent = username_sent(tracer, flow);
    sent.zip(member.username.as_ref()).is_some_and(|(sent, known)| sent.eq_ignore_ascii_case(known))
}

/// The user name that the assertion carries; GitLab takes the part before `@`.
pub(crate) fn username_sent(tracer: &Tracer, flow: &Flow) -> Option<String> {
    flow.attribute(tracer, attributes::USERNAME)?.split('@').next().map(str::to_owned)
}

fn named_by_username(question: &Question<'_>) -> Option<Member> {
    let username = username_sent(question.tracer, question.flow)?;
    let identities = question.tracer.identities();
    let (instance, place) = (question.instance, &question.flow.place);
    let users = identities.users(instance, place).map(|(user, _)| user.member());
    let is_named = |member: &Member| {
        member.username.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(&username))
    };
    users.chain(identities.members(instance, question.provider, place)).find(is_named)
}

fn named_by_email(question: &Question<'_>) -> Option<Member> {
    let email = email_sent(question.tracer, question.flow)?;
    let mut users = question.tracer.identities().users(question.instance, &question.flow.place);
    let is_theirs =
        |user: &CurrentUser| user.verified_email().is_some_and(|known| known.eq_ignore_ascii_case(&email));
    let own = users.find(|(user, _)| is_theirs(user)).map(|(user, _)| user.member());
    own.or_else(|| managed_by_email(question))
}

/// The member whose account the group manages, and finds by the e-mail address.
fn managed_by_email(question: &Question<'_>) -> Option<Member> {
    let Question { tracer, flow, instance, provider, .. } = question;
    let found = found_by_email(tracer, flow)?;
    let members = tracer.identities().members(instance, provider, &flow.place);
    members.into_iter().find(|member| member.id == Some(found))
}
