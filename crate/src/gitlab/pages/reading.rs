//! [`PageReading`]: what a recipe found on a page of GitLab.

use crate::base::{other::Other, place::Place, redact::Secret};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The things that a recipe found on a GitLab page (see [`crate::gitlab::pages`]). What was found prints as
/// its amount.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageReading {
    /// The place where the page was read.
    #[serde(flatten)]
    pub place: Place,
    /// The page's address.
    pub url: Secret<String>,
    /// Id of the page whose recipe was used.
    pub page: String,
    /// The fields found: key and the text of each match.
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// The rows found: key and text of each of their cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BTreeMap<String, String>>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

impl fmt::Debug for PageReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PageReading { place, url, page, fields, rows, other } = self;
        f.debug_struct("PageReading")
            .field("place", place)
            .field("url", url)
            .field("page", page)
            .field("fields", &fields.len())
            .field("rows", &rows.len())
            .field("other", other)
            .finish()
    }
}
