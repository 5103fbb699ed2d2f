//! Samlight in a real browser, end to end, against a real identity provider and GitLab's own SAML stack. The extension
//! tested is the release build, `target/dist/<browser>`; `SAMLIGHT_EXTENSION` names another folder than `target/dist`.
//!
//! Each scenario is a line in the table and gets a browser of its own; servers are shared. Stored identities and
//! NameIDs are random in each scenario. A failure leaves pictures, consoles and logs in `target/e2e/<scenario>/`.
//! Find flakes with `-- --repeat 20`. A name begins with the browser's, so `-- firefox:` runs all in Firefox.

mod disk;
mod files;
mod forms;
mod long_list;
mod looks;
mod panel;
mod permission;
mod pictures;
mod popup;
mod privacy;
mod settings;
mod sign_in;
mod stage;
mod starts;
mod stops;
mod unrelated;

use std::process::ExitCode;

use samlight_tests::runner::{self, Scenario};
use stage::Stage;

const SCENARIOS: &[Scenario<Stage>] = &[
    Scenario::everywhere("worker, panel, popup and side panel start without a complaint", starts::cleanly),
    Scenario::everywhere("a matching NameID is called a match", sign_in::matching),
    Scenario::everywhere("a NameID that differs in case is called that", sign_in::case_only),
    Scenario::everywhere("a NameID that differs in white space is called that", sign_in::whitespace_only),
    Scenario::everywhere("a wholly different NameID is called that", sign_in::different),
    Scenario::everywhere("the settings page with three columns is marked", settings::three_columns),
    Scenario::everywhere("the settings page with two columns is marked", settings::two_columns),
    Scenario::everywhere("a worker stopped at any moment changes nothing", stops::at_each_point),
    Scenario::in_chromium("of 500 unrelated requests nothing is kept", privacy::nothing_else_is_kept),
    Scenario::in_chromium("nothing of a sign-in is on disk", disk::holds_nothing),
    Scenario::everywhere("withheld access is explained until it is given", permission::withheld_then_given),
    Scenario::everywhere("panel and side panel follow a sign-in while it happens", panel::follows_a_sign_in),
    Scenario::everywhere("the panel works by keyboard alone", panel::by_keyboard),
    Scenario::everywhere("the panel finds sign-ins by their messages", panel::searches),
    Scenario::everywhere("the panel holds a part of 5,000 exchanges only", long_list::is_shown_in_part),
    Scenario::everywhere(
        "a message that cannot be decoded is listed with its flaw",
        panel::lists_the_unreadable,
    ),
    Scenario::everywhere("the static page shows dropped, chosen and pasted files", files::on_the_static_page),
    Scenario::everywhere("the panel saves and reads files", files::in_the_panel),
    Scenario::everywhere("the popup pauses, resumes and clears", popup::commands),
    Scenario::everywhere("tab, side panel and popup are legible in light and dark", looks::in_light_and_dark),
    Scenario::in_chromium("the pictures of the README are taken", pictures::for_the_readme),
];

fn main() -> ExitCode {
    runner::main("e2e", SCENARIOS)
}
