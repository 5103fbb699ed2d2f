//! GitLab's clock is right, ten minutes ahead, ten minutes behind: the panel says how far the clocks are
//! apart, draws the arrival of the Response on its windows of validity, inside where it says in time, and
//! predicts what GitLab says by its own clock.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::Browser;
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;
use serde::Deserialize;

use crate::stage::{CHECKS_TAB, Desk, Stage, keep_picture, show_part};

/// One clock of GitLab.
struct Setting {
    name: &'static str,
    /// By how many seconds.
    ahead: i64,
    /// The words of GitLab's page.
    said: &'static str,
    /// The words of the panel about GitLab's clock.
    skew: &'static str,
    /// Its words about the Response.
    arrived: &'static str,
    /// The place where the arrival is drawn: the bar lies from 200 to 800 of 1000.
    drawn: fn(f64) -> bool,
    verdict: &'static str,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "clock-right",
        ahead: 0,
        said: "Signed in with SAML for",
        skew: "agree",
        arrived: "The Response arrived in time.",
        drawn: |at| (200.0..800.0).contains(&at),
        verdict: "depends on something that was not seen",
    },
    Setting {
        name: "clock-ahead",
        ahead: 600,
        said: "Current time is on or after notonorafter condition",
        skew: "ahead of this computer's",
        arrived: "after the end.",
        drawn: |at| at > 800.0,
        verdict: "Current time is on or after notonorafter condition",
    },
    Setting {
        name: "clock-behind",
        ahead: -600,
        said: "Current time is earlier than notbefore condition",
        skew: "behind this computer's",
        arrived: "before the start.",
        drawn: |at| at < 200.0,
        verdict: "Current time is earlier than notbefore condition",
    },
];

pub(crate) fn apart(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    for setting in SETTINGS {
        desk.forget_sessions(browser)?;
        desk.samlight.clear()?;
        let state = stage.new_identities(|state| state.gitlab_clock_ahead = setting.ahead)?;
        is_shown(&desk, &state, setting).context(setting.name)?;
    }
    Ok(())
}

fn is_shown(desk: &Desk, state: &LabState, setting: &Setting) -> Result<()> {
    desk.sign_in_by_saml(state, state.member())?;
    desk.tab.wait_for_text(setting.said)?;
    let panel = &desk.samlight.panel;
    show_part(panel, CHECKS_TAB)?;
    until("the clocks in the panel", || {
        let shown: Shown = serde_json::from_value(panel.evaluate(SHOWN)?)?;
        let [skew, ..] = shown.skews.as_slice() else { anyhow::bail!("no skew: {shown:?}") };
        ensure!(skew.contains(setting.skew), "{shown:?}");
        let apart = setting.ahead.abs() / 60;
        // To the second it is known only with what the exchange took.
        let minutes = [format!("{apart} min"), format!("{} min 59 s", apart - 1)];
        ensure!(apart == 0 || minutes.iter().any(|minutes| skew.contains(minutes)), "{skew}");
        let window = shown.windows.first().context("no window")?;
        ensure!(
            window.sentence.starts_with("Conditions") && window.sentence.contains(setting.arrived),
            "{shown:?}"
        );
        let labels: Vec<&str> = window.marks.iter().map(|(label, _)| label.as_str()).collect();
        // GitLab has answered: the present says nothing of this sign-in any more.
        ensure!(labels == ["Arrived"], "{labels:?}");
        ensure!(window.marks.iter().all(|(_, at)| (setting.drawn)(*at)), "{shown:?}");
        ensure!(shown.verdict.contains(setting.verdict), "{}", shown.verdict);
        ensure!(shown.widest_icon < 40.0, "an icon is {} pixels wide", shown.widest_icon);
        Ok(())
    })?;
    panel.evaluate("document.querySelector('.clock').scrollIntoView({ behavior: 'instant' })")?;
    keep_picture(panel, setting.name).map(drop)
}

/// The clocks as the panel shows them.
#[derive(Debug, Deserialize)]
struct Shown {
    skews: Vec<String>,
    windows: Vec<Window>,
    /// GitLab's verdict on the Response.
    verdict: String,
    /// Pixels: the icons stand in front of their sentences, the bars above them.
    widest_icon: f64,
}

#[derive(Debug, Deserialize)]
struct Window {
    sentence: String,
    /// Each mark's name and where its line is drawn.
    marks: Vec<(String, f64)>,
}

const SHOWN: &str = "({
    skews: [...document.querySelectorAll('.clock > div:not(:has(.window)) > .sentence')].map(it => it.innerText),
    windows: [...document.querySelectorAll('.clock .window')].map(window => ({
        sentence: window.querySelector('.sentence > span:last-child').innerText,
        marks: [...window.querySelectorAll('svg .time-mark')].map(mark =>
            [mark.querySelector('text').textContent, Number(mark.querySelector('line').getAttribute('x1'))]),
    })),
    verdict: document.querySelector('.acceptance .sentence > span:last-child')?.innerText ?? '',
    widest_icon: Math.max(...[...document.querySelectorAll('.clock .icon')].map(icon => icon.getBoundingClientRect().width)),
})";
