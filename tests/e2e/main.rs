//! Samlight in a real browser, end to end, against a real identity provider and GitLab's own SAML stack. The extension
//! tested is the release build: `target/dist/chromium`, or the folder that `SAMLIGHT_EXTENSION` names.
//!
//! Each scenario is a line in the table and gets a browser of its own; servers are shared. Stored identities and
//! NameIDs are random in each scenario. A failure leaves pictures, consoles and logs in `target/e2e/<scenario>/`.
//! Find flakes with `-- --repeat 20`.

mod disk;
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
    Scenario { name: "worker, panel, popup and side panel start without a complaint", run: starts::cleanly },
    Scenario { name: "a matching NameID is called a match", run: sign_in::matching },
    Scenario { name: "a NameID that differs in case is called that", run: sign_in::case_only },
    Scenario { name: "a NameID that differs in white space is called that", run: sign_in::whitespace_only },
    Scenario { name: "a wholly different NameID is called that", run: sign_in::different },
    Scenario { name: "the settings page with three columns is marked", run: settings::three_columns },
    Scenario { name: "the settings page with two columns is marked", run: settings::two_columns },
    Scenario { name: "a worker stopped at any moment changes nothing", run: stops::at_each_point },
    Scenario { name: "of 500 unrelated requests nothing is kept", run: privacy::nothing_else_is_kept },
    Scenario { name: "nothing of a sign-in is on disk", run: disk::holds_nothing },
    Scenario { name: "withheld access is explained until it is given", run: permission::withheld_then_given },
    Scenario {
        name: "panel and side panel follow a sign-in while it happens",
        run: panel::follows_a_sign_in,
    },
    Scenario { name: "the panel works by keyboard alone", run: panel::by_keyboard },
    Scenario { name: "the panel finds sign-ins by their messages", run: panel::searches },
    Scenario { name: "the panel holds a part of 5,000 exchanges only", run: long_list::is_shown_in_part },
    Scenario {
        name: "a message that cannot be decoded is listed with its flaw",
        run: panel::lists_the_unreadable,
    },
    Scenario { name: "the popup pauses, resumes and clears", run: popup::commands },
    Scenario {
        name: "tab, side panel and popup are legible in light and dark",
        run: looks::in_light_and_dark,
    },
    Scenario { name: "the pictures of the README are taken", run: pictures::for_the_readme },
];

fn main() -> ExitCode {
    runner::main("e2e", SCENARIOS)
}
