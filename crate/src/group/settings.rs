//! [`Settings`]: what the files of an identity provider's settings say of a group: which field is the NameID,
//! which is externalId, whether both are the same, and whether the SAML app is as GitLab needs it.
//!
//! gitlab-facts 7.1 to 7.7; rows R24, R25, R77, the checks O1 to O6 for every provider (`checks.rs`), and V1
//! to V11 by [`crate::idp::export`]. Of several apps in one file the one of the group is taken, by its
//! addresses; of Entra ID's policies `claimsMappingPolicy` counts before the others, as its documentation
//! says. Leaves out: what the settings do not say, which is named.

mod checks;
mod metadata;

use super::expected::{Columns, Formula};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        redact,
        severity::{Sentence, Severity},
    },
    gitlab::instance::Instance,
    idp::{
        self,
        app::{self, App, Source},
        directory::Directory,
        expression::{Expression, Language, Unclear},
    },
    scim::Statement,
    text,
    view::value::visible,
};
pub use metadata::Responses;
use serde_json::{Value, json};

/// The label of externalId's source on Entra ID's screen.
const ENTRA_MAPPING: &str = "Attribute mappings";
/// The kind of Entra ID's settings that counts before the others.
const FIRST: &str = "claimsMappingPolicy";
/// Okta's SCIM app for GitLab sends the number of the user, and nobody can change that (gitlab-facts 7.6).
const OKTA_ID: &str = "user.getInternalProperty(\"id\")";

/// The other attributes that it sends (gitlab-facts 7.6); the user name is the application's.
const OKTA_SENDS: [(&str, &str); 5] = [
    ("externalId", OKTA_ID),
    ("emails[type eq \"work\"].value", "user.email"),
    ("name.givenName", "user.firstName"),
    ("name.familyName", "user.lastName"),
    ("displayName", "user.displayName"),
];

/// The files of settings of one identity provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    apps: Vec<(String, App)>,
    /// The export of a SCIM app: its file, its content and the source of externalId.
    mapping: Option<(String, String, Source)>,
    /// The parties of files of metadata.
    parties: Vec<metadata::Party>,
}

/// The group that the settings should be for.
#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    /// Its GitLab.
    pub instance: &'a Instance,
    /// Its path; empty where it is not known.
    pub path: &'a str,
}

/// The app that makes the NameID; or why it is not known.
enum OfNameId<'a> {
    App(&'a App),
    /// Several apps make it differently.
    Several(Vec<&'a App>),
    /// No file says it.
    Unsaid,
}

impl Settings {
    /// Takes in a file, where it is one of settings. What only looks like a screen's text is taken where a
    /// person says that it is one (`is_named`).
    pub fn take(&mut self, file: &str, content: &str, is_named: bool) -> bool {
        let content = content.trim_start_matches('\u{feff}').trim();
        if idp::export(content).is_some() {
            let mapped = idp::mapped(content);
            let external_id = mapped.into_iter().find(|(target, _)| target == "externalId");
            let source = external_id.map_or_else(
                || Source { written: String::new(), read: Err(Unclear::Unsaid) },
                |(_, written)| Source { read: Expression::read(Language::Provisioning, &written), written },
            );
            self.mapping = Some((file.to_owned(), content.to_owned(), source));
            return true;
        }
        let parties = metadata::read(file, content);
        if !parties.is_empty() {
            self.parties.extend(parties);
            return true;
        }
        let apps = app::read(content).into_iter().filter(|app| is_named || app.kind.is_certain);
        let before = self.apps.len();
        self.apps.extend(apps.map(|app| (file.to_owned(), app)));
        self.apps.len() > before
    }

    /// Whether no file was one of settings.
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty() && self.mapping.is_none() && self.parties.is_empty()
    }

    /// Forgets what a file said.
    pub fn forget(&mut self, file: &str) {
        self.apps.retain(|(name, _)| name != file);
        self.mapping.take_if(|(name, ..)| name == file);
        self.parties.retain(|party| party.file != file);
    }

    /// Takes in what a person gives of a new identity provider: metadata of it, a certificate, or its Issuer.
    pub fn take_side(&mut self, file: &str, content: &str) -> bool {
        let parties = metadata::side(file, content);
        let is_one = !parties.is_empty();
        self.parties.extend(parties);
        is_one
    }

    /// The new identity provider beside recorded Responses (R40).
    pub fn said_of_new(&self, responses: &Responses, now: Timestamp) -> Statement {
        metadata::said_of_new(&self.parties, responses, now)
    }

    /// Whether one of the files is of metadata.
    pub fn has_metadata(&self) -> bool {
        !self.parties.is_empty()
    }

    /// The metadata of both sides in words, against the group and recorded Responses.
    pub fn said_of_metadata(&self, of: For<'_>, responses: &Responses, now: Timestamp) -> Vec<Statement> {
        metadata::said(&self.parties, of, responses, now)
    }

    /// The apps that can be that of the group: those with its addresses, and those that name none.
    fn apps_of(&self, of: For<'_>) -> Vec<&(String, App)> {
        let is_of = |app: &App| checks::is_of(app, of);
        let has_own = self.apps.iter().any(|(_, app)| is_of(app) == Some(true));
        self.apps.iter().filter(|(_, app)| !has_own || is_of(app) != Some(false)).collect()
    }

    fn of_name_id(&self, of: For<'_>) -> OfNameId<'_> {
        let apps = self.apps_of(of);
        let mut telling: Vec<&App> = apps
            .into_iter()
            .map(|(_, app)| app)
            .filter(|app| app.name_id.read != Err(Unclear::Unsaid))
            .collect();
        if telling.iter().any(|app| app.kind.export == FIRST) {
            telling.retain(|app| app.kind.export == FIRST);
        }
        let Some(first) = telling.first().copied() else { return OfNameId::Unsaid };
        match telling.iter().all(|app| app.name_id == first.name_id) {
            true => OfNameId::App(first),
            false => OfNameId::Several(telling),
        }
    }

    /// The source of externalId, with its label on the screen.
    fn external_id(&self, of: For<'_>) -> Option<(String, Source)> {
        if let Some((_, _, source)) = &self.mapping {
            return Some((format!("{ENTRA_MAPPING} > externalId"), source.clone()));
        }
        let is_okta = self.apps_of(of).iter().any(|(_, app)| app.kind.provider == "Okta");
        let read = Expression::read(Language::Okta, OKTA_ID);
        let label = text!("settings.okta-scim").to_string();
        is_okta.then(|| (label, Source { written: OKTA_ID.to_owned(), read }))
    }

    /// The attributes of a user that the SCIM app sends, each with its source, and whose app it is. Okta's
    /// app for GitLab has a mapping that its settings do not name: that of its documentation.
    pub fn mapped(&self, of: For<'_>) -> Option<(&'static str, Vec<(String, Source)>)> {
        if let Some((_, content, _)) = &self.mapping {
            let provider = idp::export(content)?.called;
            let read = |(target, written): (String, String)| {
                (target, Source { read: Expression::read(Language::Provisioning, &written), written })
            };
            return Some((provider, idp::mapped(content).into_iter().map(read).collect()));
        }
        let apps = self.apps_of(of);
        let (_, app) = apps.into_iter().find(|(_, app)| app.kind.provider == "Okta")?;
        let fixed = OKTA_SENDS.iter().map(|(target, written)| {
            let read = Expression::read(Language::Okta, written);
            ((*target).to_owned(), Source { written: (*written).to_owned(), read })
        });
        let user_name = app.user_name.clone().map(|source| ("userName".to_owned(), source));
        Some((app.kind.provider, fixed.chain(user_name).collect()))
    }

    /// The columns of a list that the settings name, beside those that a person names; and what of the
    /// settings no column has.
    pub fn columns(&self, of: For<'_>, list: &Directory, named: Columns) -> (Columns, Vec<Statement>) {
        let app = match self.of_name_id(of) {
            OfNameId::App(app) => Some(app),
            OfNameId::Several(_) | OfNameId::Unsaid => None,
        };
        let mut unclear = Vec::new();
        let mut bound = |provider: &str, label: &str, source: &Source| {
            let read = source.read.as_ref().ok()?;
            match read.bound(list, &|field| app::column(provider, list, field)) {
                Ok(bound) => Some(Formula { bound, written: source.written.clone() }),
                Err(why) => {
                    let said = Statement::of(Severity::Warning, &said_of_unclear(label, source, &why));
                    unclear.push(said.redacted());
                    None
                }
            }
        };
        let configured = app.and_then(|app| bound(app.kind.provider, app.kind.label, &app.name_id));
        // What Okta's own SCIM app sends is known without a file; it is no ground where SCIM is not used.
        let mapping = self.mapping.as_ref();
        let configured_external_id =
            mapping.and_then(|(_, _, source)| bound("Entra ID", "externalId", source));
        (Columns { configured, configured_external_id, ..named }, unclear)
    }

    /// It in words: the files, the NameID, externalId, and what is not as GitLab needs it.
    pub fn statements(&self, of: For<'_>) -> Vec<Statement> {
        if self.apps.is_empty() && self.mapping.is_none() {
            return Vec::new();
        }
        let apps = self.apps_of(of);
        let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
        let mut said: Vec<(Severity, Text)> = apps
            .iter()
            .map(|(file, app)| {
                let (provider, export, name) = (app.kind.provider, app.kind.export, shown(&app.name));
                let said = match name.is_empty() {
                    true => text!("settings.file", file = file, provider = provider, export = export),
                    false => {
                        text!("settings.app", file = file, provider = provider, export = export, name = name)
                    }
                };
                (Severity::Neutral, said)
            })
            .collect();
        let others = self.apps.len() - apps.len();
        if others > 0 {
            said.push((Severity::Neutral, text!("settings.others", count = others)));
        }
        let name_id = self.of_name_id(of);
        said.extend(said_of_name_id(&name_id));
        let app = match &name_id {
            OfNameId::App(app) => Some(*app),
            OfNameId::Several(_) | OfNameId::Unsaid => None,
        };
        let external_id = self.external_id(of);
        said.extend(external_id.as_ref().map(|(label, source)| said_of_external_id(label, source)));
        let of_both = app.zip(external_id.as_ref());
        said.extend(of_both.and_then(|(app, (label, source))| said_of_both(app, label, source)));
        said.extend(apps.iter().flat_map(|(_, app)| checks::said(app, of)));
        let heading = Some(text!("settings.heading").to_string());
        let first = Statement {
            heading,
            sentences: said.into_iter().map(sentence).collect(),
            ..Statement::default()
        };
        [first].into_iter().chain(self.said_of_schema(app)).map(Statement::redacted).collect()
    }

    /// The checks of the SCIM app's export (V1 to V11), with the NameID's field where it is one.
    fn said_of_schema(&self, app: Option<&App>) -> Option<Statement> {
        let (file, content, _) = self.mapping.as_ref()?;
        let export = idp::export(content)?;
        let field = app.and_then(|app| app.name_id.read.as_ref().ok()?.one_field());
        let sentences = match (export.check)(content, field) {
            Ok(sentences) => sentences,
            Err(why) => vec![Sentence { severity: Severity::Error, text: why.to_string() }],
        };
        let heading = text!("settings.schema", file = file, provider = export.called).to_string();
        Some(Statement { heading: Some(heading), sentences, ..Statement::default() })
    }

    /// It as JSON.
    pub fn report(&self, of: For<'_>) -> Value {
        let source = |source: &Source| {
            let (fields, unclear) = match &source.read {
                Ok(read) => (Some(read.fields()), None),
                Err(why) => (None, Some(why.text().to_string())),
            };
            json!({"written": redact::prose(&source.written), "fields": fields, "unclear": unclear})
        };
        let apps = self.apps_of(of).into_iter().map(|(file, app)| {
            json!({"file": file, "provider": app.kind.provider, "export": app.kind.export,
                "source": app.kind.source, "name": redact::prose(&app.name), "label": app.kind.label,
                "name_id": source(&app.name_id), "format": app.format})
        });
        let external_id = self.external_id(of);
        json!({"apps": apps.collect::<Vec<_>>(), "statements": self.statements(of),
            "external_id": external_id.map(|(label, of)| json!({"label": label, "source": source(&of)}))})
    }
}

fn said_of_name_id(of: &OfNameId<'_>) -> Option<(Severity, Text)> {
    match of {
        OfNameId::App(app) => Some(match &app.name_id.read {
            Ok(read) => checks::said_of_source(app, read),
            Err(why) => (Severity::Warning, said_of_unclear(app.kind.label, &app.name_id, why)),
        }),
        OfNameId::Several(apps) => {
            let all: Vec<String> = apps
                .iter()
                .map(|app| format!("{} “{}”", shown(&app.name), shown(&app.name_id.written)))
                .collect();
            Some((Severity::Warning, text!("settings.several", all = all.join(", "))))
        }
        OfNameId::Unsaid => Some((Severity::Info, text!("settings.unsaid"))),
    }
}

fn said_of_external_id(label: &str, source: &Source) -> (Severity, Text) {
    let written = shown(&source.written);
    match &source.read {
        Ok(_) => (Severity::Neutral, text!("settings.external-id", label = label, written = written)),
        Err(why) => (Severity::Warning, said_of_unclear(label, source, why)),
    }
}

/// That nothing is known of a source, and why.
fn said_of_unclear(label: &str, source: &Source, why: &Unclear) -> Text {
    let (written, why) = (shown(&source.written), why.text());
    match written.is_empty() {
        true => text!("settings.unclear.bare", label = label, why = why),
        false => text!("settings.unclear", label = label, written = written, why = why),
    }
}

/// That both come from one field, or from which two (R24, R25).
fn said_of_both(app: &App, label: &str, external_id: &Source) -> Option<(Severity, Text)> {
    let (name_id, other) = (app.name_id.read.as_ref().ok()?, external_id.read.as_ref().ok()?);
    let (written, other_written) = (shown(&app.name_id.written), shown(&external_id.written));
    Some(match name_id.is_same(other) {
        true => (Severity::Good, text!("settings.same", written = written)),
        false => (
            Severity::Error,
            text!(
                "settings.two-fields",
                label = app.kind.label,
                written = written,
                other = label,
                other_written = other_written
            ),
        ),
    })
}

/// A value for people.
fn shown(value: &str) -> String {
    visible(value, None).to_string()
}

#[cfg(test)]
pub(super) mod tests;
