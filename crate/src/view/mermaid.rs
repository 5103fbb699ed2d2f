//! A sequence diagram as Mermaid's text (<https://mermaid.js.org/syntax/sequenceDiagram.html>), for a ticket.
//!
//! It has what was sent to whom, with method, status and waits; of addresses it has the hosts alone. Leaves
//! out: paths, values of the messages, and the lines' colours.

use super::{ArrowState, ArrowView, Participant, sequence::what};
use crate::{
    base::instant::{Timestamp, duration_text},
    text,
};

/// The participants' short names, in their order.
const NAMES: [&str; 3] = ["G", "B", "I"];

/// The diagram. `began` is its title.
pub(super) fn mermaid(
    participants: &[Participant],
    arrows: &[ArrowView],
    began: Option<Timestamp>,
) -> String {
    let title = began.map(|at| format!("    title {at}"));
    let lanes = NAMES.iter().zip(participants).map(|(name, participant)| {
        let label = match &participant.place {
            Some(place) => text!("sequence.mermaid.lane", name = participant.name, place = place).to_string(),
            None => participant.name.clone(),
        };
        format!("    participant {name} as {}", escaped(&label))
    });
    let lines = ["sequenceDiagram".to_owned(), "    autonumber".to_owned()].into_iter();
    let mut text: Vec<String> = lines.chain(title).chain(lanes).collect();
    text.extend(arrows.iter().flat_map(lines_of));
    text.join("\n") + "\n"
}

/// The wait before an arrow, and the arrow.
fn lines_of(arrow: &ArrowView) -> Vec<String> {
    let name = |at: usize| NAMES.get(at).copied().unwrap_or_default();
    let (from, to) = (name(arrow.from), name(arrow.to));
    let line = match arrow.state {
        ArrowState::Seen => "->>",
        ArrowState::Failed => "-x",
        ArrowState::NotSeen | ArrowState::Waiting => "-->>",
    };
    let words = what(arrow.http.as_deref(), &arrow.label, arrow.state);
    let since = arrow
        .since
        .filter(|_| arrow.pause.is_none())
        .map(|since| text!("sequence.mermaid.since", duration = duration_text(since)).to_string());
    let note = arrow.note.as_deref().map(|note| format!("    Note over {from},{to}: {}", escaped(note)));
    let pause = arrow.pause.as_deref().map(|pause| format!("    Note over {from}: {}", escaped(pause)));
    let label = format!("{words}{}", since.unwrap_or_default());
    pause.into_iter().chain([format!("    {from}{line}{to}: {}", escaped(&label))]).chain(note).collect()
}

/// A text in which nothing is Mermaid's own: the signs that end a text or begin an entity are written as
/// entities, and it stays in its line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '#' | ';' | '<' | '>' | '%' | '&' | '"' => {
                escaped.push_str(&format!("#{};", u32::from(character)));
            }
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(state: ArrowState) -> ArrowView {
        ArrowView {
            from: 1,
            to: 0,
            time: None,
            since: Some(500),
            pause: None,
            http: Some("POST".into()),
            label: "Response".into(),
            place: Some("/groups/acme/-/saml/callback".into()),
            note: None,
            state,
            message: None,
            text: String::new(),
        }
    }

    #[test]
    fn each_arrow_is_a_line_with_its_wait_before_it_and_its_note_after_it() {
        let participants = ["https://gitlab.example.com", "", "idp.example.com"].map(|place| Participant {
            name: "Party".into(),
            place: Some(place.to_owned()).filter(|place| !place.is_empty()),
        });
        let failed = ArrowView {
            since: Some(38_000),
            pause: Some("38.0 s later".into()),
            note: Some("refused; #1\nend Note".into()),
            ..arrow(ArrowState::Failed)
        };
        let text = mermaid(&participants, &[arrow(ArrowState::Seen), failed], Some(Timestamp(0)));
        assert_eq!(
            text,
            "sequenceDiagram\n    autonumber\n    title 1970-01-01T00:00:00Z\n    \
             participant G as Party (https://gitlab.example.com)\n    participant B as Party\n    \
             participant I as Party (idp.example.com)\n    B->>G: POST Response, +500 ms\n    \
             Note over B: 38.0 s later\n    B-xG: POST Response (failed here)\n    \
             Note over B,G: refused#59; #35;1 end Note\n"
        );
        assert!(!text.contains("/groups/acme"), "no path: {text}");
    }

    #[test]
    fn what_was_not_seen_is_dotted() {
        for (state, line) in [(ArrowState::NotSeen, "B-->>G"), (ArrowState::Waiting, "B-->>G")] {
            assert!(mermaid(&[], &[arrow(state)], None).contains(line), "{state:?}");
        }
    }
}
