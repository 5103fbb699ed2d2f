//! Okta: an app as its Apps API gives it (`GET /api/v1/apps/{id}`).
//!
//! developer.okta.com, Applications; gitlab-facts 7.5, the checks O1 to O6. `${user.userName}` of the NameID
//! is the application's user name, which has a template of its own. Leaves out: apps that are not SAML 2.0.

use super::{App, Kind, Source, list, objects, text};
use crate::idp::expression::{Expression, Language};
use serde_json::Value;

pub(super) const LABEL: &str = "Application username";

/// The user name of the app within a template of the NameID.
const USER_NAME: &str = "userName";

pub(super) const APP: Kind = Kind {
    provider: "Okta",
    export: "app of the Apps API",
    source: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/",
    label: LABEL,
    is_certain: true,
    read: |kind, content| objects(content, &[]).into_iter().filter_map(|app| read(kind, app)).collect(),
};

/// An expression of Okta's.
pub(super) fn source(template: &str) -> Source {
    Source { written: template.to_owned(), read: Expression::read(Language::Okta, template) }
}

fn read(kind: &'static Kind, app: &Value) -> Option<App> {
    text(app, "/signOnMode").filter(|mode| *mode == "SAML_2_0")?;
    let sign_on = app.pointer("/settings/signOn")?;
    let user_name = text(app, "/credentials/userNameTemplate/template").map(source);
    let name_id = text(sign_on, "/subjectNameIdTemplate").map_or_else(Source::unsaid, |template| {
        let own = source(template);
        let is_user_name = own.read.as_ref().is_ok_and(|it| it.fields().contains(&USER_NAME));
        match &user_name {
            Some(user_name) if is_user_name => Source {
                written: user_name.written.clone(),
                read: own
                    .read
                    .and_then(|own| own.with(USER_NAME, user_name.read.as_ref().map_err(Clone::clone)?)),
            },
            _ => own,
        }
    });
    let urls = [
        ("Single sign-on URL", "/ssoAcsUrl"),
        ("Recipient URL", "/recipient"),
        ("Destination URL", "/destination"),
    ];
    let flag = |path: &str| sign_on.pointer(path).and_then(Value::as_bool);
    let signed = [flag("/responseSigned"), flag("/assertionSigned")];
    let attributes = list(sign_on, "/attributeStatements").iter().filter_map(|it| text(it, "/name"));
    Some(App {
        name_id,
        format: text(sign_on, "/subjectNameIdFormat").map(str::to_owned),
        acs: urls.iter().filter_map(|(name, path)| Some((*name, text(sign_on, path)?.to_owned()))).collect(),
        audiences: text(sign_on, "/audience").map(str::to_owned).into_iter().collect(),
        is_signed: signed.iter().flatten().copied().reduce(|one, other| one || other),
        is_encrypted: flag("/assertionEncryption/enabled"),
        attributes: Some(attributes.map(str::to_owned).collect()),
        user_name,
        ..App::of(kind, text(app, "/label").unwrap_or_default())
    })
}
