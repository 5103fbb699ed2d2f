//! A list of flaws that cannot grow beyond the limit: a message of nothing but flaws stays readable.

use crate::{base::flaw::Flaw, text};

/// Flaws in the order of their discovery, at most as many as the limit; the last one says that there are
/// more.
pub(crate) struct FlawList {
    flaws: Vec<Flaw>,
    limit: usize,
}

impl FlawList {
    /// An empty list that takes up to `limit` flaws.
    pub(crate) fn new(limit: usize) -> Self {
        FlawList { flaws: Vec::new(), limit }
    }

    /// Whether one more is counted nowhere: then it need not be made.
    pub(crate) fn is_full(&self) -> bool {
        self.flaws.len() >= self.limit
    }

    /// Adds `flaw`. The last place is kept for the flaw that says that more were found; what comes later is
    /// counted nowhere.
    pub(crate) fn push(&mut self, flaw: Flaw) {
        let free = self.limit.saturating_sub(self.flaws.len());
        if free > 1 {
            self.flaws.push(flaw);
        } else if free == 1 {
            let text = text!("flaw.too-many-flaws", limit = self.limit);
            self.flaws.push(Flaw { code: "too-many-flaws", text, ..flaw });
        }
    }

    /// Adds all of `flaws`.
    pub(crate) fn extend(&mut self, flaws: impl IntoIterator<Item = Flaw>) {
        flaws.into_iter().for_each(|flaw| self.push(flaw));
    }

    /// The flaws found.
    pub(crate) fn into_vec(self) -> Vec<Flaw> {
        self.flaws
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::flaw::Span;

    #[test]
    fn never_holds_more_than_its_limit_and_says_so() {
        let mut list = FlawList::new(3);
        for place in 0..10 {
            list.push(Flaw::in_xml("doctype", Span::new(place, place), text!("flaw.doctype")));
        }
        let codes: Vec<_> = list.into_vec().iter().map(|flaw| flaw.code).collect();
        assert_eq!(codes, ["doctype", "doctype", "too-many-flaws"]);
    }
}
