//! The functions of each language, by their documented names, and what they make of their arguments.
//!
//! Entra ID: learn.microsoft.com, `functions-for-customizing-application-data` (provisioning) and
//! `saml-claims-customization` (claims: Join of a NameID takes the domain off its first argument;
//! ExtractMailPrefix leaves what has no `@`). Okta: developer.okta.com, `okta-expression-language`,
//! and for `fn:` the documented templates of an app's user name. Leaves out: what takes a pattern, a date, a
//! list or chance (`Guid`), and what the documentation leaves open (a part before what is not there).

use super::{Language, Node, Unclear, plain_field};
use crate::base::limits::EXPRESSION_VALUE_BYTES;

/// The deed of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// Puts texts behind each other.
    Concat,
    /// Puts its first argument between the others.
    Join,
    /// Joins two claims; the first loses its domain. The separator is the middle one of three.
    JoinClaim,
    /// The first that is not empty.
    Coalesce,
    /// The same of fields of which a list may have one alone.
    FirstThere,
    /// The value behind the key that is equal.
    Switch,
    /// In small letters.
    Small,
    /// In capitals.
    Capital,
    /// Before the `@`, or all where there is none.
    BeforeAt,
    /// Before a text.
    Before,
    /// Behind a text.
    After,
    /// Without blanks.
    NoBlanks,
    /// With a text in place of another one: source, old, new.
    Replace,
    /// The same as Entra ID's provisioning writes it, in seven arguments.
    ReplaceSeven,
    /// So many characters from the left.
    Left,
    /// From a character on, counted from 1, so many.
    Mid,
    /// From a character to another one, counted from 0.
    Substring,
    /// The other truth value.
    Not,
    /// As it is.
    Same,
    /// Value, what there is where it is empty, and what where it is not.
    IfEmpty,
    /// Value, and what there is where it is not empty.
    IfNotEmpty,
    /// Whether a text has another one.
    Contains,
    /// Whether two are equal.
    Equal,
    /// Whether they differ.
    Unequal,
    /// One of two, by a truth value.
    Either,
    /// A field that the person does not see.
    Internal,
}

/// One function of a language.
pub(super) struct Function {
    language: Language,
    name: &'static str,
    /// The fewest and the most arguments.
    arguments: (usize, usize),
    does: Does,
}

const fn function(language: Language, name: &'static str, arguments: (usize, usize), does: Does) -> Function {
    Function { language, name, arguments, does }
}

/// As many as the parts that an expression may have.
const MANY: usize = usize::MAX;

use Language::{Claims, Okta, Provisioning};

/// The functions.
const FUNCTIONS: &[Function] = &[
    function(Provisioning, "Append", (2, 2), Does::Concat),
    function(Provisioning, "Coalesce", (1, MANY), Does::Coalesce),
    function(Provisioning, "CStr", (1, 1), Does::Same),
    function(Provisioning, "IgnoreFlowIfNullOrEmpty", (1, 1), Does::Same),
    function(Provisioning, "Join", (2, MANY), Does::Join),
    function(Provisioning, "Left", (2, 2), Does::Left),
    function(Provisioning, "Mid", (3, 3), Does::Mid),
    function(Provisioning, "Not", (1, 1), Does::Not),
    function(Provisioning, "Replace", (7, 7), Does::ReplaceSeven),
    function(Provisioning, "StripSpaces", (1, 1), Does::NoBlanks),
    function(Provisioning, "Switch", (2, MANY), Does::Switch),
    function(Provisioning, "ToLower", (1, 1), Does::Small),
    function(Provisioning, "ToUpper", (1, 1), Does::Capital),
    function(Claims, "ExtractMailPrefix", (1, 1), Does::BeforeAt),
    function(Claims, "IfEmpty", (3, 3), Does::IfEmpty),
    function(Claims, "IfNotEmpty", (2, 2), Does::IfNotEmpty),
    function(Claims, "Join", (2, 3), Does::JoinClaim),
    function(Claims, "ToLower", (1, 1), Does::Small),
    function(Claims, "ToLowercase", (1, 1), Does::Small),
    function(Claims, "ToUpper", (1, 1), Does::Capital),
    function(Claims, "ToUppercase", (1, 1), Does::Capital),
    function(Okta, "fn:substringBefore", (2, 2), Does::Before),
    function(Okta, "String.append", (2, 2), Does::Concat),
    function(Okta, "String.join", (2, MANY), Does::Join),
    function(Okta, "String.removeSpaces", (1, 1), Does::NoBlanks),
    function(Okta, "String.replace", (3, 3), Does::Replace),
    function(Okta, "String.stringContains", (2, 2), Does::Contains),
    function(Okta, "String.substring", (3, 3), Does::Substring),
    function(Okta, "String.substringAfter", (2, 2), Does::After),
    function(Okta, "String.substringBefore", (2, 2), Does::Before),
    function(Okta, "String.toLowerCase", (1, 1), Does::Small),
    function(Okta, "String.toUpperCase", (1, 1), Does::Capital),
    function(Okta, "user.getInternalProperty", (1, 1), Does::Internal),
];

impl Function {
    /// The function of this name.
    pub(super) fn named(language: Language, name: &str) -> Result<&'static Function, Unclear> {
        let is_it = |it: &&Function| it.language == language && it.name.eq_ignore_ascii_case(name);
        FUNCTIONS.iter().find(is_it).ok_or_else(|| Unclear::Function(name.to_owned()))
    }

    /// Its outcome for these.
    pub(super) fn of(&self, arguments: Vec<Node>) -> Result<Node, Unclear> {
        let (fewest, most) = self.arguments;
        let is_left_out = |at: usize| matches!(arguments.get(at), Some(Node::Nothing) | None);
        let is_right = match self.does {
            Does::Switch => arguments.len().is_multiple_of(2),
            // Old and new text, or old text and template; a pattern is another thing.
            Does::ReplaceSeven => {
                !is_left_out(1) && [2, 3, 5].into_iter().all(is_left_out) && is_left_out(4) != is_left_out(6)
            }
            _ => true,
        };
        if arguments.len() < fewest || arguments.len() > most || !is_right {
            return Err(Unclear::Arguments(self.name.to_owned()));
        }
        match (self.does, arguments.as_slice()) {
            (Does::Internal, [Node::Text(name)]) => Ok(Node::Field(plain_field(name))),
            (Does::Internal, _) => Err(Unclear::Arguments(self.name.to_owned())),
            (does, _) => Ok(Node::Call(does, arguments)),
        }
    }

    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = (Language, &'static str, (usize, usize))> {
        FUNCTIONS.iter().map(|it| (it.language, it.name, it.arguments))
    }
}

impl Does {
    /// The outcome for these values; nothing where one is not there that it needs.
    pub(super) fn of(self, values: &[Option<String>]) -> Option<String> {
        let value = |at: usize| values.get(at).and_then(Option::as_deref);
        let all = || values.iter().map(Option::as_deref).collect::<Option<Vec<&str>>>();
        let made = match self {
            Does::Concat => all()?.concat(),
            Does::Join => {
                let all = all()?;
                let (between, texts) = all.split_first()?;
                texts.join(between)
            }
            Does::JoinClaim => {
                let all = all()?;
                let (first, last) = (all.first()?, all.last()?);
                let between = if all.len() == 3 { all.get(1)? } else { "" };
                format!("{}{between}{last}", before_at(first))
            }
            Does::Coalesce | Does::FirstThere => values.iter().flatten().find(|it| !it.is_empty())?.clone(),
            // Nothing and an empty text are one key.
            Does::Switch => {
                let (source, pairs) = (value(0).unwrap_or_default(), values.get(2..)?);
                let mut pairs = pairs.chunks_exact(2);
                let found = pairs.find(|pair| {
                    pair.first().is_some_and(|key| key.as_deref().unwrap_or_default() == source)
                });
                found.map_or_else(|| value(1), |pair| pair.get(1)?.as_deref())?.to_owned()
            }
            Does::Small => value(0)?.to_lowercase(),
            Does::Capital => value(0)?.to_uppercase(),
            Does::BeforeAt => before_at(value(0)?).to_owned(),
            Does::Before => value(0)?.split_once(value(1)?)?.0.to_owned(),
            Does::After => value(0)?.split_once(value(1)?)?.1.to_owned(),
            Does::NoBlanks => value(0)?.replace(' ', ""),
            Does::Replace => replaced(value(0)?, value(1)?, value(2)?)?,
            Does::ReplaceSeven => match (value(4), value(6)) {
                (_, Some(template)) => replaced(template, value(1)?, value(0)?)?,
                (new, None) => replaced(value(0)?, value(1)?, new.unwrap_or_default())?,
            },
            Does::Left => match value(1)?.parse::<i64>().ok()? {
                ..0 => value(0)?.to_owned(),
                count => value(0)?.chars().take(usize::try_from(count).ok()?).collect(),
            },
            Does::Mid => {
                let (start, length) = (number(value(1)?)?, number(value(2)?)?);
                value(0)?.chars().skip(start.checked_sub(1)?).take(length).collect()
            }
            Does::Substring => {
                let (start, end) = (number(value(1)?)?, number(value(2)?)?);
                let text = value(0)?;
                (end <= text.chars().count()).then_some(())?;
                text.chars().skip(start).take(end.checked_sub(start)?).collect()
            }
            Does::Not => truth(!is_true(value(0)?)?),
            Does::Same => value(0)?.to_owned(),
            Does::IfEmpty if value(0).is_none_or(str::is_empty) => value(1)?.to_owned(),
            Does::IfEmpty => value(2)?.to_owned(),
            Does::IfNotEmpty => value(0).filter(|it| !it.is_empty()).and_then(|_| value(1))?.to_owned(),
            Does::Contains => truth(value(0)?.contains(value(1)?)),
            Does::Equal => truth(value(0)? == value(1)?),
            Does::Unequal => truth(value(0)? != value(1)?),
            Does::Either => value(if is_true(value(0)?)? { 1 } else { 2 })?.to_owned(),
            // It became a field when it was read.
            Does::Internal => return None,
        };
        (made.len() <= EXPRESSION_VALUE_BYTES).then_some(made)
    }
}

fn before_at(text: &str) -> &str {
    text.split_once('@').map_or(text, |(before, _)| before)
}

/// `text` with `new` for each `old`, where it stays within the limit.
fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    let count = if old.is_empty() { return None } else { text.matches(old).count() };
    let is_small = count.saturating_mul(new.len()) <= EXPRESSION_VALUE_BYTES;
    is_small.then(|| text.replace(old, new))
}

fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok()
}

fn truth(is_true: bool) -> String {
    let word = if is_true { "True" } else { "False" };
    word.to_owned()
}

fn is_true(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}
