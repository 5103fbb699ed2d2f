//! One call of a kind at a time: how many notices become few calls.
//!
//! A sign-in raises a burst of notices. Each of them means "ask again", and only the newest question matters,
//! so at most one call is under way and at most one waits.

use js_sys::futures::spawn_local;
use std::{cell::RefCell, future::Future, rc::Rc};

/// The calls of one kind: whether one is under way, and the latest that waits.
#[derive(Debug)]
pub(crate) struct LatestCall<C> {
    under_way: bool,
    waiting: Option<C>,
}

/// Has `send` carry out `call`, now or after the one under way. `send` shows the answer itself and always
/// ends.
pub(crate) fn ask<C, F>(asks: &Rc<RefCell<LatestCall<C>>>, call: C, send: impl Fn(C) -> F + 'static)
where
    C: 'static,
    F: Future<Output = ()> + 'static,
{
    let mut next = asks.borrow_mut().want(call);
    if next.is_none() {
        return;
    }
    let asks = asks.clone();
    spawn_local(async move {
        while let Some(call) = next {
            send(call).await;
            next = asks.borrow_mut().done();
        }
    });
}

impl<C> Default for LatestCall<C> {
    fn default() -> Self {
        LatestCall { under_way: false, waiting: None }
    }
}

impl<C> LatestCall<C> {
    /// A call is wanted. Returns it when it is to be sent now; otherwise it waits and replaces what waited.
    #[must_use]
    pub(crate) fn want(&mut self, call: C) -> Option<C> {
        if self.under_way {
            self.waiting = Some(call);
            return None;
        }
        self.under_way = true;
        Some(call)
    }

    /// The call under way was answered or failed. Returns the one that is to be sent next.
    #[must_use]
    pub(crate) fn done(&mut self) -> Option<C> {
        let next = self.waiting.take();
        self.under_way = next.is_some();
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_becomes_two_calls_and_the_newest_wins() {
        let mut asks = LatestCall::default();
        assert_eq!(asks.want("first"), Some("first"));
        assert_eq!(asks.want("second"), None);
        assert_eq!(asks.want("third"), None);
        assert_eq!(asks.done(), Some("third"));
        assert_eq!(asks.done(), None);
        assert_eq!(asks.want("fourth"), Some("fourth"), "nothing is under way any more");
    }

    #[test]
    fn what_is_wanted_during_the_second_call_is_not_lost() {
        let mut asks = LatestCall::default();
        assert_eq!(asks.want(1), Some(1));
        assert_eq!(asks.want(2), None);
        assert_eq!(asks.done(), Some(2));
        assert_eq!(asks.want(3), None, "the second call is under way");
        assert_eq!(asks.done(), Some(3));
    }
}
