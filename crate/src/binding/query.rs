//! The parameters of a query or a form (`application/x-www-form-urlencoded`) and what can be wrong with one
//! as a whole.

use super::PARAMETERS;
use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::MESSAGES_PER_REQUEST,
        shared::Shared,
    },
    encoding::written::Written,
    text,
};
use std::borrow::Cow;

/// One parameter of a query or a form.
pub(super) struct Parameter<'a> {
    /// Its name, unescaped.
    pub(super) name: Cow<'a, str>,
    pub(super) value: Written<'a>,
    /// The text that the value is a part of, where somebody keeps it.
    pub(super) within: Option<&'a Shared>,
}

impl Parameter<'_> {
    /// Whether it has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        #[cfg(test)]
        COMPARISONS.with(|comparisons| comparisons.set(comparisons.get() + 1));
        self.name == name
    }
}

#[cfg(test)]
thread_local! {
    /// Comparisons of a parameter's name, counted in tests.
    pub(super) static COMPARISONS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The parameters of `written` in their order.
pub(super) fn parameters(written: &str) -> impl Iterator<Item = Parameter<'_>> {
    let pairs = written.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Most names have no escapes; a body can have a million of them.
        let is_escaped = name.bytes().any(|octet| b"%+".contains(&octet));
        let name = if is_escaped { Written::escaped(name).unescaped().into() } else { name.into() };
        Parameter { name, value: Written::escaped(value), within: None }
    })
}

/// The parameters of a request that mean something, and no more of them than that.
pub(super) struct Kept<'a> {
    /// Those that can hold a message, in their order: of each name as many as are read.
    pub(super) bearing: Vec<Parameter<'a>>,
    /// The number that there is of each of [`PARAMETERS`]' bearing names.
    counts: [usize; PARAMETERS.bearing.len()],
    /// The first of each of their companions.
    companions: [Option<Written<'a>>; PARAMETERS.companions.len()],
}

impl<'a> Kept<'a> {
    /// Those among `parameters`.
    pub(super) fn of(parameters: impl Iterator<Item = Parameter<'a>>) -> Self {
        let mut kept =
            Kept { bearing: Vec::new(), counts: Default::default(), companions: Default::default() };
        for parameter in parameters {
            if let Some(count) = place(&PARAMETERS.bearing, &parameter).and_then(|at| kept.counts.get_mut(at))
            {
                *count += 1;
                if *count <= MESSAGES_PER_REQUEST {
                    kept.bearing.push(parameter);
                }
            } else if let Some(first) =
                place(&PARAMETERS.companions, &parameter).and_then(|at| kept.companions.get_mut(at))
            {
                first.get_or_insert(parameter.value);
            }
        }
        kept
    }

    /// The first companion of this name.
    pub(super) fn companion(&self, name: &str) -> Option<Written<'a>> {
        let at = PARAMETERS.companions.iter().position(|companion| *companion == name)?;
        self.companions.get(at).copied().flatten()
    }

    /// The number of parameters whose name is one of those that `counts`.
    pub(super) fn count(&self, counts: impl Fn(&str) -> bool) -> usize {
        let names = PARAMETERS.bearing.iter().zip(self.counts);
        names.filter(|(name, _)| counts(name)).map(|(_, count)| count).sum()
    }
}

/// The place of its name among `names`.
fn place(names: &[&str], parameter: &Parameter<'_>) -> Option<usize> {
    names.iter().position(|name| parameter.is(name))
}

/// The flaw of a parameter that stands there twice.
pub(super) fn duplicate(parameter: &Parameter<'_>) -> Flaw {
    let at = parameter.value.whole();
    Flaw::in_received("duplicate-parameter", at, text!("flaw.duplicate-parameter", name = parameter.name))
}

/// The flaw of a message in a request that carries another one, in the parameter `other`.
pub(super) fn message_beside(parameter: &Parameter<'_>, other: &str) -> Flaw {
    let text = text!("flaw.message-beside", name = parameter.name, other = other);
    Flaw::in_received("message-beside", parameter.value.whole(), text)
}

/// The flaw of the last parameter that is read of `count`.
pub(super) fn too_many(parameter: &Parameter<'_>, count: usize) -> Flaw {
    let at = parameter.value.whole();
    let text = text!("flaw.too-many-messages", count = count, limit = MESSAGES_PER_REQUEST);
    Flaw::in_received("too-many-messages", at, text)
}

/// The flaw of a value with nothing in it.
pub(super) fn empty(whole: Span) -> Flaw {
    Flaw::in_received("empty", whole, text!("flaw.empty"))
}
