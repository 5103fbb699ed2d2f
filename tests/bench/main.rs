//! Tests of what must hold of the figures on any machine. Each is a ratio to a named peer of the same run, so
//! that the speed of the machine falls out; `cargo xtask bench` writes all of them down. `-- --nocapture`
//! prints those that are taken here.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used)]

mod bombs;
mod files;
mod growth;
mod log_lines;
mod looks;
mod measure;
mod members;
mod sign_ins;

use looks::{Looks, look};
use measure::Figure;
use members::Costs;
use samlight::{
    base::counted::steps_of,
    scim::{evidence::Asked, stream::Stream},
    trace::tracer::Tracer,
    view::{lines::Lines, search::Query},
};

/// A bomb may take as long as this many honest messages of a megabyte.
const BOMB_RATIO_MAX: f64 = 60.0;

/// Shows the figures of a test that is run to see them.
fn shown(figures: Vec<Figure>) -> Vec<Figure> {
    figures.iter().for_each(|figure| println!("{figure}"));
    figures
}

#[test]
fn a_bomb_takes_no_longer_than_some_honest_messages() {
    let figures = shown(bombs::figures());
    assert!(!figures.is_empty());
    for figure in figures {
        assert!(figure.ratio() < BOMB_RATIO_MAX, "{figure}");
    }
}

#[test]
fn looking_again_at_5000_exchanges_costs_a_part_of_the_first_look() {
    let looks = Looks::taken();
    shown(looks.figures());
    let Looks { first_many, again_many, octets, .. } = looks;
    assert!(first_many > 3 * again_many, "keeping the lines gains nothing: {first_many:?}, {again_many:?}");
    assert!(octets < 100_000, "the answer has {octets} octets");
}

#[test]
fn what_is_kept_says_the_same_as_what_is_made_anew() {
    let mut kept = Lines::default();
    let mut tracer = Tracer::new();
    let query = Query { text: "user-1".into(), ..Query::default() };
    for event in (0..20).flat_map(sign_ins::sign_in) {
        tracer.observe(&event);
        for query in [&Query::default(), &query, &Query { problems: true, ..Query::default() }] {
            let anew = look(&mut tracer, &mut Lines::default(), query);
            assert_eq!(look(&mut tracer, &mut kept, query), anew);
        }
    }
}

#[test]
fn of_100000_members_joining_costs_less_than_reading_and_looking_next_to_nothing() {
    let costs = Costs::taken();
    shown(costs.figures());
    let Costs { peer, reading, joining, scrolling, kept, .. } = costs;
    println!("octets in memory: {kept}");
    assert!(joining < peer, "joining takes longer than reading plain JSON: {joining:?}, {peer:?}");
    assert!(reading < 4 * peer, "reading costs too much: {reading:?}, {peer:?}");
    assert!(scrolling < peer / 20, "scrolling is no window: {scrolling:?}, {peer:?}");
}

/// The measured code asserts that it did the work; how much it looks at is counted in the core's tests.
#[test]
fn what_is_measured_of_events_and_files_does_the_work_that_it_names() {
    let mut figures = growth::events(2, &[5, 9]);
    figures.push(growth::replay(2, 5));
    figures.extend(files::figures(20));
    let works: Vec<String> = shown(figures).into_iter().map(|figure| figure.work).collect();
    assert_eq!(works[..3], ["1 event after 5 sign-ins", "1 event after 9 sign-ins", "1 sign-in of 5"]);
    assert!(works[3..].iter().all(|work| work.starts_with("20 exchanges, ")), "{works:?}");
    assert_eq!(works.len(), 5);
}

/// The lines of other groups are searched and never read; the command line's time is in `logs.rs`.
#[test]
fn of_a_log_a_group_is_read_and_the_rest_only_searched() {
    let mut log = Vec::new();
    let (_, count) = log_lines::write(&mut log, 4_000_000).unwrap();
    let read = |group: Option<&str>| {
        let asked = Asked { group: group.map(str::to_owned), ..Asked::default() };
        let mut told = 0;
        let steps = steps_of(|| {
            let mut stream = Stream::new(&asked);
            stream.read(&log);
            assert_eq!(stream.end(&mut |_| told += 1), None);
        });
        (told, steps)
    };
    let (told, steps) = read(Some(log_lines::GROUP));
    let (all, steps_of_all) = read(None);
    // One more is the sum.
    assert!(told == count + 1 && all > 3 * count, "{told} {all} of {count}");
    assert!(steps < log.len() * 12 / 10, "{steps} steps for {} octets", log.len());
    assert!(steps_of_all > steps, "{steps_of_all} {steps}");
}
