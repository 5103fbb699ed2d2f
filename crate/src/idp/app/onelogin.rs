//! OneLogin: an app as its Apps API gives it (`GET /api/2/apps/{id}`).
//!
//! developers.onelogin.com, `api-docs/2/apps/app-resource`: each parameter names the user's attribute that it
//! is made of; `saml_username` is the NameID. Leaves out: the addresses, whose names depend on the connector;
//! and macros, whose language is not documented with the API and which are named.

use super::{App, Kind, Source, objects, text};
use crate::idp::expression::Unclear;
use serde_json::Value;

pub(super) const LABEL: &str = "NameID value";

pub(super) const APP: Kind = Kind {
    provider: "OneLogin",
    export: "app of the Apps API",
    source: "https://developers.onelogin.com/api-docs/2/apps/app-resource",
    label: LABEL,
    is_certain: true,
    read: |kind, content| objects(content, &[]).into_iter().filter_map(|app| read(kind, app)).collect(),
};

fn read(kind: &'static Kind, app: &Value) -> Option<App> {
    app.get("connector_id")?;
    let parameters = app.get("parameters")?.as_object()?;
    let mapped = |of: &Value| text(of, "/user_attribute_mappings").map(str::to_owned);
    let name_id = match parameters.get("saml_username").map(|it| (mapped(it), it)) {
        Some((Some(name), of)) if name == "_macro_" => {
            let written = text(of, "/user_attribute_macros").unwrap_or("_macro_");
            Source { written: written.to_owned(), read: Err(Unclear::Function("_macro_".to_owned())) }
        }
        Some((Some(name), _)) => Source::field(&name),
        _ => Source::unsaid(),
    };
    let is_sent = |of: &Value| of.get("include_in_saml_assertion").and_then(Value::as_bool) == Some(true);
    let sent = parameters.iter().filter(|(_, of)| is_sent(of)).map(|(name, _)| name.clone());
    Some(App {
        name_id,
        attributes: Some(sent.collect()),
        ..App::of(kind, text(app, "/name").unwrap_or_default())
    })
}
