//! GitLab's checks, compared with the real ruby-saml and omniauth-saml on several hundred Responses.
//!
//! Each check is broken alone in at least ten ways and together with each other check, and the XML is
//! mutated, all from a seed that is printed (`SAMLIGHT_ACCEPTANCE_SEED=N` gives the same again).
//! Samlight, set to the rules of the version that Debian ships, must come to the same decision, the same
//! words and the same NameID. Words that Samlight says it does not predict (those of Ruby's XML parser) are
//! not compared; the decision is. One process of Ruby does all: `library.rb`.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod faults;
mod library;
mod mutate;
mod signature_structures;
mod structure;

use fastrand::Rng;
use faults::Fault;
use library::{Trial, difference};
use samlight::acceptance::CHECKS;
use samlight_tests::draft::{Answer, Draft, Edit, Signed};
use std::sync::OnceLock;

/// The number of times that each check is broken together with each other check, in a way of each that chance
/// picks.
const PER_PAIR: usize = 2;
/// Mutated documents.
const MUTATIONS: usize = 250;

const ALL_SIGNED: [Signed; 3] = [Signed::Assertion, Signed::Response, Signed::Both];

/// All cases with what the library says of them.
fn answered() -> &'static [(Trial, Answer)] {
    static ANSWERED: OnceLock<Vec<(Trial, Answer)>> = OnceLock::new();
    ANSWERED.get_or_init(|| {
        let seed = std::env::var("SAMLIGHT_ACCEPTANCE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| fastrand::u64(..));
        println!("SAMLIGHT_ACCEPTANCE_SEED={seed}");
        library::ask(cases(&mut Rng::with_seed(seed))).unwrap()
    })
}

fn cases(random: &mut Rng) -> Vec<Trial> {
    let mut cases = Vec::new();
    let mut add = |broken: Option<&'static str>, what: String, draft: Option<Draft>| {
        if let Some(draft) = draft {
            let name = format!("{what}, {}", draft.name);
            cases.push(Trial { name, broken, draft });
        }
    };
    for signed in ALL_SIGNED {
        add(None, "good".to_owned(), Some(Draft::good(signed)));
        for (number, edits) in faults::harmless().iter().enumerate() {
            add(None, format!("harmless {number}"), Draft::good(signed).with(edits));
        }
    }
    let faults = faults::faults();
    let [size, encoding, ..] = faults.as_slice() else { unreachable!("the first two checks") };
    for (check, ways) in &faults {
        for (number, edits) in ways.iter().enumerate() {
            // The faults are written for a signed assertion; the Response's signature is tried with every
            // third.
            let signed =
                if number % 3 == 2 && *check != "signed-elements" { Signed::Both } else { Signed::Assertion };
            add(Some(check), format!("{check} {number}"), Draft::good(signed).with(edits));
        }
    }
    let mut pair = |one: &Fault, other: &Fault, first: &[Edit], second: &[Edit]| {
        let draft = Draft::good(Signed::Assertion).with(first).and_then(|draft| draft.with(second));
        add(None, format!("{} and {}", one.0, other.0), draft);
    };
    for (number, one) in faults.iter().enumerate() {
        for other in &faults[number + 1..] {
            for _ in 0..PER_PAIR {
                let mut way = |fault: &Fault| fault.1[random.usize(..fault.1.len())].clone();
                pair(one, other, &way(one), &way(other));
            }
        }
    }
    // A Response that is not decoded has no size: the two checks hang together in every way.
    for first in &size.1 {
        for second in &encoding.1 {
            pair(size, encoding, first, second);
        }
    }
    for number in 0..MUTATIONS {
        let signed = ALL_SIGNED[random.usize(..ALL_SIGNED.len())];
        let (what, draft) = mutate::mutated(Draft::good(signed), random);
        add(None, format!("mutation {number}: {what}"), Some(draft));
    }
    cases
}

#[test]
fn samlight_answers_as_the_library_does() {
    let answered = answered();
    let differences: Vec<String> =
        answered.iter().filter_map(|(case, answer)| difference(case, answer, None)).collect();
    println!(
        "{} Responses, {} accepted",
        answered.len(),
        answered.iter().filter(|(_, a)| a.accepted).count()
    );
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn each_check_is_broken_in_ten_ways() {
    for (check, _) in faults::faults() {
        let ways =
            answered().iter().filter(|(case, answer)| case.broken == Some(check) && !answer.accepted).count();
        assert!(ways >= 10, "{check}: {ways}");
    }
}

#[test]
fn no_check_can_be_turned_off_unseen() {
    for check in CHECKS {
        let mut of_check = answered().iter().filter(|(case, _)| case.broken == Some(check.id));
        let seen = of_check.any(|(case, answer)| difference(case, answer, Some(check.id)).is_some());
        assert!(seen, "without the check {} everything is as before", check.id);
    }
}
