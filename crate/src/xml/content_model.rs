//! Content models: which elements may follow one another in an element (XML Schema 1.0, part 1, clause 3.8).
//!
//! A model is read from the notation of the table and then reduced child by child to what may still come
//! (Brzozowski's derivative). The schemas are deterministic, so there is never more than one way.

/// The content that may be in an element.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Model {
    /// One element, by its name in the table, or a wildcard.
    Element(&'static str),
    /// These, one after the other.
    Sequence(Vec<Model>),
    /// One of these.
    Choice(Vec<Model>),
    /// This or nothing.
    Optional(Box<Model>),
    /// Any number of these.
    Any(Box<Model>),
}

impl Model {
    /// Reads the notation of the table.
    pub(crate) fn read(written: &'static str) -> Self {
        ModelParser { rest: written }.sequence()
    }

    /// The rest that may come after one element, to which `fits` names match; with the name that did. `None`
    /// where the element cannot come here.
    pub(crate) fn after(&self, fits: &impl Fn(&str) -> bool) -> Option<(Model, &'static str)> {
        match self {
            Model::Element(name) => fits(name).then(|| (Model::Sequence(Vec::new()), *name)),
            Model::Sequence(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if let Some((left, name)) = part.after(fits) {
                        return Some((left.then(parts.iter().skip(index + 1)), name));
                    }
                    if !part.may_be_empty() {
                        return None;
                    }
                }
                None
            }
            Model::Choice(ways) => ways.iter().find_map(|way| way.after(fits)),
            Model::Optional(part) => part.after(fits),
            Model::Any(part) => {
                let (left, name) = part.after(fits)?;
                Some((left.then(std::iter::once(self)), name))
            }
        }
    }

    /// This and then `behind`, without a sequence in a sequence: a model must not grow with each child.
    fn then<'m>(self, behind: impl Iterator<Item = &'m Model>) -> Model {
        let mut parts = if let Model::Sequence(parts) = self { parts } else { vec![self] };
        parts.extend(behind.cloned());
        Model::Sequence(parts)
    }

    /// Whether nothing more has to come.
    pub(crate) fn may_be_empty(&self) -> bool {
        match self {
            Model::Element(_) => false,
            Model::Sequence(parts) => parts.iter().all(Model::may_be_empty),
            Model::Choice(ways) => ways.iter().any(Model::may_be_empty),
            Model::Optional(_) | Model::Any(_) => true,
        }
    }

    /// The names that may come next.
    pub(crate) fn next(&self) -> Vec<&'static str> {
        match self {
            Model::Element(name) => vec![name],
            Model::Sequence(parts) => {
                let reached =
                    parts.iter().position(|part| !part.may_be_empty()).map_or(parts.len(), |p| p + 1);
                parts.iter().take(reached).flat_map(Model::next).collect()
            }
            Model::Choice(ways) => ways.iter().flat_map(Model::next).collect(),
            Model::Optional(part) | Model::Any(part) => part.next(),
        }
    }
}

struct ModelParser {
    rest: &'static str,
}

impl ModelParser {
    fn sequence(&mut self) -> Model {
        let (mut parts, mut ways) = (Vec::new(), Vec::new());
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.as_bytes().first() {
                None | Some(b')') => break,
                Some(b'|') => {
                    ways.push(Model::Sequence(std::mem::take(&mut parts)));
                    self.skip(1);
                }
                Some(b'(') => {
                    self.skip(1);
                    let inner = self.sequence();
                    self.skip(1);
                    parts.push(self.occurring(inner));
                }
                Some(_) => {
                    let end = self.rest.find([' ', ')', '?', '*', '+']).unwrap_or(self.rest.len());
                    let (name, _) = self.rest.split_at(end);
                    self.skip(end);
                    parts.push(self.occurring(Model::Element(name)));
                }
            }
        }
        let last = Model::Sequence(parts);
        if ways.is_empty() {
            return last;
        }
        ways.push(last);
        Model::Choice(ways)
    }

    /// `part` with the sign behind it that says how often.
    fn occurring(&mut self, part: Model) -> Model {
        let sign = self.rest.as_bytes().first().copied();
        if !matches!(sign, Some(b'?' | b'*' | b'+')) {
            return part;
        }
        self.skip(1);
        match sign {
            Some(b'?') => Model::Optional(Box::new(part)),
            Some(b'*') => Model::Any(Box::new(part)),
            _ => Model::Sequence(vec![part.clone(), Model::Any(Box::new(part))]),
        }
    }

    fn skip(&mut self, octets: usize) {
        self.rest = self.rest.get(octets..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(model: &'static str, names: &str) -> bool {
        let left = names.split_whitespace().try_fold(Model::read(model), |left, name| {
            left.after(&|known| known == name).map(|(left, _)| left)
        });
        left.is_some_and(|left| left.may_be_empty())
    }

    #[test]
    fn models_take_what_the_notation_says() {
        for (model, good, bad) in [
            ("a b? (c | d)*", ["a", "a b c d c", "a d"], ["", "b", "a c b"]),
            ("((a | b) c* | c+)", ["a", "b c c", "c c"], ["", "a b", "c a"]),
            ("((a (b | c)?) | b | c) d*", ["a b d", "c d", "a d"], ["d", "a b c", "b c"]),
            ("(a b?)+", ["a", "a a b", "a b a b"], ["", "b", "a b b"]),
        ] {
            for names in good {
                assert!(takes(model, names), "{model} takes {names}");
            }
            for names in bad {
                assert!(!takes(model, names), "{model} does not take {names}");
            }
        }
        assert_eq!(Model::read("a? (b | c)* d e").next(), ["a", "b", "c", "d"]);
    }
}
