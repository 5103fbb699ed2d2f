//! Samlight in a real browser, end to end, against a real identity provider and GitLab's own SAML stack. The
//! extension tested is the release build, `target/dist/<browser>`; `SAMLIGHT_EXTENSION` names another folder
//! than `target/dist`.
//!
//! Each scenario is a line in the table. It loads Samlight into a browser that was tidied up behind the one
//! before, or was started for it; servers are shared. Stored identities and NameIDs are random in each
//! scenario. A failure leaves pictures, consoles and logs in `target/e2e/<scenario>/`. The extension with
//! faults is `target/extension-fault`, or what `SAMLIGHT_FAULT_EXTENSION` names. Find flakes with
//! `-- --repeat 20`. A name begins with the browser's, so `-- firefox:` runs all in Firefox.

mod bodies;
mod clock;
mod decryption;
mod developer_tools;
mod disk;
mod door;
mod end_user;
mod endings;
mod endings_of_account;
mod enforcement;
mod faults;
mod files;
mod forms;
mod full_store;
mod group_panel;
mod group_states;
mod guide;
mod imported;
mod instances;
mod languages;
mod large_group;
mod large_log;
mod long_list;
mod looks;
mod malformed;
mod marking_time;
mod marks;
mod outcomes;
mod panel;
mod people;
mod permission;
mod pictures;
mod places;
mod plan;
mod popup;
mod privacy;
mod reading;
mod refusals;
mod settings;
mod sign_in;
mod stage;
mod starts;
mod stops;
mod summary_bar;
mod tasks;
mod unrelated;
mod verdicts;
mod whole_group;
mod widths;
mod windows;

use std::process::ExitCode;

use samlight_tests::runner::{self, Scenario};
use stage::Stage;

const SCENARIOS: &[Scenario<Stage>] = &[
    Scenario::everywhere("worker, panel, popup and side panel start without a complaint", starts::cleanly)
        .in_a_fresh_browser(),
    // Firefox's event page is seen as no page.
    Scenario::in_chromium(
        "a woken worker loads the core's second part when a page asks",
        starts::without_the_second_part,
    ),
    // Chromium's button has no view of its own.
    Scenario::in_firefox("the popup opens at the first press after an update", starts::after_an_update)
        .in_a_fresh_browser(),
    Scenario::everywhere("a matching NameID is called a match", sign_in::matching),
    Scenario::everywhere("a NameID that differs in case is called that", sign_in::case_only),
    Scenario::everywhere("a NameID that differs in white space is called that", sign_in::whitespace_only),
    Scenario::everywhere("a wholly different NameID is called that", sign_in::different),
    Scenario::everywhere("the settings page with three columns is marked", settings::three_columns),
    Scenario::everywhere("the settings page with two columns is marked", settings::two_columns),
    Scenario::everywhere("the settings page in German is marked", places::translated_settings),
    Scenario::everywhere("the settings are marked by what the messages say", places::settings_values),
    Scenario::everywhere(
        "the output of Verify SAML Configuration is read and compared",
        places::verify_output,
    ),
    Scenario::everywhere("the landing page says which account would be linked", places::landing_page),
    Scenario::everywhere("the page that confirms a link says which account", places::identity_link),
    Scenario::everywhere("the account page says what disconnecting does", places::account_page),
    Scenario::everywhere("a user's identities in the Admin area are marked", places::user_identities),
    Scenario::everywhere(
        "a user's identities are marked as GitLab 15 lists them",
        places::user_identities_older,
    ),
    Scenario::everywhere("the members of a group are marked", places::group_members),
    Scenario::everywhere(
        "a page of ten members stays nearly as high, and its marks open by keyboard",
        marks::leave_the_page_its_height,
    ),
    Scenario::everywhere(
        "a character that cannot be seen is written out on GitLab's page",
        marks::write_out_what_cannot_be_seen,
    ),
    Scenario::everywhere(
        "the bar of a group is in view where the table is cut off",
        marks::are_in_the_bar_where_the_table_is_cut_off,
    ),
    Scenario::everywhere(
        "a whole group of 250 is read, counted and marked",
        whole_group::is_read_and_counted,
    ),
    Scenario::everywhere(
        "an ended session stops the check of a group until the page is opened again",
        whole_group::an_ended_session_stops_it,
    ),
    Scenario::everywhere(
        "a worker stopped in the middle of a group reads on",
        whole_group::a_stopped_worker_reads_on,
    ),
    Scenario::everywhere(
        "a large group is read again only when it is asked for",
        whole_group::a_large_one_is_read_again_when_asked,
    ),
    Scenario::everywhere("the texts are in the language of the browser's person", languages::of_the_person),
    Scenario::everywhere("one member of a group is repaired", whole_group::one_member_is_repaired),
    Scenario::everywhere("the bar of a group stands where no row does", summary_bar::stands_without_rows),
    Scenario::everywhere(
        "the bar of a group says how far the check is",
        summary_bar::says_how_far_the_check_is,
    ),
    Scenario::everywhere("every verdict on a member is counted and marked", verdicts::are_counted_and_marked),
    Scenario::everywhere("how long marking a group of 250 takes is reported", marking_time::is_reported)
        .in_a_fresh_browser(),
    Scenario::everywhere(
        "the panel shows, sorts, filters and saves a group of 250",
        group_panel::shows_all_members,
    ),
    Scenario::everywhere(
        "a group of 100,000 is read and shown without a freeze",
        large_group::is_shown_without_a_freeze,
    )
    .in_a_fresh_browser(),
    Scenario::everywhere(
        "a list of people says which NameID to expect of each member",
        people::are_compared_with_the_group,
    ),
    Scenario::everywhere(
        "a pasted list of people is gone with the background part",
        people::are_pasted_and_gone_with_the_worker,
    ),
    Scenario::everywhere(
        "a change of a group is planned beside the provider's settings, and its scripts are saved",
        plan::of_a_change_is_made_in_the_panel,
    ),
    Scenario::everywhere(
        "a check asks for one thing at a time until it can say why somebody cannot sign in",
        guide::says_why_somebody_cannot_sign_in,
    )
    .in_a_fresh_browser(),
    Scenario::everywhere(
        "a check asks for one thing at a time until it can say who of a group can sign in",
        guide::says_whether_members_can_sign_in,
    ),
    Scenario::everywhere("who may not look into a group is told", group_states::who_may_not_look_is_told),
    Scenario::everywhere(
        "what of a group could not be checked is said",
        group_states::what_was_not_checked_is_said,
    ),
    Scenario::everywhere(
        "the check of a group is stopped, goes on and is read again",
        group_states::it_is_stopped_goes_on_and_is_read_again,
    ),
    Scenario::everywhere(
        "that the tab that reads a group was closed is said",
        group_states::a_tab_that_is_closed_is_told,
    ),
    Scenario::everywhere("a NameID from a file needs a second consent", imported::needs_a_second_consent),
    Scenario::everywhere("a forged file offers nothing", imported::a_forged_one_offers_nothing),
    Scenario::everywhere("the panel repairs one member and explains SCIM answers", group_panel::repairs_one),
    Scenario::everywhere("messages and error pages narrow the outcome", outcomes::narrowed_by_the_page),
    Scenario::everywhere(
        "where passwords are switched off no place advises to use one",
        enforcement::is_read_and_followed,
    ),
    Scenario::everywhere("every place says what keeps an account out", outcomes::of_an_account),
    Scenario::everywhere("every place says how a sign-in to a whole GitLab ended", outcomes::of_an_instance),
    Scenario::everywhere(
        "of twenty refusals GitLab's page and the panel say the same",
        refusals::as_predicted,
    ),
    Scenario::everywhere("clocks that differ are shown with what they do", clock::apart),
    Scenario::everywhere("a private key opens a message and is forgotten", decryption::by_key),
    Scenario::everywhere("a worker stopped at any moment changes nothing", stops::at_each_point)
        .in_a_fresh_browser(),
    Scenario::in_chromium("of 500 unrelated requests nothing is kept", privacy::nothing_else_is_kept)
        .in_a_fresh_browser(),
    // This one and the next but one start browsers of their own, with a profile that outlives them.
    Scenario::in_chromium("nothing of a sign-in is on disk", disk::holds_nothing),
    Scenario::everywhere("withheld access is explained until it is given", permission::withheld_then_given)
        .in_a_fresh_browser(),
    Scenario::everywhere(
        "an added GitLab is traced at once and after a restart",
        instances::added_then_removed,
    ),
    Scenario::everywhere(
        "access to an added GitLab is withheld and given again",
        instances::withheld_then_given,
    )
    .in_a_fresh_browser(),
    Scenario::everywhere("an origin that was not named is no GitLab", instances::not_named)
        .in_a_fresh_browser(),
    Scenario::everywhere("panel and side panel follow a sign-in while it happens", panel::follows_a_sign_in),
    Scenario::everywhere("the panel works by keyboard alone", panel::by_keyboard),
    Scenario::everywhere("an arrow leads to its message, and the diagram is copied", reading::the_diagram),
    Scenario::everywhere("a message is searched, folded and numbered", reading::a_message),
    Scenario::everywhere(
        "two sign-ins are compared beside each other",
        reading::two_sign_ins_beside_each_other,
    ),
    Scenario::everywhere("the compact list has columns and sorts by them", reading::the_list),
    Scenario::everywhere("the panel finds sign-ins by their messages", panel::searches),
    Scenario::everywhere("the panel holds a part of 5,000 exchanges only", long_list::is_shown_in_part),
    Scenario::everywhere(
        "a message that cannot be decoded is listed with its flaw",
        panel::lists_the_unreadable,
    ),
    Scenario::everywhere("every malformed form is listed with its flaw", malformed::each_form),
    Scenario::everywhere("the static page shows dropped, chosen and pasted files", files::on_the_static_page),
    Scenario::everywhere("the static page works from samlight serve", files::by_samlight_serve),
    Scenario::everywhere("the panel saves and reads files", files::in_the_panel),
    Scenario::everywhere(
        "whatever people have in hand is answered where it is given",
        door::opens_whatever_is_given,
    ),
    Scenario::everywhere("recent answers are shown again by keyboard", door::keeps_recent_answers),
    Scenario::everywhere(
        "what Samlight has seen of a message is named beside its meaning",
        door::names_what_is_at_hand,
    ),
    Scenario::everywhere("what files say of SCIM is shown until it is put away", files::about_scim),
    Scenario::everywhere(
        "a log of 300 MB gives the story of one person",
        large_log::gives_the_story_of_one_person,
    ),
    Scenario::everywhere("the popup pauses, resumes and clears", popup::commands),
    Scenario::everywhere(
        "the developer tools show the inspected tab or all",
        developer_tools::one_tab_or_all,
    )
    .in_a_fresh_browser(),
    Scenario::everywhere("who cannot sign in has a message for the owner", end_user::message_then_self_check),
    Scenario::everywhere("every view fits every width", widths::of_every_view),
    Scenario::everywhere(
        "three people do their main task by keyboard in few steps",
        tasks::by_keyboard_in_few_steps,
    ),
    Scenario::everywhere("tab, side panel and popup are legible in light and dark", looks::in_light_and_dark),
    Scenario::everywhere("two tabs that sign in at once are kept apart", windows::two_tabs),
    Scenario::everywhere("a private window is kept apart, labelled and forgotten", windows::private)
        .in_a_fresh_browser(),
    Scenario::in_firefox("containers are kept apart and labelled", windows::containers).in_a_fresh_browser(),
    Scenario::everywhere("of a body as bytes the message is kept and nothing else", bodies::as_bytes),
    Scenario::everywhere("a connection that breaks under the Response is named", bodies::broken_connection),
    Scenario::everywhere("a full store drops the oldest sign-ins and says so", full_store::makes_room),
    Scenario::everywhere("a flood in one tab drops nothing of another", full_store::spares_other_tabs),
    Scenario::everywhere("a fault sets one event aside and the rest goes on", faults::one_event),
    Scenario::in_chromium("the pictures of the README are taken", pictures::for_the_readme)
        .in_a_fresh_browser(),
];

fn main() -> ExitCode {
    runner::main("e2e", SCENARIOS)
}
