//! The assertion has one Conditions (`validate_one_conditions`).

use super::{Answer, Check, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "one-conditions",
    title: || text!("accept.one-conditions"),
    messages: &[&["The Assertion must include one Conditions element"]],
    look,
};

fn look(received: &Received<'_>) -> Answer {
    if received.is_hidden() {
        return Answer::Unknown(text!("accept.hidden"));
    }
    let count = received.at_path(&["Conditions"]).len();
    Answer::passes_if(count == 1, || "The Assertion must include one Conditions element".to_owned())
}
