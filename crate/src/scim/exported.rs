//! The reader of an identity provider's export, which tells whether users are provisioned as GitLab needs
//! them.
//!
//! The exports are the rows of [`idp::EXPORTS`].

use super::{EvidenceReader, Statement, evidence::Asked};
use crate::{base::severity::Severity, idp};

pub(super) const READER: EvidenceReader = EvidenceReader {
    recognises: |content| idp::export(content).is_some(),
    can_be_other: false,
    is_of_people: true,
    read,
};

fn read(content: &str, asked: &Asked) -> Vec<Statement> {
    let checked = idp::export(content).map(|export| (export.check)(content, asked.name_id.as_deref()));
    let statement = |checked| match checked {
        Ok(sentences) => Statement { sentences, ..Statement::default() },
        Err(problem) => Statement::of(Severity::Error, &problem),
    };
    checked.map(statement).into_iter().collect()
}
