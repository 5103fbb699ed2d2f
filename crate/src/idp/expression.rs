//! [`Expression`]: of which fields of a person a value is made, as an identity provider's settings say it.
//!
//! Three languages, each with a table of its functions (`functions.rs`): the expressions of Entra ID's
//! provisioning, the transformations of its SAML claims, and Okta's Expression Language. One small parser
//! reads all three, within limits of length, parts and depth. What it does not know is named, never guessed,
//! and then there is no value; nor is there one where a field is empty and the documentation does not say
//! what happens then. Leaves out: patterns (regular expressions), dates, and lists of several values.

mod functions;
mod parse;

use super::directory::Directory;
use crate::{
    base::{
        catalogue::Text,
        limits::{EXPRESSION_DEPTH, EXPRESSION_PARTS},
    },
    text,
};
use functions::{Does, Function};
use std::collections::BTreeMap;

/// A language in which settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Expressions of Entra ID's provisioning: `Join(" ", [givenName], [surname])`.
    Provisioning,
    /// Transformations of Entra ID's SAML claims: `ExtractMailPrefix(user.mail)`.
    Claims,
    /// Okta's Expression Language: `String.substringBefore(user.email, "@")`.
    Okta,
}

/// The reason why nothing is known of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// It has a function that Samlight does not know.
    Function(String),
    /// A function of it has other arguments than the documentation names, or a pattern.
    Arguments(String),
    /// It names a field that no column of the list has.
    Field(String),
    /// It cannot be read.
    Syntax,
    /// It is longer or deeper than what is read.
    Large,
    /// It depends on a condition: the person's kind or groups.
    Condition,
    /// It is another value at each sign-in.
    Random,
    /// The settings do not say it.
    Unsaid,
}

impl Unclear {
    /// The same for people.
    pub fn text(&self) -> Text {
        match self {
            Unclear::Function(name) => text!("expression.function", name = name),
            Unclear::Arguments(name) => text!("expression.arguments", name = name),
            Unclear::Field(name) => text!("expression.field", name = name),
            Unclear::Syntax => text!("expression.syntax"),
            Unclear::Large => text!("expression.large"),
            Unclear::Condition => text!("expression.condition"),
            Unclear::Random => text!("expression.random"),
            Unclear::Unsaid => text!("expression.unsaid"),
        }
    }
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// A text that is always the same.
    Text(String),
    /// A field of the person.
    Field(String),
    /// An argument that is left out.
    Nothing,
    /// The outcome of a function.
    Call(Does, Vec<Node>),
}

/// A value of an identity provider's settings, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression(Node);

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// It is named what of it is not known.
    pub fn read(language: Language, text: &str) -> Result<Self, Unclear> {
        parse::read(language, text).and_then(Expression::within)
    }

    /// One field as it is.
    pub fn field(name: &str) -> Self {
        Expression(Node::Field(plain_field(name)))
    }

    /// One text for everybody.
    pub fn constant(text: &str) -> Self {
        Expression(Node::Text(text.to_owned()))
    }

    /// The first of these that somebody has; a list need not have a column for each.
    pub fn first_of(fields: &[String]) -> Self {
        let fields = fields.iter().map(|name| Node::Field(name.clone())).collect();
        Expression(Node::Call(Does::FirstThere, fields))
    }

    /// A function of these.
    ///
    /// # Errors
    /// The function is not known, or takes others.
    pub fn call(language: Language, name: &str, arguments: Vec<Expression>) -> Result<Self, Unclear> {
        let function = Function::named(language, name)?;
        let arguments = arguments.into_iter().map(|it| it.0).collect();
        Expression::within(function.of(arguments)?)
    }

    /// The same within the limits.
    fn within(node: Node) -> Result<Self, Unclear> {
        let is_within = node.depth() <= EXPRESSION_DEPTH && node.parts() <= EXPRESSION_PARTS;
        if is_within { Ok(Expression(node)) } else { Err(Unclear::Large) }
    }

    /// The same with `other` in place of the field `name`.
    ///
    /// # Errors
    /// It would be too large.
    pub fn with(self, name: &str, other: &Expression) -> Result<Self, Unclear> {
        let before = other.0.parts();
        if self.0.parts().saturating_mul(before) > EXPRESSION_PARTS {
            return Err(Unclear::Large);
        }
        Expression::within(self.0.with(name, &other.0))
    }

    /// The fields that it names, each once.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.0.fields(&mut fields);
        fields
    }

    /// Whether everybody gets the same.
    pub fn is_constant(&self) -> bool {
        self.fields().is_empty()
    }

    /// The one field that it is, as it is.
    pub fn one_field(&self) -> Option<&str> {
        match &self.0 {
            Node::Field(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it makes the same of the same fields, whatever the case of their names.
    pub fn is_same(&self, other: &Expression) -> bool {
        self.0.is_same(&other.0)
    }

    /// The expression with the columns of a list in place of its fields.
    ///
    /// # Errors
    /// No column has a field.
    pub fn bound(&self, list: &Directory, column: &dyn Fn(&str) -> Option<usize>) -> Result<Bound, Unclear> {
        let fields = self.fields();
        let found = |name: &&str| column(name).filter(|at| *at < list.columns.len());
        let columns: BTreeMap<String, usize> =
            fields.iter().filter_map(|name| Some(((*name).to_owned(), found(name)?))).collect();
        let is_one_enough = matches!(self.0, Node::Call(Does::FirstThere, _)) && !columns.is_empty();
        let missing = fields.into_iter().find(|name| !columns.contains_key(*name));
        if let Some(missing) = missing.filter(|_| !is_one_enough) {
            return Err(Unclear::Field(missing.to_owned()));
        }
        Ok(Bound { node: self.0.clone(), columns })
    }
}

/// An expression over the columns of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    node: Node,
    columns: BTreeMap<String, usize>,
}

impl Bound {
    /// The value that it gives for a row; nothing where a field of it is empty, and that has no documented
    /// outcome.
    pub fn value(&self, list: &Directory, row: usize) -> Option<String> {
        let cell = |name: &str| {
            let column = *self.columns.get(name)?;
            Some(list.cell(row, column)).filter(|cell| !cell.is_empty()).map(str::to_owned)
        };
        self.node.value(&cell).filter(|value| !value.is_empty())
    }

    /// The columns that it needs.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.columns.values().copied()
    }
}

impl Node {
    fn inner(&self) -> &[Node] {
        match self {
            Node::Call(_, inner) => inner,
            _ => &[],
        }
    }

    fn depth(&self) -> usize {
        1 + self.inner().iter().map(Node::depth).max().unwrap_or_default()
    }

    fn parts(&self) -> usize {
        1 + self.inner().iter().map(Node::parts).sum::<usize>()
    }

    fn is_same(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Field(one), Node::Field(other)) => one.eq_ignore_ascii_case(other),
            (Node::Call(one, these), Node::Call(other, those)) => {
                one == other
                    && these.len() == those.len()
                    && these.iter().zip(those).all(|(one, other)| one.is_same(other))
            }
            _ => self == other,
        }
    }

    fn fields<'n>(&'n self, into: &mut Vec<&'n str>) {
        match self {
            Node::Field(name) if !into.contains(&name.as_str()) => into.push(name),
            _ => self.inner().iter().for_each(|node| node.fields(into)),
        }
    }

    fn with(self, name: &str, other: &Node) -> Node {
        match self {
            Node::Field(field) if field == name => other.clone(),
            Node::Call(does, inner) => {
                Node::Call(does, inner.into_iter().map(|node| node.with(name, other)).collect())
            }
            node => node,
        }
    }

    fn value(&self, cell: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        match self {
            Node::Text(text) => Some(text.clone()),
            Node::Field(name) => cell(name),
            Node::Nothing => None,
            Node::Call(does, inner) => {
                let values: Vec<Option<String>> = inner.iter().map(|node| node.value(cell)).collect();
                does.of(&values)
            }
        }
    }
}

/// A field without the word for the person before it: `user.objectid`, `source.login`.
fn plain_field(name: &str) -> String {
    let name = name.trim();
    let of_person = ["user.", "source."].iter().find_map(|before| {
        let start = name.get(..before.len())?;
        start.eq_ignore_ascii_case(before).then(|| name.get(before.len()..))?
    });
    of_person.unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests;
