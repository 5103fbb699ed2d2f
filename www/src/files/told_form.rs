//! The form in which a person says what GitLab has stored: on the static page, which sees no GitLab.
//!
//! The words become two events, as on the command line: which GitLab and group the files are of, and the
//! stored identifiers. Said again, the newer words count. An empty field says nothing.

use crate::{app::App, base::signals::live};
use js_sys::futures::spawn_local;
use samlight::{
    base::catalogue::Text,
    calls::protocol::ToldCall,
    event::{Told, settings::ProviderSettings},
    gitlab::{
        instance::Instance,
        routes::{Provider, is_group_path},
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h2, input, label, p, span},
};

/// The name of instance SAML where no group is named: GitLab's usual one.
const USUAL_PROVIDER: &str = "saml";

/// The fields.
#[derive(Clone, Copy)]
struct Fields {
    gitlab: Signal<String>,
    group: Signal<String>,
    saml: Signal<String>,
    scim: Signal<String>,
}

/// The fields and the button that compares.
pub(super) fn told_form(app: &App) -> View {
    let empty = || create_signal(String::new());
    let said = Fields {
        gitlab: create_signal("https://gitlab.com".into()),
        group: empty(),
        saml: empty(),
        scim: empty(),
    };
    let wrong: Signal<Option<String>> = create_signal(None);
    let app = app.clone();
    div()
        .class("stored")
        .children((
            h2().children(text!("ui.stored").to_string()),
            p().class("quiet").children(text!("ui.stored.why").to_string()),
            field("gitlab", text!("ui.stored.gitlab"), said.gitlab),
            field("group", text!("ui.stored.group"), said.group),
            field("saml", text!("ui.stored.saml"), said.saml),
            field("scim", text!("ui.stored.scim"), said.scim),
            live(move || {
                wrong
                    .get_clone()
                    .map(|wrong| View::from(p().class("warning").attr("role", "alert").children(wrong)))
            }),
            button()
                .r#type("button")
                .on(events::click, move |_| match told(said) {
                    Ok(told) => {
                        wrong.set(None);
                        tell(&app, &told);
                    }
                    Err(text) => wrong.set(Some(text.to_string())),
                })
                .children(text!("ui.stored.compare").to_string()),
        ))
        .into()
}

fn field(name: &'static str, words: Text, value: Signal<String>) -> View {
    let entry =
        input().r#type("text").attr("name", name).attr("spellcheck", "false").attr("autocomplete", "off");
    label().children((span().children(words.to_string()), entry.bind(bind::value, value))).into()
}

/// The meaning of what was said, or what is wrong with it.
fn told(said: Fields) -> Result<ToldCall, Text> {
    let (gitlab, group) = (said.gitlab.get_clone(), said.group.get_clone());
    let instance = Instance::at(gitlab.trim()).ok_or_else(|| text!("ui.stored.bad-gitlab"))?;
    let provider = match group.trim() {
        "" => Provider::Instance { name: USUAL_PROVIDER.into() },
        path if is_group_path(path) => Provider::Group { path: path.to_owned() },
        _ => return Err(text!("ui.stored.bad-group")),
    };
    let provider = ProviderSettings::new(instance, provider);
    // White space around an identifier counts, so it is kept as it was typed.
    let identifier =
        |field: Signal<String>| Some(field.get_clone()).filter(|value| !value.is_empty()).map(Some);
    let told = Told {
        saml_extern_uid: identifier(said.saml),
        scim_extern_uid: identifier(said.scim),
        ..Told::default()
    };
    Ok(ToldCall { provider, told })
}

fn tell(app: &App, told: &ToldCall) {
    let added = app.client.tell(told);
    let app = app.clone();
    spawn_local(async move {
        match added.await {
            Ok(()) => app.ask(),
            Err(failure) => app.failure.set(Some(failure)),
        }
    });
}
