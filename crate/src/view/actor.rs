//! The one who takes a step ([`Actor`]), by the key of its text and by whom the sign-in's SAML belongs to: a
//! group or a whole GitLab.
//!
//! Step 13, review item 26. What begins with an administrator of the identity provider is theirs even where
//! somebody has to ask them. Leaves out: steps of SCIM, of a group's members and of an explained text, whose
//! reader may be anybody.

use crate::base::severity::Actor;

/// The texts whose step is not the usual one's of their kind (`usual`). A key also stands for its variants:
/// `remedy.link` for `remedy.link-no-password`, `said.domain.do` for `said.domain.do.uid`.
const TAKEN_BY: &[(&str, Actor)] = &[
    ("remedy.admin-updates", Actor::GitlabAdministrator),
    ("remedy.assigned-to-app", Actor::You),
    ("remedy.attack-stop", Actor::You),
    ("remedy.give-response", Actor::You),
    ("remedy.link", Actor::You),
    ("remedy.owner-updates", Actor::GroupOwner),
    ("remedy.paste-fingerprint", Actor::GroupOwner),
    ("remedy.reach-gitlab", Actor::You),
    ("remedy.read-idp-page", Actor::You),
    ("remedy.refused", Actor::You),
    ("remedy.relink", Actor::You),
    ("remedy.set-browser-clock", Actor::You),
    ("remedy.sign-in-anew", Actor::You),
    ("remedy.wrong-account", Actor::You),
    ("said.approval.", Actor::GitlabAdministrator),
    ("said.blocked.", Actor::GroupOwner),
    ("said.deactivated.", Actor::GitlabAdministrator),
    ("said.domain.", Actor::GroupOwner),
    ("said.email-in-use.", Actor::You),
    ("said.email-taken.", Actor::You),
    ("said.forbidden.", Actor::GroupOwner),
    ("said.link-request.", Actor::You),
    ("said.locked.", Actor::You),
    ("said.members-not-loaded.", Actor::You),
    ("said.name-id-and-email.", Actor::GroupOwner),
    ("said.no-account.", Actor::You),
    ("said.not-configured.", Actor::GroupOwner),
    ("said.not-found.", Actor::GroupOwner),
    ("said.not-linked.", Actor::You),
    ("said.not-set-up.", Actor::GroupOwner),
    ("said.other-certificate.", Actor::GroupOwner),
    ("said.permission.", Actor::GitlabAdministrator),
    ("said.provider-disabled.", Actor::You),
    ("said.server-error.", Actor::GitlabAdministrator),
    ("said.session-over.", Actor::You),
    ("said.sign-up-domain.", Actor::GitlabAdministrator),
    ("said.signature.", Actor::GroupOwner),
    ("said.too-late.", Actor::You),
    ("said.unconfirmed.", Actor::You),
    ("self-check.ask", Actor::You),
];

/// The one who takes the step whose text has `key`.
pub(super) fn of(key: &str) -> Actor {
    let row = TAKEN_BY.iter().find(|(beginning, _)| key.starts_with(beginning));
    row.map_or_else(|| usual(key), |(_, actor)| *actor)
}

/// The usual one: a diagnosis or a message of GitLab's mostly asks for something at the identity provider;
/// the rest is done by whoever reads it.
fn usual(key: &str) -> Actor {
    match key.split('.').next() {
        Some("remedy" | "said") => Actor::IdentityProvider,
        _ => Actor::You,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::catalogue;

    /// The party that an English sentence names first.
    fn named(sentence: &str) -> Option<Actor> {
        let first = |words: &[&str]| words.iter().filter_map(|word| sentence.find(word)).min();
        let at = [
            (Actor::IdentityProvider, first(&["dministrator of your identity provider"])),
            (Actor::GroupOwner, first(&["group owner", "owner of the group"])),
            (Actor::GitlabAdministrator, first(&["dministrator of this GitLab"])),
        ];
        at.into_iter().filter_map(|(actor, at)| Some((at?, actor))).min_by_key(|it| it.0).map(|it| it.1)
    }

    #[test]
    fn the_party_that_a_step_asks_first_is_the_one_who_takes_it() {
        let is_step =
            |key: &str| key.starts_with("remedy.") || key.contains(".do") && key.starts_with("said.");
        let mut asked = 0;
        for (key, sentence) in catalogue::entries(include_str!("../base/catalogue/en.txt")) {
            if !is_step(key) {
                continue;
            }
            let begins = [
                "Ask the administrator",
                "A group owner",
                "Ask a group owner",
                "Ask an administrator of this",
            ];
            if begins.iter().any(|beginning| sentence.starts_with(beginning)) {
                asked += 1;
                assert_eq!(Some(of(key)), named(sentence), "{key} = {sentence}");
            }
        }
        assert!(asked > 60, "{asked}");
    }

    #[test]
    fn whoever_signs_in_takes_the_steps_that_only_they_can_take() {
        for (key, actor) in [
            ("remedy.link-no-password", Actor::You),
            ("remedy.relink", Actor::You),
            ("self-check.open-page", Actor::You),
            ("step.compare", Actor::You),
            ("remedy.idp-sends-stored.uid", Actor::IdentityProvider),
            ("said.status.do", Actor::IdentityProvider),
        ] {
            assert_eq!(of(key), actor, "{key}");
        }
    }
}
