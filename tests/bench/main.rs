//! How the first screen's cost grows with the trace, and what bombs cost: each figure is a ratio to a named
//! peer of the same run, so that the speed of the machine falls out. `cargo test -p samlight-tests --test
//! bench -- --nocapture` prints the figures.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used)]

mod bombs;
mod members;

use base64::{Engine, prelude::BASE64_STANDARD};
use nix::time::{ClockId, clock_gettime};
use samlight::{
    base::instant::Timestamp,
    calls::{
        own_pages,
        protocol::{OwnCall, OwnReply},
    },
    event::Event,
    trace::tracer::Tracer,
    view::{context::Context, lines::Lines, search::Query},
};
use serde_json::json;
use std::{hint::black_box, time::Duration};

const BEGIN: i64 = 1_767_258_000_000;
/// Sign-ins of two exchanges each: 5,000 exchanges, and 50.
const MANY: usize = 2_500;
const FEW: usize = 25;

/// `count` sign-ins a minute apart, each with GitLab's redirect and the Response that answers it.
fn trace(count: usize) -> Tracer {
    Tracer::replay((0..count).flat_map(sign_in))
}

pub(crate) fn sign_in(number: usize) -> [Event; 3] {
    let acs = "https://gitlab.com/groups/acme/-/saml/callback";
    let place = json!({ "tab": 1, "private": false, "cookie_store": "" });
    let protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
    let request = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"{protocol}\" ID=\"_r{number}\" Version=\"2.0\" \
         Destination=\"https://idp.example.com/sso\" AssertionConsumerServiceURL=\"{acs}\"/>"
    );
    let response = format!(
        "<samlp:Response xmlns:samlp=\"{protocol}\" ID=\"_a{number}\" InResponseTo=\"_r{number}\" Version=\"2.0\">\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_b{number}\" Version=\"2.0\">\
         <saml:Subject><saml:NameID>user-{number}</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>"
    );
    let value = BASE64_STANDARD.encode(request).replace('+', "%2B").replace('=', "%3D");
    let id = |step: usize| format!("{:013}-bench-{step:06}", BEGIN + 60_000 * number as i64 + step as i64);
    [
        json!({ "id": id(0), "kind": "response", "request": format!("s{number}"), "place": place, "method": "POST",
            "url": "https://gitlab.com/users/auth/group_saml", "status": 302,
            "location": format!("https://idp.example.com/sso?SAMLRequest={value}") }),
        json!({ "id": id(1), "kind": "request", "request": format!("p{number}"), "place": place, "method": "POST",
            "url": acs, "body": "form", "form": [["SAMLResponse", [BASE64_STANDARD.encode(response)]]] }),
        json!({ "id": id(2), "kind": "response", "request": format!("p{number}"), "place": place, "method": "POST",
            "url": acs, "status": 302, "location": "https://gitlab.com/acme" }),
    ]
    .map(|event| serde_json::from_value(event).unwrap())
}

/// The time of the quickest of some runs: what else the machine does only ever adds to it.
fn quickest(work: impl FnMut()) -> Duration {
    quickest_of(7, work)
}

/// The least time that the processor was at `work`. What else the machine does then falls out, by and large.
pub(crate) fn quickest_of(runs: usize, mut work: impl FnMut()) -> Duration {
    let run = |_| {
        let begin = processor_time();
        work();
        processor_time() - begin
    };
    (0..runs).map(run).min().unwrap()
}

/// How long the processor was at this thread.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

fn look(tracer: &Tracer, lines: &mut Lines, query: &Query) -> String {
    let now = Timestamp(BEGIN + 60_000 * (MANY as i64 + 60));
    let context = Context { now, recording: true, ..Context::default() };
    let reply = own_pages::answer(tracer, lines, &context, &OwnCall::Overview(query.clone()));
    let OwnReply::Overview(overview) = &reply else { unreachable!("the call is the overview") };
    assert_eq!(overview.total, tracer.flows().len());
    serde_json::to_string(&reply).unwrap()
}

#[test]
fn looking_again_at_5000_exchanges_costs_a_part_of_the_first_look() {
    let (many, few) = (trace(MANY), trace(FEW));
    assert_eq!((many.exchanges().len(), many.flows().len()), (2 * MANY, MANY));
    let query = Query::default();
    let first_few = quickest(|| drop(black_box(look(&few, &mut Lines::default(), &query))));
    let first_many = quickest(|| drop(black_box(look(&many, &mut Lines::default(), &query))));
    let mut kept = Lines::default();
    look(&many, &mut kept, &query);
    let again_many = quickest(|| drop(black_box(look(&many, &mut kept, &query))));
    let search = Query { text: "user-17 <saml:NameID>user-1".into(), ..Query::default() };
    let search_many = quickest(|| drop(black_box(look(&many, &mut kept, &search))));
    let text = look(&many, &mut kept, &query);
    let ratio = |of: Duration| of.as_secs_f64() / first_few.as_secs_f64();
    println!("a first look at 50 exchanges:      {first_few:?} (the peer, 1.0)");
    println!("a first look at 5,000 exchanges:   {first_many:?} ({:.1})", ratio(first_many));
    println!("looking again at 5,000 exchanges:  {again_many:?} ({:.1})", ratio(again_many));
    println!("searching 5,000 exchanges' XML:    {search_many:?} ({:.1})", ratio(search_many));
    println!("octets of the answer:              {}", text.len());
    assert!(first_many > 3 * again_many, "keeping the lines gains nothing: {first_many:?}, {again_many:?}");
    assert!(text.len() < 100_000, "the answer has {} octets", text.len());
}

#[test]
fn what_is_kept_says_the_same_as_what_is_made_anew() {
    let mut kept = Lines::default();
    let mut tracer = Tracer::new();
    let query = Query { text: "user-1".into(), ..Query::default() };
    for event in (0..20).flat_map(sign_in) {
        tracer.observe(&event);
        for query in [&Query::default(), &query, &Query { problems: true, ..Query::default() }] {
            let anew = look(&tracer, &mut Lines::default(), query);
            assert_eq!(look(&tracer, &mut kept, query), anew);
        }
    }
}
