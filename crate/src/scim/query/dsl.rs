//! The query of a search request (elastic.co and opensearch.org: "Query DSL": `bool`, `multi_match`,
//! `query_string`, `range`).
//!
//! `lenient` keeps a field that is no text in one of the indices from failing the search; `term` and
//! `wildcard` do not know it, so the phrase is a `multi_match` and the wildcards are a `query_string`.
//! Nothing is scored. Leaves out paging, which is of who runs it.

use super::{Has, Query, lucene::within};
use serde_json::{Map, Value, json};

impl Query {
    /// The query as the field `query` of a search request has it.
    pub fn filter(&self) -> Value {
        let of = |group: &Vec<Has>| {
            let any: Vec<Value> = group.iter().flat_map(has).collect();
            json!({"bool": {"should": any, "minimum_should_match": 1}})
        };
        let ends = [("gte", self.since), ("lt", self.until)];
        let ends: Map<String, Value> = ends
            .into_iter()
            .filter_map(|(name, at)| Some((name.to_owned(), Value::from(at?.to_string()))))
            .collect();
        let span = (!ends.is_empty()).then(|| json!({"range": {self.time.clone(): ends}}));
        let all: Vec<Value> = self.all.iter().map(of).chain(span).collect();
        json!({"bool": {"filter": all}})
    }

    /// The search request that a person copies: the newest first.
    pub(super) fn dsl(&self) -> Value {
        json!({"query": self.filter(), "sort": [{self.time.clone(): {"order": "desc"}}], "size": 100})
    }

    /// The field with the time.
    pub fn time(&self) -> &str {
        &self.time
    }
}

fn has(Has { field, texts }: &Has) -> Vec<Value> {
    let of = |text: &String| {
        [
            json!({"multi_match": {"query": text, "type": "phrase", "fields": [field], "lenient": true}}),
            json!({"query_string": {"query": within(text), "fields": [field], "lenient": true}}),
        ]
    };
    texts.iter().flat_map(of).collect()
}
