//! The rows of the table of figures: an amount beside a peer's, where it was taken, and what is promised.

use crate::{measure::Figure, remarks::remark};
use serde_json::{Value, json};
use std::fmt;

/// An amount beside that of a named peer of the same run.
pub(crate) struct Row {
    /// The work that is done.
    pub(crate) what: String,
    /// The amount of it.
    pub(crate) work: String,
    /// The place where it was done: natively, or in a browser with its version.
    pub(crate) place: String,
    /// The unit of the two amounts: nanoseconds, thousandths of octets for one, or octets.
    pub(crate) unit: &'static str,
    /// The amount that it takes.
    pub(crate) amount: f64,
    /// The work that is done beside it.
    pub(crate) peer: String,
    /// The amount that the peer takes.
    pub(crate) peer_amount: f64,
    /// The amounts that are promised, if any are.
    pub(crate) goal: Option<Goal>,
}

impl Row {
    /// The row of two times in nanoseconds.
    pub(crate) fn time(
        what: &str,
        work: String,
        times: (f64, f64),
        peer: String,
        goal: Option<Goal>,
    ) -> Self {
        let (amount, peer_amount) = times;
        let (what, place) = (what.to_owned(), String::new());
        Row { what, work, place, unit: "ns", amount, peer, peer_amount, goal }
    }

    /// The row of a native figure.
    pub(crate) fn native(figure: Figure, goal: Option<Goal>) -> Self {
        let times = (figure.time.as_nanos() as f64, figure.peer_time.as_nanos() as f64);
        Row { place: "native".into(), ..Row::time(&figure.what, figure.work, times, figure.peer, goal) }
    }

    /// The row as `cargo xtask bench` reads it.
    pub(crate) fn written(&self) -> Value {
        let Row { what, work, place, unit, amount, peer, peer_amount, goal } = self;
        let goal = goal.map(|goal| goal.written(*amount, *peer_amount));
        json!({ "what": what, "work": work, "where": place, "unit": unit, "amount": *amount as u64,
            "peer": peer, "peer_amount": *peer_amount as u64, "goal": goal, "remark": remark(what, work, place) })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { what, work, place, unit, amount, peer, peer_amount, .. } = self;
        let ratio = amount / peer_amount;
        write!(f, "{place}: {what} ({work}): {amount:.0} {unit}, {ratio:.4} of {peer_amount:.0} for {peer}")
    }
}

/// The figure that is promised: the floor, and what is aimed at.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    must: Limit,
    aim: Limit,
}

/// A limit of a figure.
#[derive(Clone, Copy)]
enum Limit {
    /// At least so many times as fast as the peer.
    Faster(f64),
    /// At most so many times the peer's time.
    Within(f64),
    /// At most so many nanoseconds.
    Time(f64),
    /// At most so many octets for one.
    Octets(f64),
    /// At most so many octets.
    Size(f64),
}

impl Goal {
    /// At least so many times as fast as the peer.
    pub(crate) const fn faster(must: f64, aim: f64) -> Self {
        Goal { must: Limit::Faster(must), aim: Limit::Faster(aim) }
    }

    /// At most so many times the peer's time.
    pub(crate) const fn within(must: f64, aim: f64) -> Self {
        Goal { must: Limit::Within(must), aim: Limit::Within(aim) }
    }

    /// At most so many microseconds.
    pub(crate) const fn micros(must: f64, aim: f64) -> Self {
        Goal { must: Limit::Time(must * 1e3), aim: Limit::Time(aim * 1e3) }
    }

    /// At most so many octets for one.
    pub(crate) const fn octets(must: f64, aim: f64) -> Self {
        Goal { must: Limit::Octets(must), aim: Limit::Octets(aim) }
    }

    /// At most so many octets.
    pub(crate) const fn size(must: f64, aim: f64) -> Self {
        Goal { must: Limit::Size(must), aim: Limit::Size(aim) }
    }

    /// The goal in words, with the state of `amount` beside it.
    fn written(&self, amount: f64, peer: f64) -> Value {
        let state = match (self.aim.holds(amount, peer), self.must.holds(amount, peer)) {
            (true, _) => "aim met",
            (false, true) => "must met",
            (false, false) => "missed",
        };
        json!({ "must": self.must.to_string(), "aim": self.aim.to_string(), "state": state })
    }
}

impl Limit {
    fn holds(self, amount: f64, peer: f64) -> bool {
        match self {
            Limit::Faster(times) => peer >= amount * times,
            Limit::Within(times) => amount <= peer * times,
            Limit::Time(most) => amount <= most,
            Limit::Octets(most) => amount <= most * 1e3,
            Limit::Size(most) => amount <= most,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Faster(times) => write!(f, "{times} times as fast"),
            Limit::Within(times) => write!(f, "{times} times its time"),
            Limit::Time(most) if *most < 1e6 => write!(f, "{} µs", most / 1e3),
            Limit::Time(most) => write!(f, "{} ms", most / 1e6),
            Limit::Octets(most) => write!(f, "{most:.2} octets for one"),
            Limit::Size(most) => write!(f, "{} kB", most / 1e3),
        }
    }
}
