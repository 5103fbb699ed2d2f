//! The escapes that values are written in: those of queries and forms (`application/x-www-form-urlencoded`)
//! and the character references of HTML.
//!
//! Leaves out: the two thousand names that HTML has for characters, except for those that base64 and XML
//! need.

/// One way to write an octet as others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Of a query or a form: `%41` for `A`, `+` for a space.
    Form,
    /// `%41` for `A`.
    Percent,
    /// `&#43;`, `&#x2B;` or `&plus;` for `+`.
    Reference,
}

/// The octets that an escape stands for: those of one character, or one.
pub(crate) struct Unescaped {
    octets: [u8; 4],
    count: usize,
    /// The number of octets behind the first that belong to the escape.
    pub(crate) used: usize,
}

impl Unescaped {
    /// Its octets; never more than the escape has.
    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..self.count).unwrap_or_default()
    }

    fn one(octet: u8, used: usize) -> Self {
        Unescaped { octets: [octet, 0, 0, 0], count: 1, used }
    }

    fn character(c: char, used: usize) -> Self {
        let mut octets = [0; 4];
        let count = c.encode_utf8(&mut octets).len();
        Unescaped { octets, count, used }
    }
}

/// The names of characters that occur in base64 and in the markup of XML.
const NAMED: [(&str, char); 11] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("plus", '+'),
    ("sol", '/'),
    ("equals", '='),
    ("NewLine", '\n'),
    ("Tab", '\t'),
    ("nbsp", '\u{A0}'),
];

impl Escape {
    /// The octets behind the first one that an escape can have: those of `&#x0010FFFF;`.
    const LONGEST: usize = 11;

    /// The flaw of an escape that should not be there.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Escape::Form | Escape::Percent => "escaped-again",
            Escape::Reference => "html-escaped",
        }
    }

    /// Whether `octet` can be the first of an escape.
    pub(crate) fn starts_with(self, octet: u8) -> bool {
        match self {
            Escape::Form => matches!(octet, b'%' | b'+'),
            Escape::Percent => octet == b'%',
            Escape::Reference => octet == b'&',
        }
    }

    /// Reads the escape that is `first` and the first ones of `behind`, if it is one. No more of them are
    /// looked at than the longest escape has.
    pub(crate) fn read(self, first: u8, behind: &[u8]) -> Option<Unescaped> {
        match (self, first) {
            (Escape::Form, b'+') => Some(Unescaped::one(b' ', 0)),
            (Escape::Form | Escape::Percent, b'%') => {
                let [high, low, ..] = *behind else { return None };
                Some(Unescaped::one(hex(high)? << 4 | hex(low)?, 2))
            }
            (Escape::Reference, b'&') => {
                let mut ahead = behind.iter().take(Self::LONGEST);
                let end = ahead.position(|octet| !octet.is_ascii_alphanumeric() && *octet != b'#')?;
                let content = behind.get(..end).filter(|_| behind.get(end) == Some(&b';'))?;
                Some(Unescaped::character(referent(str::from_utf8(content).ok()?)?, end + 1))
            }
            _ => None,
        }
    }
}

/// Takes all character references off `octets`.
pub(crate) fn without_references(octets: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        let (before, from) =
            rest.split_at(rest.iter().position(|octet| *octet == b'&').unwrap_or(rest.len()));
        plain.extend_from_slice(before);
        let Some((first, behind)) = from.split_first() else { return plain };
        rest = behind;
        match Escape::Reference.read(*first, behind) {
            Some(read) => {
                plain.extend_from_slice(read.octets());
                rest = behind.get(read.used..).unwrap_or_default();
            }
            None => plain.push(*first),
        }
    }
}

/// The character that stands between `&` and `;`.
fn referent(content: &str) -> Option<char> {
    let Some(number) = content.strip_prefix('#') else {
        return NAMED.iter().find(|(name, _)| *name == content).map(|(_, c)| *c);
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` alone would take a sign.
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    is_number.then(|| u32::from_str_radix(digits, radix).ok()).flatten().and_then(char::from_u32)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_escape_and_nothing_else() {
        let read = |escape: Escape, written: &str| {
            let (first, behind) = written.as_bytes().split_first()?;
            let read = escape.read(*first, behind)?;
            Some((String::from_utf8(read.octets().to_vec()).ok()?, read.used))
        };
        let plus = Some("+".to_owned());
        for (escape, written, expected) in [
            (Escape::Form, "+x", Some((" ".to_owned(), 0))),
            (Escape::Form, "%2bx", plus.clone().map(|c| (c, 2))),
            (Escape::Percent, "+x", None),
            (Escape::Percent, "%2", None),
            (Escape::Percent, "%+1", None),
            (Escape::Reference, "&#43;", plus.clone().map(|c| (c, 4))),
            (Escape::Reference, "&#x2B;x", plus.clone().map(|c| (c, 5))),
            (Escape::Reference, "&plus;", plus.map(|c| (c, 5))),
            (Escape::Reference, "&#x20AC;", Some(("€".to_owned(), 7))),
            (Escape::Reference, "&#+43;", None),
            (Escape::Reference, "&#;", None),
            (Escape::Reference, "&other;", None),
            (Escape::Reference, "&amp", None),
        ] {
            assert_eq!(read(escape, written), expected, "{written}");
        }
        assert_eq!(without_references(b"&lt;a b=&quot;&amp;amp;&quot;&gt; &"), b"<a b=\"&amp;\"> &");
    }
}
