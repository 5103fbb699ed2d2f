//! The GitLab instances: which there are, adding one, allowing access to it, removing it. Opened in a tab of
//! its own from the panel, because the browser's question for access would close the popup.
//!
//! The core says what an address must look like and why one is refused; the browser asks the person in the
//! click.

use crate::{
    app::App,
    base::{
        latest_call::{LatestCall, ask},
        signals::{each, live},
    },
    client::{InstanceOrder, News},
    parts::{
        controls::{self, Confirmation},
        field::value,
    },
};
use js_sys::futures::spawn_local;
use samlight::{
    base::catalogue::Text,
    calls::protocol::{OwnCall, OwnReply},
    gitlab::instance::Instance,
    text,
};
use std::{cell::RefCell, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{a, button, div, form, h1, h2, header, input, label, li, main, p, section, span, ul},
};

/// The address of this page, from the panel's own.
const ADDRESS: &str = "index.html?view=instances";

/// The address of this page, with `instance` to be added.
pub(crate) fn address(instance: Option<&Instance>) -> String {
    match instance {
        Some(instance) => format!("{ADDRESS}#{}", instance.url("")),
        None => ADDRESS.to_owned(),
    }
}

/// One named instance, and whether its pages may be seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedInstance {
    instance: Instance,
    is_seen: bool,
}

/// The state that the page shows. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(crate) struct InstancesPage {
    app: App,
    /// The named instances; absent until they are known.
    lines: Signal<Option<Vec<NamedInstance>>>,
    /// The text that is typed into the field.
    typed: Signal<String>,
    /// The reason why the last address was not added.
    refusal: Signal<Option<String>>,
    asks: Rc<RefCell<LatestCall<()>>>,
}

/// Leads to this page from the panel.
pub(crate) fn link() -> View {
    a().class("quiet about instances-link")
        .href(ADDRESS)
        .target("_blank")
        .children(text!("ui.instances.heading").to_string())
        .into()
}

/// Says which GitLabs are watched, and leads to this page for those who sign in to another one: with its
/// address where the person is on one of its pages.
pub(crate) fn elsewhere(app: &App) -> View {
    let (overview, here) = (app.overview, create_signal(None::<Instance>));
    let client = Rc::clone(&app.client);
    on_mount(move || {
        spawn_local(async move {
            // Without it the address is typed.
            here.set(client.page().await.ok().flatten().and_then(|page| Instance::of_page(&page)));
        });
    });
    let watched = create_selector(move || {
        let others = overview.with(|o| o.as_ref().map(|o| o.watched.clone()).unwrap_or_default());
        let others = others.iter().map(ToString::to_string);
        std::iter::once(Instance::gitlab_com().to_string()).chain(others).collect::<Vec<_>>()
    });
    let unknown = create_selector(move || {
        here.get_clone().filter(|here| watched.with(|watched| !watched.contains(&here.to_string())))
    });
    let lead = |class: &'static str, address: String, words: Text| {
        View::from(a().class(class).href(address).target("_blank").children(words.to_string()))
    };
    section()
        .class("elsewhere")
        .children((
            live(move || {
                unknown.get_clone().map(|here| {
                    let words = text!("ui.elsewhere.here", host = here);
                    lead("button primary", address(Some(&here)), words)
                })
            }),
            p().class("quiet").children((
                live(move || {
                    text!("ui.elsewhere", hosts = watched.with(|watched| watched.join(", "))).to_string()
                }),
                " ",
                lead("add-another", address(None), text!("ui.elsewhere.add")),
            )),
        ))
        .into()
}

/// The page, kept up to date.
pub(crate) fn instances(app: &App) -> View {
    let page = InstancesPage::new(app);
    page.start();
    view(&page)
}

impl InstancesPage {
    pub(crate) fn new(app: &App) -> Self {
        InstancesPage {
            app: app.clone(),
            lines: create_signal(None),
            typed: create_signal(String::new()),
            refusal: create_signal(None),
            asks: Rc::default(),
        }
    }

    /// Asks what there is, now and on each change.
    fn start(&self) {
        let listening = self.clone();
        self.app.client.listen(Rc::new(move |change| match change {
            News::Trace(_) | News::Access => listening.ask(),
        }));
        self.typed.set(brought().unwrap_or_default());
        self.ask();
    }
}

/// The address that the page was opened with.
fn brought() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    hash.strip_prefix('#').map(str::to_owned)
}

/// The whole page, with what is known.
pub(crate) fn view(page: &InstancesPage) -> View {
    let app = &page.app;
    View::from((
        header().class("bar").children((
            controls::mark(),
            h1().children(text!("ui.name").to_string()),
            controls::recording(app),
        )),
        main().class("welcome instances").children((
            controls::failure(app),
            h2().children(text!("ui.instances.heading").to_string()),
            p().children(text!("ui.instances.what").to_string()),
            list(page),
            controls::access(app),
            adding(page),
            p().class("quiet").children(text!("ui.instances.kept").to_string()),
        )),
    ))
}

/// The built-in instance, and those that were named.
fn list(page: &InstancesPage) -> View {
    let lines = page.lines;
    let shown = create_selector(move || lines.get_clone().unwrap_or_default());
    let is_empty = create_selector(move || lines.with(|lines| lines.as_ref().is_some_and(Vec::is_empty)));
    let page = page.clone();
    section()
        .children((
            ul().class("instance-list").children((
                li().class("instance").children((
                    span().class("instance-address").children(Instance::gitlab_com().url("")),
                    span().class("quiet").children(text!("ui.instances.built-in").to_string()),
                )),
                each(shown, |_, line| line.instance.url(""), move |line| one(&page, line)),
            )),
            live(move || {
                is_empty.get().then(|| {
                    View::from(
                        p().class("quiet no-instances").children(text!("ui.instances.none").to_string()),
                    )
                })
            }),
        ))
        .into()
}

/// One instance: its address, whether it is seen, and what can be done.
fn one(page: &InstancesPage, line: ReadSignal<NamedInstance>) -> View {
    let address = move || line.with(|line| line.instance.url(""));
    let is_seen = create_selector(move || line.with(|line| line.is_seen));
    let (page, removing) = (page.clone(), page.clone());
    let state = move || {
        if is_seen.get() {
            return View::from(span().class("access-given").children(text!("ui.instances.seen").to_string()));
        }
        let page = page.clone();
        View::from((
            span().class("access-withheld").children(text!("ui.instances.withheld").to_string()),
            button()
                .r#type("button")
                .class("small allow")
                .attr("aria-label", text!("ui.instances.allow.what", address = address()).to_string())
                .on(events::click, move |_| page.allow(&line.get_clone().instance))
                .children(text!("ui.instances.allow").to_string()),
        ))
    };
    let question = Confirmation {
        order: text!("ui.instances.remove"),
        order_label: text!("ui.instances.remove.what", address = address()),
        question: text!("ui.instances.remove.question", address = address()),
        yes: text!("ui.instances.remove.yes"),
        no: text!("ui.instances.remove.no"),
    };
    li().class("instance")
        .attr("data-seen", move || is_seen.get().to_string())
        .children((
            span().class("instance-address").children(address),
            state,
            controls::confirmed(question, || false, move || removing.remove(&line.get_clone().instance)),
        ))
        .into()
}

/// The form with its help, and why an address was refused.
fn adding(page: &InstancesPage) -> View {
    let (typing, sending, refusal, typed) = (page.clone(), page.clone(), page.refusal, page.typed);
    section()
        .children((
            h2().children(text!("ui.instances.add").to_string()),
            form()
                .class("add-instance")
                .attr("novalidate", "")
                .on(events::submit, move |event: web_sys::SubmitEvent| {
                    event.prevent_default();
                    sending.add();
                })
                .children((
                    label().r#for("instance-address").children(text!("ui.instances.address").to_string()),
                    div().class("add-instance-line").children((
                        input()
                            .r#type("url")
                            .id("instance-address")
                            .attr("spellcheck", "false")
                            .attr("autocomplete", "off")
                            .attr("aria-describedby", "instance-help instance-refusal")
                            .attr("aria-invalid", move || refusal.with(Option::is_some).to_string())
                            .prop("value", move || typed.get_clone())
                            .on(events::input, move |event: web_sys::Event| {
                                typing.typed.set_silent(value(&event));
                                typing.refusal.set(None);
                            }),
                        button()
                            .r#type("submit")
                            .class("primary")
                            .children(text!("ui.instances.add.do").to_string()),
                    )),
                    p().class("quiet").id("instance-help").children(text!("ui.instances.help").to_string()),
                    p().class("refusal")
                        .id("instance-refusal")
                        .attr("role", "alert")
                        .children(live(move || refusal.get_clone().unwrap_or_default())),
                )),
        ))
        .into()
}

impl InstancesPage {
    /// Asks for the instances, and the browser whether each may be seen.
    fn ask(&self) {
        let page = self.clone();
        ask(&self.asks, (), move |()| {
            let page = page.clone();
            async move {
                match page.known().await {
                    Ok(lines) => page.lines.set(Some(lines)),
                    Err(failure) => page.app.failure.set(Some(failure)),
                }
            }
        });
    }

    async fn known(&self) -> Result<Vec<NamedInstance>, String> {
        let instances = match self.app.client.call(&OwnCall::Instances).await? {
            OwnReply::Instances(instances) => instances,
            OwnReply::Refused(reason) => return Err(reason),
            _ => Vec::new(),
        };
        let mut lines = Vec::new();
        for instance in instances {
            let is_seen = self.app.client.access(&instance).await? == Some(true);
            lines.push(NamedInstance { instance, is_seen });
        }
        Ok(lines)
    }

    /// Adds the instance that is typed, when the person allows access to it. In the handler of a click or of
    /// Enter.
    fn add(&self) {
        let known: Vec<Instance> = self
            .lines
            .with_untracked(|lines| lines.iter().flatten().map(|line| line.instance.clone()).collect());
        let instance = match Instance::named(&self.typed.get_clone_untracked(), &known) {
            Ok(instance) => instance,
            Err(refusal) => return self.refusal.set(Some(refusal.text().to_string())),
        };
        self.refusal.set(None);
        let asked = self.app.client.request_access(&instance);
        let page = self.clone();
        spawn_local(async move {
            match asked.await {
                Ok(true) => page.added(&instance).await,
                Ok(false) => {
                    let address = instance.url("");
                    page.refusal.set(Some(text!("ui.instances.denied", address = address).to_string()));
                }
                Err(failure) => page.app.failure.set(Some(failure)),
            }
        });
    }

    async fn added(&self, instance: &Instance) {
        if self.done(self.app.client.order(InstanceOrder::Add, instance).await) {
            self.typed.set(String::new());
            self.app.say(text!("ui.instances.added", address = instance.url("")).to_string());
        }
    }

    /// Asks for access that was taken away. In the handler of a click.
    fn allow(&self, instance: &Instance) {
        let asked = self.app.client.request_access(instance);
        let page = self.clone();
        spawn_local(async move {
            page.done(asked.await.map(drop));
        });
    }

    fn remove(&self, instance: &Instance) {
        let ordered = self.app.client.order(InstanceOrder::Remove, instance);
        let (page, address) = (self.clone(), instance.url(""));
        spawn_local(async move {
            if page.done(ordered.await) {
                page.app.say(text!("ui.instances.removed", address = address).to_string());
            }
        });
    }

    /// Shows what has changed, or why it has not.
    fn done(&self, result: Result<(), String>) -> bool {
        match result {
            Ok(()) => self.ask(),
            Err(ref failure) => self.app.failure.set(Some(failure.clone())),
        }
        result.is_ok()
    }
}
