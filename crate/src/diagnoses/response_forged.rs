//! A file holds a Response that was not signed with the key of the group, whose fingerprint this browser saw.
//!
//! Anybody can write a file, and a signature proves nothing by itself, since a message brings its own key
//! (`case::proof`; gitlab-facts 4.6 step 18). Leaves out what this browser saw itself: there another
//! certificate is usually a renewed one (`fingerprint_differs`).

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, case::proof::Unproven, comparison, gitlab::stored::Fact, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "response-forged",
    short: |_| text!("response-forged.short"),
    ask: &[Ask::Do(|| text!("response-forged.ask"))],
    blames: Blames::Response,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    if !case.is_forged() {
        return None;
    }
    let response = case.response()?;
    let setting = comparison::setting(case.tracer, case.flow, Fact::Fingerprint)?;
    let name_id = case.flow.name_id(case.tracer).map(|(name_id, _)| name_id.value).unwrap_or_default();
    let evidence = Evidence::of(&response.seen.event, text!("evidence.name-id", value = name_id));
    Some(
        Found::new(Severity::Error, AtFault::File, text!("response-forged.wrong"), evidence)
            .and([Evidence::seen(&setting)])
            .remedy(text!("response-forged.remedy"), None)
            .remedy(text!("response-forged.remedy.renewed"), None),
    )
}

impl Case<'_> {
    /// Whether a Response that stands in a file beside what this browser recorded was signed with another key
    /// than that of the group, as this browser saw it: by its signature, or by the certificate in it. If
    /// files are all there is, none of them is known to be the true one.
    pub fn is_forged(&self) -> bool {
        let setting = || comparison::setting(self.tracer, self.flow, Fact::Fingerprint);
        let is_seen = || setting().is_some_and(|setting| !setting.provenance.is_imported());
        let has_other = || {
            let row = self.comparison().row("certificate-with-fingerprint");
            row.is_some_and(|row| !row.is_accepted())
        };
        self.is_beside_recording() && is_seen() && (self.proof() == Err(Unproven::OtherKey) || has_other())
    }
}
