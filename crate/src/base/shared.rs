//! [`Shared`]: a secret text, or a part of one, that several hold and that is in memory once: a URL, the
//! query in it, and the values in that.

use super::redact::Secret;
use std::{
    fmt,
    hash::{Hash, Hasher},
    ops::Range,
    sync::Arc,
};

/// A secret text or a part of it. Cloning shares it.
#[derive(Clone)]
pub struct Shared {
    whole: Arc<Secret<String>>,
    part: Range<usize>,
}

impl Shared {
    /// The text. Each use is a place where it could leave; write down why it does not.
    pub fn expose(&self) -> &str {
        self.whole.expose().get(self.part.clone()).unwrap_or_default()
    }

    /// The same for `part`, which was cut out of the text.
    pub fn part(&self, part: &str) -> Self {
        let whole = self.whole.expose();
        let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
        let range = start.map(|start| start..start + part.len());
        match range.filter(|range| whole.get(range.clone()) == Some(part)) {
            Some(part) => Shared { whole: Arc::clone(&self.whole), part },
            None => Shared::from(part),
        }
    }
}

impl From<Arc<Secret<String>>> for Shared {
    fn from(whole: Arc<Secret<String>>) -> Self {
        let part = 0..whole.expose().len();
        Shared { whole, part }
    }
}

impl From<Secret<String>> for Shared {
    fn from(whole: Secret<String>) -> Self {
        Shared::from(Arc::new(whole))
    }
}

impl From<&str> for Shared {
    fn from(whole: &str) -> Self {
        Shared::from(Secret::from(whole))
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Hash for Shared {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl fmt::Debug for Shared {
    /// The length only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Secret::new(self.expose()), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_no_copy_and_another_text_is_one() {
        let url = Shared::from("https://gitlab.com/x?a=b&c=d");
        let query = url.part(url.expose().split_once('?').unwrap().1);
        let value = query.part(query.expose().rsplit_once('=').unwrap().1);
        assert_eq!((query.expose(), value.expose()), ("a=b&c=d", "d"));
        assert_eq!(Arc::strong_count(&url.whole), 3);
        let other = query.part("d");
        assert!(other == value && Arc::strong_count(&url.whole) == 3);
        assert_eq!(format!("{query:?}"), "[redacted, 7 bytes]");
    }
}
