//! The declarations as they are looked up: those of `table`, read once for a process, each found by one look
//! at an index.
//!
//! A message can have a hundred thousand elements, and each is asked for where it stands. Leaves out what the
//! notation means (see `table`).

use super::table::{NAMESPACES, ROWS, SchemaElement};
use crate::xml::{Element, Model};
use std::{collections::HashMap, sync::LazyLock};

/// The declaration of one element.
pub(super) struct Declaration {
    /// Its name in the table.
    pub(super) name: &'static str,
    /// Whether it is declared for every place in a message.
    pub(super) is_global: bool,
    pub(super) content: Content,
    pub(super) attributes: Vec<AttributeDeclaration>,
    /// Whether attributes of other namespaces may be there.
    pub(super) others: bool,
}

/// The things that may be in an element.
pub(super) enum Content {
    Anything,
    /// Nothing: its type is abstract, and it must name one of its own.
    Abstract,
    /// Text of this type.
    Text(&'static str),
    Elements {
        model: Model,
        /// Whether text may stand between the elements.
        mixed: bool,
    },
}

/// One attribute.
pub(super) struct AttributeDeclaration {
    pub(super) name: &'static str,
    pub(super) required: bool,
    /// Its type.
    pub(super) kind: &'static str,
}

/// By the local name: few of them are of several namespaces.
type Index = HashMap<&'static str, Vec<(&'static str, Declaration)>>;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    for row in ROWS {
        let name = row.name.trim_start_matches('.').split_once(':');
        let named = name.and_then(|(prefix, local)| Some((namespace(prefix)?, local)));
        if let Some((namespace, local)) = named {
            let same: &mut Vec<_> = index.entry(local).or_default();
            // The first row of a name counts.
            if !same.iter().any(|(known, _)| *known == namespace) {
                same.push((namespace, Declaration::read(row)));
            }
        }
    }
    index
});

fn namespace(prefix: &str) -> Option<&'static str> {
    NAMESPACES.iter().find(|(known, _)| *known == prefix).map(|(_, namespace)| *namespace)
}

/// The declaration of `element`, wherever it is declared.
pub(super) fn declared(element: Element<'_>) -> Option<&'static Declaration> {
    by_name(element.namespace(), element.local())
}

fn by_name(namespace: &str, local: &str) -> Option<&'static Declaration> {
    let same = INDEX.get(local)?;
    same.iter().find(|(known, _)| *known == namespace).map(|(_, declaration)| declaration)
}

impl Declaration {
    fn read(row: &'static SchemaElement) -> Self {
        let content = match (row.content, row.content.strip_prefix("= "), row.content.strip_prefix('~')) {
            ("*", ..) => Content::Anything,
            ("abstract", ..) => Content::Abstract,
            (_, Some(kind), _) => Content::Text(kind),
            (_, _, Some(content)) => Content::Elements { model: Model::read(content), mixed: true },
            (content, ..) => Content::Elements { model: Model::read(content), mixed: false },
        };
        Declaration {
            name: row.name,
            is_global: !row.name.starts_with('.'),
            content,
            attributes: row.attributes.split(' ').filter_map(AttributeDeclaration::read).collect(),
            others: row.attributes.split(' ').any(|name| name == "#other"),
        }
    }
}

impl AttributeDeclaration {
    /// Reads `Name!:type`.
    fn read(written: &'static str) -> Option<Self> {
        let (name, kind) = written.split_once(':')?;
        Some(AttributeDeclaration { name: name.trim_end_matches('!'), required: name.ends_with('!'), kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by going through all rows.
    fn by_search(namespace: &str, local: &str) -> Option<&'static SchemaElement> {
        let (prefix, _) = NAMESPACES.iter().find(|(_, known)| *known == namespace)?;
        ROWS.iter().find(|row| row.name.trim_start_matches('.').split_once(':') == Some((*prefix, local)))
    }

    #[test]
    fn the_index_finds_what_a_search_through_the_table_finds() {
        let mut locals: Vec<&str> = ROWS.iter().filter_map(|row| Some(row.name.split_once(':')?.1)).collect();
        locals.extend(["", ":", ".", "Unknown", "response", "samlp:Response", "Response "]);
        let others = ["", "urn:example", "urn:oasis:names:tc:SAML:1.0:protocol"];
        let namespaces = NAMESPACES.iter().map(|(_, namespace)| *namespace).chain(others);
        let mut found = 0;
        for namespace in namespaces {
            for local in &locals {
                let (own, searched) = (by_name(namespace, local), by_search(namespace, local));
                assert_eq!(own.map(|row| row.name), searched.map(|row| row.name), "{namespace} {local}");
                found += usize::from(own.is_some());
            }
        }
        assert!(found >= ROWS.len(), "{found}");
    }
}
