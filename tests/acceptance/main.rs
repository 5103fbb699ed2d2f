//! GitLab's checks, compared with the real ruby-saml and omniauth-saml on several hundred Responses.
//!
//! Each check is broken alone in at least ten ways and together with each other check, and the XML is
//! mutated, all from a seed that is printed (`SAMLIGHT_ACCEPTANCE_SEED=N` gives the same again).
//! Samlight, set to the rules of the version that Debian ships, must come to the same decision, the same
//! words and the same NameID. Words that Samlight says it does not predict (those of Ruby's XML parser) are
//! not compared; the decision is. One process of Ruby does all: `library.rb`.
//!
//! Besides, five hundred Responses of all kinds are made by chance (`generate`): to groups and instances,
//! with keys and without, signed and encrypted in every way. Of each, the attributes are compared, too, and
//! what Samlight says where it does not know the key or the fingerprint.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod faults;
mod generate;
mod kinds;
mod library;
mod mutate;
mod names;
mod sealed;
mod signature_structures;
mod structure;

use fastrand::Rng;
use faults::Fault;
use library::{Trial, Untold, difference};
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
    ANSWERED.get_or_init(|| library::ask(cases(&mut seeded(|| fastrand::u64(..)))).unwrap())
}

/// Chance from the seed in the environment, or from `seed`; it is printed.
fn seeded(seed: impl FnOnce() -> u64) -> Rng {
    let given = std::env::var("SAMLIGHT_ACCEPTANCE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(seed);
    println!("SAMLIGHT_ACCEPTANCE_SEED={seed}");
    Rng::with_seed(seed)
}

fn cases(random: &mut Rng) -> Vec<Trial> {
    let mut cases = Vec::new();
    let mut add = |broken: Option<&'static str>, what: String, draft: Option<Draft>| {
        if let Some(draft) = draft {
            let name = format!("{what}, {}", draft.name);
            cases.push(Trial::new(name, broken, draft));
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

/// The seed is always the same one unless another is given, so that a difference comes from a change.
#[test]
fn generated_responses_are_answered_as_the_library_answers_them() {
    let answered = library::ask(generate::responses(&mut seeded(|| 1))).unwrap();
    let of = |(case, answer): &(Trial, Answer)| {
        let less = [Untold::Fingerprint, Untold::Key];
        let less = less.into_iter().find_map(|untold| library::contradiction(case, answer, untold));
        difference(case, answer, None).or(less)
    };
    let differences: Vec<String> = answered.iter().filter_map(of).collect();
    let accepted = answered.iter().filter(|(_, answer)| answer.accepted).count();
    println!("{} Responses, {accepted} accepted", answered.len());
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    let unexplained: Vec<String> =
        answered.iter().filter_map(|(case, answer)| library::unexplained(case, answer)).collect();
    assert!(unexplained.is_empty(), "{}:\n{}", unexplained.len(), unexplained.join("\n"));
    assert!((answered.len() / 5..answered.len() * 4 / 5).contains(&accepted), "{accepted} accepted");
}

/// A Response that is refused for its number of assertions is read all the same; which NameID and which
/// attributes are read shows in what Samlight compares and says.
#[test]
fn of_several_assertions_the_same_is_read_as_by_the_library() {
    let answered = library::ask(generate::several_assertions(&mut seeded(|| 1))).unwrap();
    let differences: Vec<String> =
        answered.iter().filter_map(|(case, answer)| difference(case, answer, None)).collect();
    let read = |(_, answer): &&(Trial, Answer)| answer.read.as_ref().is_some_and(|it| it.name_id.is_some());
    let (all, read) = (answered.len(), answered.iter().filter(read).count());
    assert!(all == 189 && read >= 100, "{read} of {all} have a NameID that is read");
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
