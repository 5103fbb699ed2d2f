//! The parameters of a query or a form (`application/x-www-form-urlencoded`) and what can be wrong with one
//! as a whole.

use crate::{
    base::{flaw::Flaw, limits::MESSAGES_PER_REQUEST},
    encoding::written::Written,
    text,
};

/// One parameter of a query or a form.
pub(super) struct Parameter<'a> {
    /// Its name, unescaped.
    pub(super) name: String,
    pub(super) value: Written<'a>,
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
pub(super) fn parameters(written: &str) -> Vec<Parameter<'_>> {
    let pairs = written.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Most names have no escapes; a body can have a million of them.
            let is_escaped = name.bytes().any(|octet| b"%+".contains(&octet));
            let name = if is_escaped { Written::escaped(name).unescaped() } else { name.to_owned() };
            Parameter { name, value: Written::escaped(value) }
        })
        .collect()
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
pub(super) fn empty(written: &Written<'_>) -> Flaw {
    Flaw::in_received("empty", written.whole(), text!("flaw.empty"))
}
