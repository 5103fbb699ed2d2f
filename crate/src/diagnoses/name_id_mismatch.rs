//! The NameID that was sent is not the one that GitLab has stored for this person.
//!
//! gitlab-facts 4.2 and 4.3; rows R15, R17, R24, R26: people cannot sign in unless `extern_uid` matches the
//! NameID. Group SAML compares byte for byte, so a difference in case alone is enough.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::{catalogue::Text, severity::Severity},
    comparison::{
        self, Comparison, Verdict,
        attribution::{Attribution, Reason},
    },
    gitlab::docs,
    text,
    trace::observation::Source,
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "name-id-mismatch",
    short,
    ask: &[Ask::CompareNameId, Ask::Do(|| text!("owner.ask.agree")), Ask::Do(|| text!("owner.ask.careful"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn short(comparison: &Comparison) -> Text {
    match comparison.saml_verdict() {
        _ if comparison.is_taken_over() => {
            text!("standing.taken-over")
        }
        Verdict::CaseOnly => text!("short.case"),
        Verdict::WhitespaceOnly => text!("short.whitespace"),
        Verdict::UnicodeOnly => text!("short.unicode"),
        _ => text!("short.different"),
    }
}

fn find(case: &Case<'_>) -> Option<Found> {
    let row = case.comparison().row("name-id-with-saml")?;
    let (sent, stored) = (row.left.as_ref()?, row.right.as_ref()?);
    let (name_id, extern_uid) = (sent.value.known()?, stored.value.known()?);
    // A value read before GitLab let the person in can have been fixed by GitLab itself (gitlab-facts 4.3,
    // signed in, 4).
    let let_in = case.let_in();
    if let_in && stored.provenance.time() < case.flow.last {
        return None;
    }
    let text = match row.verdict {
        _ if row.is_taken_over() => text!("mismatch.taken-over", sent = name_id, stored = extern_uid),
        Verdict::CaseOnly if row.rule.accepts(Verdict::CaseOnly) => {
            text!("mismatch.case-accepted", sent = name_id, stored = extern_uid)
        }
        Verdict::CaseOnly => text!("mismatch.case", sent = name_id, stored = extern_uid),
        Verdict::WhitespaceOnly => text!("mismatch.whitespace", sent = name_id, stored = extern_uid),
        Verdict::UnicodeOnly => text!("mismatch.unicode", sent = name_id, stored = extern_uid),
        Verdict::Different => text!("mismatch.different", sent = name_id, stored = extern_uid),
        _ => return None,
    };
    let text = match let_in && row.severity() >= Severity::Warning && !row.is_taken_over() {
        true => text!("mismatch.let-in", sent = name_id, stored = extern_uid),
        false => text,
    };
    let seen_sent =
        Evidence { provenance: sent.provenance.clone(), text: text!("evidence.name-id", value = name_id) };
    let seen_stored = Evidence {
        provenance: stored.provenance.clone(),
        text: text!("evidence.stored", value = extern_uid, source = stored.source.text()),
    };
    let fields = comparison::of_two_fields(name_id, extern_uid);
    let fields = fields.map(|text| Evidence { provenance: sent.provenance.clone(), text });
    let finding = Found::new(row.severity(), AtFault::IdentityProvider, text, seen_sent)
        .and(std::iter::once(seen_stored).chain(fields));
    if row.severity() < Severity::Warning {
        return Some(finding);
    }
    if row.is_taken_over() {
        return Some(finding.remedy(text!("standing.taken-over.repair"), None));
    }
    let whose_is_guessed = matches!(
        case.comparison().attribution,
        Attribution::Of { reason: Reason::NearMiss | Reason::Username, .. }
    );
    // A user's own answer does not say which group an identity is for.
    let which_is_guessed =
        row.verdict == Verdict::Different && case.is_group() && matches!(stored.source, Source::Api(_));
    let finding = if whose_is_guessed || which_is_guessed { finding.likely() } else { finding };
    let finding = finding.remedy(text!("remedy.idp-sends-stored", stored = extern_uid), Some(docs::NAME_ID));
    Some(if case.is_group() {
        finding
            .remedy(text!("remedy.relink"), Some(docs::LINK))
            .remedy(text!("remedy.owner-updates"), Some(docs::SAML_API))
    } else {
        finding.remedy(text!("remedy.admin-updates"), Some(docs::INSTANCE))
    })
}
