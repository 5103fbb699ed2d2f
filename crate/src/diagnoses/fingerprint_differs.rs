//! The certificate in the Response is not the one whose fingerprint GitLab has in its settings.
//!
//! gitlab-facts 5.1 E01: "Fingerprint mismatch"; 4.6 step 18: GitLab takes the first X509Certificate. The
//! usual cause is a renewed certificate. Leaves out: whether the certificate is to be trusted, which only its
//! owner can say; and a file's, whose certificate nobody should take over (`response_forged`).

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "fingerprint-differs",
    short: |_| text!("short.fingerprint"),
    ask: &[Ask::Do(|| text!("owner.ask.certificate"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    if case.is_forged() {
        return None;
    }
    let (_, sent, setting) = case.refused_row(&["certificate-with-fingerprint"])?;
    let (value, expected) = (sent.value.known()?, setting.value.known()?);
    let text = text!("fingerprint-differs", sent = value, expected = expected);
    Some(
        Found::new(Severity::Error, AtFault::GitlabConfiguration, text, Evidence::seen(sent))
            .and([Evidence::seen(setting)])
            .remedy(text!("remedy.confirm-certificate"), None)
            .remedy(text!("remedy.paste-fingerprint", sent = value), Some(docs::TROUBLESHOOTING)),
    )
}
