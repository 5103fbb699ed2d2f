//! By GitLab's clock the Response was not valid yet, or not any more, when it arrived; or the browser's clock
//! is wrong.
//!
//! gitlab-facts 5.1 E10 ("Current time is earlier than NotBefore condition", "Current time is on or after
//! NotOnOrAfter condition"), E11 (the session is over) and E09; 4.6 steps 10, 15 and 16. GitLab allows a
//! drift of 0 seconds, an instance as many as it is set up for. Where GitLab's clock was not seen, the
//! browser's stands for it, and the finding is likely only.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::{instant::duration_text, severity::Severity},
    event::settings::ProviderSettings,
    gitlab::docs,
    text,
    trace::clock::{Clocks, Window, WindowStanding},
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "clock-skew",
    short: |_| text!("short.clock"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// Milliseconds by which the browser's clock may be wrong before it is said: a minute confuses people, less
/// does not.
const BROWSER: i64 = 60_000;

fn find(case: &Case<'_>) -> Option<Found> {
    let clocks = case.clocks()?;
    refused(case, clocks).or_else(|| browser(case, clocks))
}

/// A window that GitLab found closed.
fn refused(case: &Case<'_>, clocks: &Clocks) -> Option<Found> {
    if case.took_response() {
        return None;
    }
    let (arrived, uncertain) = clocks.arrived_at_gitlab()?;
    let drift = drift(case);
    let closed = |window: &Window| match window.standing(arrived) {
        WindowStanding::Early(by) if by > drift => {
            Some((by, text!("clock-skew.early", by = duration_text(by))))
        }
        WindowStanding::Late(by) if by >= drift => {
            Some((by, text!("clock-skew.late", by = duration_text(by))))
        }
        _ => None,
    };
    let (by, text) = clocks.windows.iter().find_map(closed)?;
    let is_early =
        clocks.windows.iter().any(|window| matches!(window.standing(arrived), WindowStanding::Early(_)));
    let event = case.tracer.seen(case.flow.response?)?.event.clone();
    let evidence = Evidence::of(&event, text!("evidence.clock", time = arrived));
    let finding = Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence);
    // The part that the clocks leave open may be all of it.
    let is_certain = uncertain.is_some_and(|uncertain| by > drift + uncertain);
    let finding = if is_certain { finding } else { finding.likely() };
    let finding = if is_early { finding } else { finding.remedy(text!("remedy.sign-in-anew"), None) };
    Some(finding.remedy(text!("remedy.set-clock"), Some(docs::TROUBLESHOOTING)))
}

/// The browser's clock, which GitLab does not ask, but by which Samlight shows times.
fn browser(case: &Case<'_>, clocks: &Clocks) -> Option<Found> {
    let skew = clocks.gitlab.filter(|skew| skew.ahead.saturating_abs() > BROWSER + skew.uncertain)?;
    let by = duration_text(skew.ahead.saturating_abs());
    let text = text!("clock-skew.browser", by = by);
    let event = case.tracer.seen(case.flow.response?)?.event.clone();
    let (arrived, _) = clocks.arrived_at_gitlab()?;
    let evidence = Evidence::of(&event, text!("evidence.clock", time = arrived));
    let finding = Found::new(Severity::Info, AtFault::Browser, text, evidence);
    Some(finding.remedy(text!("remedy.set-browser-clock"), None))
}

/// Milliseconds of drift that GitLab allows.
fn drift(case: &Case<'_>) -> i64 {
    let settings = case.tracer.provider_settings().map(|(_, settings)| settings);
    let is_here = |settings: &&ProviderSettings| {
        Some(&settings.instance) == case.flow.instance.as_ref()
            && Some(&settings.provider) == case.flow.provider.as_ref()
    };
    let seconds =
        settings.filter(is_here).and_then(|settings| settings.allowed_clock_drift).unwrap_or_default();
    (seconds.clamp(0.0, 86_400.0) * 1_000.0) as i64
}
