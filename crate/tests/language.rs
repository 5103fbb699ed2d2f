//! A language that is handed over before the first text is shown. In a program of its own, for a language is
//! spoken as long as the program runs.

use samlight::{
    base::catalogue::{
        language::{Language, speak},
        stop,
    },
    text,
};

#[test]
fn texts_are_in_the_language_that_was_handed_over_first_and_english_where_it_lacks_one() {
    let german =
        "badge.problems = Probleme: {count} ({count})\nsentence.stop = 。\nverdict.exact = Genau gleich";
    speak("de", german.to_owned());
    speak("fr", "verdict.exact = Identique".to_owned());
    assert_eq!(text!("verdict.exact").to_string(), "Genau gleich");
    assert_eq!(text!("badge.problems", count = 2).to_string(), "Probleme: 2 (2)");
    assert_eq!([stop("No"), stop("No.")], ["。", ""]);
    // A value that looks like a placeholder stays what it is.
    assert_eq!(text!("badge.problems", count = "{count}").to_string(), "Probleme: {count} ({count})");
    let pieces = text!("badge.problems", count = 2);
    assert_eq!(pieces.pieces().iter().filter(|(name, _)| *name == Some("count")).count(), 2);
    assert_eq!(text!("badge.recording").to_string(), "Samlight: recording sign-ins");
    assert_eq!(serde_json::to_string(&Language::default()).ok().as_deref(), Some("\"de\""));
}
