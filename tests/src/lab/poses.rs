//! Members whose identities and sign-ins give each verdict of the whole-group check, so that a group can hold
//! all of them. Left out are [`MemberVerdict::Unknown`], because a GitLab that lists identities leaves
//! nothing unknown, and the verdicts by a list of people.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight::group::member_verdict::MemberVerdict;
use serde_json::{Value, json};

use super::{LabState, LabUser, name_id_format, with_other_case};
use crate::signer;

/// The way in which a member is made to have a verdict. Of a value: `=` is the member's NameID in the state,
/// `~` the same in other case, `<` the SAML identifier of the posed member before, `-` none, anything else a
/// value of its own.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    /// The verdict.
    pub standing: MemberVerdict,
    /// The value that is stored for SAML.
    pub saml: &'static str,
    /// The value that is stored for SCIM; `!` behind it: inactive.
    pub scim: &'static str,
    /// The NameID of the sign-in that is captured.
    pub sent: &'static str,
    /// The marks in the member's row on the settings page.
    pub marks: Marks,
}

/// The marks in a member's row on the settings page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// The page does not list who is not linked.
    NotListed,
    /// The verdict, in the cell of the SAML identifier.
    Verdict,
    /// The verdict, and this word in the SCIM cell.
    And(&'static str),
}

const fn p(standing: MemberVerdict, [saml, scim, sent]: [&'static str; 3], marks: Marks) -> Pose {
    Pose { standing, saml, scim, sent, marks }
}

/// Every verdict but one. Who is stored for another comes after that other.
const POSES: [Pose; 23] = [
    // The victim of the next: to the page, the NameID that was sent for the next is this member's.
    p(MemberVerdict::Agree, ["=", "=", "-"], Marks::Verdict),
    p(MemberVerdict::WrongAccount, ["own", "own", "<"], Marks::Verdict),
    p(MemberVerdict::Transient, ["=", "=", "one-time"], Marks::Verdict),
    p(MemberVerdict::IdpChanged, ["=", "=", "new"], Marks::Verdict),
    p(MemberVerdict::SamlStale, ["stale", "=", "="], Marks::And("Different")),
    p(MemberVerdict::AllDiffer, ["one", "two", "="], Marks::And("Different")),
    p(MemberVerdict::NameIdDiffers, ["=", "-", "~"], Marks::Verdict),
    p(MemberVerdict::Refused, ["=", "=", "="], Marks::Verdict),
    p(MemberVerdict::Reactivate, ["-", "=!", "-"], Marks::NotListed),
    p(MemberVerdict::LinkSaml, ["-", "=", "-"], Marks::NotListed),
    p(MemberVerdict::NeverLinked, ["-", "-", "-"], Marks::NotListed),
    p(MemberVerdict::ScimDrift, ["=", "drifted", "="], Marks::And("Different")),
    p(MemberVerdict::SamlScimDiffer, ["=", "drifted", "-"], Marks::And("Different")),
    p(MemberVerdict::ScimInactive, ["=", "=!", "-"], Marks::Verdict),
    p(MemberVerdict::EmailRefused, ["=", "=", "="], Marks::Verdict),
    p(MemberVerdict::EmailDiffers, ["=", "=", "="], Marks::Verdict),
    p(MemberVerdict::NoScim, ["=", "-", "-"], Marks::Verdict),
    p(MemberVerdict::Good, ["=", "=", "="], Marks::Verdict),
    p(MemberVerdict::Bot, ["-", "-", "-"], Marks::NotListed),
    p(MemberVerdict::Agree, ["=", "=", "-"], Marks::Verdict),
    p(MemberVerdict::TakenOver, ["=", "=", "moved"], Marks::And("Different")),
    p(MemberVerdict::Crossed, ["=", "other", "-"], Marks::And("Different")),
    p(MemberVerdict::Crossed, ["own", "<", "-"], Marks::And("Different")),
];

/// A member with a pose.
#[derive(Debug, Clone)]
pub struct Posed {
    /// The member.
    pub user: LabUser,
    /// The pose.
    pub pose: Pose,
    /// The events of their sign-in, as they are stored: the Response, and GitLab's answer, by which it took
    /// it as valid (its settings do not have the key of these). None where none was captured.
    pub events: Vec<Value>,
}

/// Gives the first members after the owner a pose each, and all others identities that agree.
#[must_use]
pub fn pose(state: &mut LabState) -> Vec<Posed> {
    for user in &mut state.users {
        let same = Some(user.name_id.clone());
        (user.saml_extern_uid, user.scim_extern_uid, user.scim_active) = (same.clone(), same, true);
    }
    state.group.allowed_email_domains = Some("example.com".to_owned());
    let (home, mut before) = (format!("/{}", state.group.path), None);
    let acs = format!("{}/groups{home}/-/saml/callback", state.gitlab_origin);
    let landing = format!("/groups{home}/-/saml/sso");
    let members = state.users.iter_mut().skip(1);
    let posed = POSES.iter().zip(members).enumerate().map(|(at, (pose, user))| {
        let value = |pattern: &str, before: &Option<String>| match pattern {
            "-" => None,
            "=" => Some(user.name_id.clone()),
            "~" => Some(with_other_case(&user.name_id)),
            "<" => before.clone(),
            own => Some(format!("{own}-{}", user.username)),
        };
        let scim = pose.scim.trim_end_matches('!');
        let (saml, scim, sent) = (value(pose.saml, &before), value(scim, &before), value(pose.sent, &before));
        // GitLab finds an account by what is stored, else it finds that the e-mail address is taken.
        let to = match pose.standing {
            MemberVerdict::Refused => &landing,
            _ if saml == sent || pose.sent == "<" => &home,
            _ => "/users/sign_in",
        };
        let events = sent.map(|sent| events(at, (&acs, to), &sent, user, pose)).unwrap_or_default();
        user.scim_active = !pose.scim.ends_with('!');
        user.enterprise = pose.standing == MemberVerdict::TakenOver;
        if pose.standing == MemberVerdict::EmailRefused {
            user.email = format!("{}@example.org", user.username);
        }
        (user.saml_extern_uid, user.scim_extern_uid) = (saml, scim);
        if pose.standing == MemberVerdict::Bot {
            user.username = format!("group_{}_bot_{at:x}", user.id);
        }
        before.clone_from(&user.saml_extern_uid);
        Posed { user: user.clone(), pose: *pose, events }
    });
    posed.collect()
}

/// A Response with this NameID, sent by the browser for `user` to `acs`, and GitLab's answer, which leads
/// `to` there.
fn events(at: usize, (acs, to): (&str, &str), name_id: &str, user: &LabUser, pose: &Pose) -> Vec<Value> {
    let email = match pose.standing {
        MemberVerdict::EmailDiffers => format!("other-{}", user.email),
        _ => user.email.clone(),
    };
    let format = match pose.standing {
        MemberVerdict::Transient => name_id_format::TRANSIENT,
        _ => name_id_format::PERSISTENT,
    };
    let response = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_p{at}\" Version=\"2.0\">\
         <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_q{at}\" Version=\"2.0\">\
         <saml:Subject><saml:NameID Format=\"{format}\">{name_id}</saml:NameID></saml:Subject>\
         <saml:AttributeStatement><saml:Attribute Name=\"email\"><saml:AttributeValue>{email}\
         </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"
    );
    // A Response that nobody signed is nobody's.
    let Some(response) = signer::signed(&response) else { return Vec::new() };
    let id = |n: usize| format!("{:013}-harness-{n:06}", 1_767_258_000_000 + 60_000 * at);
    let request = format!("posed-{at}");
    vec![
        json!({ "id": id(1), "kind": "request", "request": request, "tab": 1_000 + at, "method": "POST",
            "url": acs, "body": "form", "form": [["SAMLResponse", [STANDARD.encode(response)]]] }),
        json!({ "id": id(2), "kind": "response", "request": request, "tab": 1_000 + at, "method": "POST",
            "url": acs, "status": 302, "location": to }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use samlight::{event::Event, group::member_verdict::MEMBER_VERDICTS, trace::tracer::Tracer};

    #[test]
    fn every_verdict_but_the_unknown_and_the_expected_is_posed() {
        for kind in &MEMBER_VERDICTS {
            let is_posed = POSES.iter().any(|pose| pose.standing == kind.standing);
            let is_left_out = matches!(
                kind.standing,
                MemberVerdict::Unknown | MemberVerdict::AsExpected | MemberVerdict::NotAsExpected
            );
            assert_eq!(is_posed, !is_left_out, "{:?}", kind.standing);
        }
    }

    #[test]
    fn identifiers_are_unique_but_where_users_are_crossed() {
        let mut state = LabState::random(7);
        let posed = pose(&mut state);
        assert_eq!(posed.len(), POSES.len());
        let mut saml: Vec<_> = state.users.iter().filter_map(|user| user.saml_extern_uid.clone()).collect();
        let count = saml.len();
        saml.sort();
        saml.dedup();
        assert_eq!(saml.len(), count);
    }

    #[test]
    fn gitlab_found_every_posed_sign_in_valid_but_the_refused_one() {
        let mut state = LabState::random(7);
        state.gitlab_origin = "https://gitlab.com".to_owned();
        let posed = pose(&mut state);
        let events = posed.iter().flat_map(|posed| posed.events.clone());
        let tracer = Tracer::replay(events.map(|event| serde_json::from_value::<Event>(event).unwrap()));
        assert_eq!(tracer.flows().len(), POSES.iter().filter(|pose| pose.sent != "-").count());
        let refused: Vec<_> = tracer.flows().iter().filter(|flow| flow.accepted(&tracer).is_none()).collect();
        let [refused] = refused[..] else { panic!("one is refused: {refused:?}") };
        assert_eq!(refused.succeeded(), Some(false));
    }
}
