//! The stage that the scenarios share: the lab behind the front, and what people do in a sign-in.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samlight_tests::browser::{Browser, Extension, LaunchOptions, Page};
use samlight_tests::front::Front;
use samlight_tests::installed::Installed;
use samlight_tests::lab::{Lab, LabState, LabUser};
use samlight_tests::runner::{World, target_folder};
use serde_json::json;

/// The hosts where the same GitLab can be reached; a scenario says with `gitlab_origin` which address it
/// believes to have.
const GITLABS: [&str; 4] =
    ["gitlab.com", "gitlab.example.com", "gitlab.example.com:8443", "gitlab.example.com:9443"];

/// The real identity provider and the real service provider, and the extension to test.
pub(crate) struct Stage {
    pub(crate) front: Front,
    pub(crate) lab: Lab,
    /// Holds a folder for each browser.
    pub(crate) extensions: PathBuf,
}

impl World for Stage {
    fn start() -> Result<Self> {
        let named = env::var_os("SAMLIGHT_EXTENSION").map(PathBuf::from);
        let extensions = named.unwrap_or_else(|| target_folder().join("dist"));
        let lab = Lab::start()?;
        let gitlab = GITLABS.map(|name| (name, lab.gitlab_port()));
        let front = Front::start(&[&gitlab[..], &[("idp.example.com", lab.idp_port())]].concat())?;
        Ok(Stage { front, lab, extensions })
    }

    fn launch_options(&self) -> LaunchOptions {
        LaunchOptions { front: Some(self.front.reach()), ..LaunchOptions::default() }
    }

    fn log_tails(&self) -> Vec<(String, String)> {
        let logs = self.lab.logs().into_iter().map(|file| {
            let text = std::fs::read_to_string(&file).unwrap_or_else(|error| error.to_string());
            let lines: Vec<_> = text.lines().collect();
            (file.display().to_string(), lines[lines.len().saturating_sub(60)..].join("\n"))
        });
        std::iter::once(("requests".to_owned(), self.front.log_tail())).chain(logs).collect()
    }
}

/// Samlight in a browser, and the tab in which people work.
pub(crate) struct Desk {
    pub(crate) samlight: Installed,
    pub(crate) tab: Page,
    /// GitLab's address: origin and relative URL root.
    pub(crate) gitlab: String,
}

/// The tabs of a sign-in's parts in the panel.
pub(crate) const VALUES_TAB: &str = "#tab-2";
pub(crate) const CHECKS_TAB: &str = "#tab-3";
pub(crate) const SEQUENCE_TAB: &str = "#tab-4";
pub(crate) const MESSAGES_TAB: &str = "#tab-5";

/// Shows a part of the sign-in that `page` shows, once it has that part.
pub(crate) fn show_part(page: &Page, tab: &str) -> Result<()> {
    page.wait_for(&format!(
        "(tab => tab && !tab.hidden && (tab.click(), tab.getAttribute('aria-selected') === 'true'))(
            document.querySelector('{tab}'))"
    ))
    .map(drop)
}

/// Keeps a picture of what is visible of `page`, to be looked at: `target/pictures/<browser>/<name>.png`.
pub(crate) fn keep_picture(page: &Page, name: &str) -> Result<PathBuf> {
    let file =
        target_folder().join(Path::new("pictures").join(page.kind().id()).join(name).with_extension("png"));
    page.screenshot(&file)?;
    Ok(file)
}

impl Stage {
    /// Sets the lab to new random identities, changed by `change`, and installs Samlight.
    pub(crate) fn desk(
        &self,
        browser: &Browser,
        change: impl FnOnce(&mut LabState),
    ) -> Result<(Desk, LabState)> {
        let state = self.new_identities(change)?;
        let tab = browser.first_page()?;
        let samlight = Installed::load(browser, &self.extensions.join(browser.kind().id()), &tab)?;
        Ok((Desk { samlight, tab, gitlab: state.gitlab_origin.clone() }, state))
    }

    /// Installs Samlight in place of the Samlight that is there.
    pub(crate) fn update(&self, browser: &Browser) -> Result<Extension> {
        browser.load_extension(&self.extensions.join(browser.kind().id()))
    }

    /// The same, with Samlight allowed in private windows.
    pub(crate) fn private_desk(&self, browser: &Browser) -> Result<(Desk, LabState)> {
        let state = self.new_identities(|_| {})?;
        let tab = browser.first_page()?;
        let folder = self.extensions.join(browser.kind().id());
        let samlight = Installed::load_for_private(browser, &folder, &tab)?;
        Ok((Desk { samlight, tab, gitlab: state.gitlab_origin.clone() }, state))
    }

    /// A desk with the extension that traps on what asks for it.
    pub(crate) fn faulty_desk(&self, browser: &Browser) -> Result<(Desk, LabState)> {
        let state = self.new_identities(|_| {})?;
        let tab = browser.first_page()?;
        let named = env::var_os("SAMLIGHT_FAULT_EXTENSION").map(PathBuf::from);
        let folder = named.unwrap_or_else(|| target_folder().join("extension-fault"));
        let samlight = Installed::load(browser, &folder.join(browser.kind().id()), &tab)
            .context("`cargo xtask build --fault` makes the extension with faults")?;
        Ok((Desk { samlight, tab, gitlab: state.gitlab_origin.clone() }, state))
    }

    /// New random identities, changed by `change`.
    pub(crate) fn new_identities(&self, change: impl FnOnce(&mut LabState)) -> Result<LabState> {
        let mut state = LabState::random(fastrand::u64(..));
        change(&mut state);
        self.lab.set_state(&state)?;
        Ok(self.lab.state())
    }
}

impl Desk {
    /// The same Samlight, and another tab to work in.
    pub(crate) fn beside(&self, tab: Page) -> Desk {
        Desk { samlight: self.samlight.clone(), tab, gitlab: self.gitlab.clone() }
    }

    /// Opens the group's single sign-on page and goes to the identity provider, up to its sign-in form.
    pub(crate) fn go_to_idp(&self, state: &LabState) -> Result<()> {
        let group = &state.group;
        self.tab.navigate(&format!(
            "{}/groups/{}/-/saml/sso?token={}",
            self.gitlab, group.path, group.saml_discovery_token
        ))?;
        self.tab.click("[data-testid=saml-sso-signin-button]")?;
        self.tab.wait_for("!!document.querySelector('input[name=username]')")?;
        Ok(())
    }

    /// Types user name and password at the identity provider and sends them.
    pub(crate) fn answer_idp(&self, user: &LabUser) -> Result<()> {
        self.tab.fill("input[name=username]", &user.username)?;
        self.tab.fill("input[name=password]", &user.idp_password)?;
        self.tab.press("Enter")
    }

    /// A whole sign-in by SAML, until a page of GitLab answers.
    pub(crate) fn sign_in_by_saml(&self, state: &LabState, user: &LabUser) -> Result<()> {
        self.go_to_idp(state)?;
        self.answer_idp(user)?;
        self.wait_for_gitlab()
    }

    /// A page of the identity provider posts this Response to `acs`, as its form does.
    pub(crate) fn post_from_idp(&self, acs: &str, response: &str) -> Result<()> {
        self.tab.navigate("https://idp.example.com/ready.txt")?;
        self.tab.leave(&format!(
            "const form = Object.assign(document.createElement('form'), {{ method: 'post', action: {acs} }});
                form.append(Object.assign(document.createElement('input'),
                    {{ type: 'hidden', name: 'SAMLResponse', value: {response} }}));
                document.body.append(form);
                form.submit();",
            acs = json!(acs),
            response = json!(response)
        ))?;
        Ok(())
    }

    /// Waits until a page of GitLab has loaded.
    pub(crate) fn wait_for_gitlab(&self) -> Result<()> {
        self.tab.wait_for(&format!(
            "location.href.startsWith('{}/') && document.readyState === 'complete' && !!document.body.dataset.page",
            self.gitlab
        ))?;
        Ok(())
    }

    /// A sign-in with GitLab's own password form.
    pub(crate) fn sign_in_by_password(&self, user: &LabUser) -> Result<()> {
        self.tab.navigate(&format!("{}/users/sign_in", self.gitlab))?;
        self.tab.fill("#user_login", &user.username)?;
        self.tab.fill("#user_password", &user.password)?;
        self.tab.press("Enter")?;
        self.tab.wait_for("!!document.querySelector('[data-testid=sign-out-link]')")?;
        Ok(())
    }

    /// Signs everybody out everywhere.
    pub(crate) fn forget_sessions(&self, browser: &Browser) -> Result<()> {
        browser.forget_cookies()
    }
}
