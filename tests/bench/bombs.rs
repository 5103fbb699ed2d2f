//! How long a bomb takes, as a ratio to an honest message of the same run, so that the speed of the machine
//! falls out.

use samlight::binding;
use samlight_tests::bombs;
use std::hint::black_box;

use super::quickest_of;

/// Some bombs take seconds in a build that is not optimised.
const RUNS: usize = 3;

/// A bomb may take as long as this many honest messages of a megabyte.
const RATIO_MAX: f64 = 60.0;

/// A Response of about a megabyte: ten thousand groups.
fn honest() -> String {
    let value = "<a:AttributeValue>group-of-people-and-some-more-text-so-that-it-is-long-enough-to-count</a:AttributeValue>";
    format!(
        "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion'>\
         <a:Assertion><a:AttributeStatement><a:Attribute Name='groups'>{}</a:Attribute></a:AttributeStatement>\
         </a:Assertion></p:Response>",
        value.repeat(10_000)
    )
}

#[test]
fn a_bomb_takes_no_longer_than_some_honest_messages() {
    let honest = honest();
    let peer = quickest_of(RUNS, || drop(black_box(binding::from_octets(honest.as_bytes()))));
    println!("an honest message of {} octets: {peer:?} (the peer, 1.0)", honest.len());
    for bomb in bombs::all().unwrap() {
        let time = quickest_of(RUNS, || drop(black_box(bomb.read())));
        let ratio = time.as_secs_f64() / peer.as_secs_f64();
        println!("{:<40} {time:?} ({ratio:.2})", bomb.name);
        assert!(ratio < RATIO_MAX, "{}: {ratio:.1} times an honest message of a megabyte", bomb.name);
    }
}
