//! The ways in which a sign-in ends whose account GitLab found by the Response (gitlab-facts section 2, G4,
//! G5): as `endings.rs`, which has all others.

use samlight_tests::lab::Hindrance;

use crate::endings::{Ending, REFUSED, WORKS};

/// Of accounts that GitLab found by the Response, and that may not sign in, or not yet.
pub(crate) const OF_ACCOUNT: &[Ending] = &[
    Ending {
        name: "second-factor",
        change: |state| state.member_mut().hindered = Some(Hindrance::SecondFactor),
        said: "Enter verification code",
        outcomes: &["asks for the second factor"],
        in_group: Some("Match"),
        ..WORKS
    },
    Ending {
        name: "account-blocked",
        change: |state| state.member_mut().hindered = Some(Hindrance::Blocked),
        said: "Your account has been blocked",
        outcomes: &["GitLab found the account, but it is blocked"],
        explained: "The account is blocked",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-deactivated",
        change: |state| state.member_mut().hindered = Some(Hindrance::Deactivated),
        said: "Your account has been deactivated",
        outcomes: &["it is deactivated"],
        explained: "The account was deactivated",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-not-permitted",
        change: |state| state.member_mut().hindered = Some(Hindrance::NotPermitted),
        said: "does not have the required permission",
        outcomes: &["does not let it sign in"],
        explained: "does not let this account sign in",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-pending",
        change: |state| state.member_mut().hindered = Some(Hindrance::Pending),
        said: "pending approval",
        outcomes: &["has not approved it yet"],
        explained: "waiting for an administrator",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-unconfirmed",
        change: |state| state.member_mut().hindered = Some(Hindrance::Unconfirmed),
        said: "You have to confirm your email",
        outcomes: &["is not confirmed yet"],
        explained: "is not confirmed yet",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-unconfirmed-at-landing",
        change: |state| state.member_mut().hindered = Some(Hindrance::UnconfirmedAtLanding),
        said: "You have to confirm your email",
        outcomes: &["is not confirmed yet"],
        explained: "is not confirmed yet",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-locked",
        change: |state| state.member_mut().hindered = Some(Hindrance::Locked),
        said: "Your account is locked",
        outcomes: &["it is locked"],
        explained: "The account is locked",
        in_group: Some("Refused"),
        ..REFUSED
    },
    Ending {
        name: "account-of-other-way",
        change: |state| state.member_mut().hindered = Some(Hindrance::OtherWay),
        said: "Invalid login or password",
        outcomes: &["may not sign in this way"],
        explained: "may not sign in this way",
        in_group: Some("Refused"),
        ..REFUSED
    },
];
