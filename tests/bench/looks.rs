//! The growth of the first screen's cost with the trace. The peer is a first look at a small trace.

use crate::{
    measure::{Figure, RUNS, quickest_of},
    sign_ins::{APART, BEGIN, EXCHANGES, trace},
};
use samlight::{
    base::instant::Timestamp,
    calls::{
        own_pages,
        protocol::{OwnCall, OwnReply},
    },
    trace::tracer::Tracer,
    view::{context::Context, lines::Lines, search::Query},
};
use std::{hint::black_box, time::Duration};

/// Sign-ins of two exchanges each: 5,000 exchanges, and 50.
const MANY: usize = 2_500;
const FEW: usize = 25;

/// The answer to a page that shows the list.
pub(crate) fn look(tracer: &mut Tracer, lines: &mut Lines, query: &Query) -> String {
    let now = Timestamp(BEGIN + APART * (MANY as i64 + 60));
    let context = Context { now, recording: true, ..Context::default() };
    let reply = own_pages::answer(tracer, lines, &context, &OwnCall::Overview(query.clone()));
    let OwnReply::Overview(overview) = &reply else { unreachable!("the call is the overview") };
    assert_eq!(overview.total, tracer.flows().len());
    serde_json::to_string(&reply).unwrap()
}

/// The costs of looking.
pub(crate) struct Looks {
    first_few: Duration,
    /// A first look at many exchanges.
    pub(crate) first_many: Duration,
    /// A further one, when nothing changed.
    pub(crate) again_many: Duration,
    search_many: Duration,
    /// The octets of the answer that shows the list.
    pub(crate) octets: usize,
}

impl Looks {
    /// Looks, and takes the time.
    pub(crate) fn taken() -> Self {
        let (mut many, mut few) = (trace(MANY), trace(FEW));
        assert_eq!((many.exchanges().len(), many.flows().len()), (EXCHANGES * MANY, MANY));
        let query = Query::default();
        let search = Query { text: "user-17 <saml:NameID>user-1".into(), ..Query::default() };
        // A first look reads the messages, too.
        let first = |tracer: &mut Tracer| {
            quickest_of(RUNS, || {
                tracer.give_back();
                drop(black_box(look(tracer, &mut Lines::default(), &query)));
            })
        };
        let (first_few, first_many) = (first(&mut few), first(&mut many));
        let mut kept = Lines::default();
        let octets = look(&mut many, &mut kept, &query).len();
        let mut again = |query| quickest_of(RUNS, || drop(black_box(look(&mut many, &mut kept, query))));
        Looks { first_few, first_many, again_many: again(&query), search_many: again(&search), octets }
    }

    /// A figure for each way of looking.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let rows = [
            ("a first look at the list", self.first_many),
            ("looking again", self.again_many),
            ("searching in the XML", self.search_many),
        ];
        rows.map(|(what, time)| Figure {
            what: what.into(),
            work: format!("{} exchanges, an answer of {} octets", EXCHANGES * MANY, self.octets),
            time,
            peer: format!("a first look at {} exchanges", EXCHANGES * FEW),
            peer_time: self.first_few,
        })
        .into()
    }
}
