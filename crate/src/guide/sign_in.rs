//! “Why can I not sign in?”, for whoever signs in: which GitLab, permission, recording, one sign-in, and what
//! GitLab has stored for them.
//!
//! Leaves out: what is wrong with the sign-in, which its view says.

use super::{ACCESS, Ask, GITLAB, Guide, Known, RECORDING, step};
use crate::{text, view::Lack};

/// The asks, in order.
pub const ASKS: &[&Ask] = &[&GITLAB, &ACCESS, &RECORDING, &SIGN_IN, &OWN];

/// The check by what is known.
pub fn guide(known: &Known<'_>) -> Guide {
    Guide::of(ASKS, known)
}

/// The thing that the sign-in lacks: one to another GitLab than the one in question is none.
fn lack(known: &Known<'_>) -> Option<Lack> {
    let of_it = known.sign_in.filter(|flow| flow.instance.as_ref() == known.gitlab());
    of_it.map_or(Some(Lack::SignIn), |flow| flow.lacks)
}

/// A sign-in that was recorded to its end.
const SIGN_IN: Ask = Ask {
    id: "sign-in",
    title: || text!("guide.record"),
    is_known: |known| !matches!(lack(known), Some(Lack::SignIn | Lack::End)),
    found: |known| known.sign_in.map(|flow| flow.line.title.clone()),
    how: |known| match lack(known) {
        Some(Lack::End) => vec![step(text!("guide.record.under-way"))],
        _ => vec![step(text!("guide.record.how", host = known.host())), step(text!("guide.record.back"))],
    },
    helps: |known| known.page("/"),
    is_optional: false,
    rests_on: None,
};

/// The identifiers that GitLab has stored for the person.
const OWN: Ask = Ask {
    id: "own",
    title: || text!("guide.own"),
    is_known: |known| lack(known).is_none(),
    found: |_| None,
    how: |known| {
        let check = known.sign_in.and_then(|flow| flow.self_check.as_ref());
        let needed = check.map(|check| check.needed.clone()).unwrap_or_default();
        needed.into_iter().chain([step(text!("guide.own.left-out"))]).collect()
    },
    helps: |known| known.page("/-/profile/account"),
    is_optional: true,
    rests_on: None,
};
