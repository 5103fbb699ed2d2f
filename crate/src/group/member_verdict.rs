//! [`MemberVerdict`]: the one verdict on a member's identities, with its reason and the safe repair, in
//! words.
//!
//! The three-way table of gitlab-facts 4.7: N the NameID that was sent, S the stored SAML identifier, C the
//! stored SCIM identifier. N and S are compared as group SAML does it (byte for byte), C with both as SCIM
//! does it (case does not count; 4.2). What holds across members comes first: a NameID that is stored for
//! somebody else, a SAML identifier that is another one's SCIM identifier. Then comes whom GitLab finds by
//! the e-mail address, whatever S is (4.3). Worst first: the order of [`MEMBER_VERDICTS`] is the order of the
//! list.

use super::{captured::Rules, member_class::MemberClass};
use crate::{
    base::{catalogue::Text, severity::Severity},
    comparison::{self, Rule},
    gitlab::{passwords, stored::StoredValue, version::Version},
    idp::vendor,
    text,
};
use serde::{Deserialize, Serialize};

/// The standing of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberVerdict {
    /// The NameID is stored for another user, or is also sent for another: the sign-in goes to the wrong
    /// account.
    WrongAccount,
    /// The NameID is another one at each sign-in.
    Transient,
    /// N ≠ S = C: the identity provider sends something else than before.
    IdpChanged,
    /// N = C ≠ S: the SAML link is old.
    SamlStale,
    /// N, S and C are three values.
    AllDiffer,
    /// N ≠ S, and C is not there or not known.
    NameIdDiffers,
    /// Nothing that is stored differs, and GitLab refused the newest sign-in for another reason.
    Refused,
    /// S is not there, C is inactive: SCIM first.
    Reactivate,
    /// S is not there, C is active: the user must link SAML.
    LinkSaml,
    /// S is not there, and C is not there or not known.
    NeverLinked,
    /// SAML and SCIM identifiers of two users are crossed.
    Crossed,
    /// N ≠ S, or S is not there, and GitLab takes over N: the group's enterprise user, with the e-mail
    /// address that GitLab has.
    TakenOver,
    /// N = S ≠ C: the next SCIM sync fails or misses the member.
    ScimDrift,
    /// S ≠ C, and no NameID was captured.
    SamlScimDiffer,
    /// S is there, C is inactive.
    ScimInactive,
    /// The domain of the e-mail address is none that the group takes.
    EmailRefused,
    /// The identity provider has another e-mail address than GitLab.
    EmailDiffers,
    /// S is there, no NameID was captured, and a list of people lets expect another one.
    NotAsExpected,
    /// Others have a SCIM identity, this member has none.
    NoScim,
    /// GitLab did not say what is stored.
    Unknown,
    /// S = C, or S alone where SCIM is not used; no NameID was captured.
    Agree,
    /// The same, and a list of people lets expect S.
    AsExpected,
    /// All that is there agrees with the NameID that was sent.
    Good,
    /// An account that signs in by no SAML.
    Bot,
}

/// One row of the table.
pub struct MemberVerdictKind {
    /// The verdict of this row.
    pub standing: MemberVerdict,
    /// The class of members that it belongs to, which has its colour.
    pub class: MemberClass,
    /// In one or two words.
    pub word: fn() -> Text,
    /// The reason why it is the verdict.
    why: fn(&MemberValues) -> Text,
    /// The things to do, safest first; of a group where passwords are in use.
    repair: fn() -> Text,
    /// The things that the member is to do, in words for the member, with the group's single sign-on URL;
    /// none where it is the owner's work, or there is none.
    pub letter: Option<fn(&str) -> Text>,
}

/// A member's values, as far as they are known, for one judgement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberValues {
    /// The NameID that was sent; `None` when none was captured, or by a guess alone.
    pub name_id: Option<String>,
    /// It is another one at each sign-in.
    pub transient: bool,
    /// The identifier that is stored for SAML.
    pub saml: StoredValue,
    /// The identifier that is stored for SCIM.
    pub scim: StoredValue,
    /// Whether the SCIM identity is active.
    pub scim_active: Option<bool>,
    /// Whether anybody in the group has a SCIM identity.
    pub uses_scim: bool,
    /// When the newest sign-in was refused, though not for want of an account, and what GitLab did.
    pub refused: Option<(String, Text)>,
    /// The e-mail address that was sent and the one that GitLab has, where they differ.
    pub emails: Option<(String, String)>,
    /// The e-mail address that GitLab has, where the group does not take its domain (gitlab-facts 5, E42;
    /// R48).
    pub refused_email: Option<String>,
    /// The group manages the account (an enterprise user), and its primary e-mail address was sent: GitLab
    /// finds the account by it, and stores the NameID without an error (gitlab-facts 4.3).
    pub found_by_email: bool,
    /// The other user of [`MemberVerdict::WrongAccount`] and [`MemberVerdict::Crossed`], as people read it.
    pub other: Option<String>,
    /// Whether the NameID is stored for that user.
    pub stored_for_other: bool,
    /// Whether the NameID is sent for that user, too; where neither holds, their identifiers are crossed.
    pub sent_for_other: bool,
    /// An account that signs in by no SAML.
    pub bot: bool,
    /// The rules of the group.
    pub rules: Rules,
}

/// The table, worst first.
pub const MEMBER_VERDICTS: [MemberVerdictKind; 24] = [
    MemberVerdictKind {
        standing: MemberVerdict::WrongAccount,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.wrong-account"),
        why: |c| match c.stored_for_other {
            true => text!("standing.wrong-account.why", sent = c.sent(), other = c.other()),
            false => text!("standing.wrong-account.shared", sent = c.sent(), other = c.other()),
        },
        repair: || text!("standing.wrong-account.repair"),
        letter: Some(|_| text!("letter.wrong-account")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::Transient,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.transient"),
        why: |_| text!("standing.transient.why"),
        repair: || text!("remedy.persistent"),
        letter: Some(|_| text!("letter.wait")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::IdpChanged,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.idp-changed"),
        why: |c| text!("standing.idp-changed.why", sent = c.sent(), saml = c.saml(), how = c.how()),
        repair: || text!("standing.idp-changed.repair"),
        letter: Some(|_| text!("letter.wait")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::SamlStale,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.saml-stale"),
        why: |c| text!("standing.saml-stale.why", sent = c.sent(), saml = c.saml(), how = c.how()),
        repair: || text!("standing.saml-stale.repair"),
        letter: Some(|sso| text!("letter.sign-in-again", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::AllDiffer,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.all-differ"),
        why: |c| text!("standing.all-differ.why", sent = c.sent(), saml = c.saml(), scim = c.scim()),
        repair: || text!("standing.all-differ.repair"),
        letter: Some(|_| text!("letter.wait")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::NameIdDiffers,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.name-id-differs"),
        why: |c| text!("standing.name-id-differs.why", sent = c.sent(), saml = c.saml(), how = c.how()),
        repair: || text!("standing.saml-stale.repair"),
        letter: Some(|sso| text!("letter.sign-in-again", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::Refused,
        class: MemberClass::CannotSignIn,
        word: || text!("note.refused"),
        why: |c| match &c.refused {
            Some((time, outcome)) => text!("standing.refused.why", time = time, outcome = outcome),
            None => text!("note.refused"),
        },
        repair: || text!("standing.refused.repair"),
        letter: Some(|_| text!("letter.wait")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::Reactivate,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.reactivate"),
        why: |c| {
            let why = c.was_linked_before(text!("standing.reactivate.why", scim = c.scim()));
            match c.rules.enforces_sso {
                None => text!("standing.reactivate.if-enforced", why = why),
                Some(true) => text!("standing.reactivate.enforced", why = why),
                Some(false) => why,
            }
        },
        repair: || text!("standing.reactivate.repair"),
        letter: Some(|_| text!("letter.wait")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::LinkSaml,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.link-saml"),
        why: |c| c.was_linked_before(text!("standing.link-saml.why", scim = c.scim())),
        repair: || text!("standing.link-saml.repair"),
        letter: Some(|sso| text!("letter.link", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::NeverLinked,
        class: MemberClass::CannotSignIn,
        word: || text!("standing.never-linked"),
        why: |c| match c.scim {
            StoredValue::Unseen => text!("standing.never-linked.scim-unknown"),
            StoredValue::Absent | StoredValue::Known(_) => text!("standing.never-linked.why"),
        },
        repair: || text!("standing.link-saml.repair"),
        letter: Some(|sso| text!("letter.link", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::Crossed,
        class: MemberClass::NeedsCare,
        word: || text!("standing.crossed"),
        why: |c| text!("standing.crossed.why", saml = c.saml(), scim = c.scim(), other = c.other()),
        repair: || text!("standing.crossed.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::TakenOver,
        class: MemberClass::NeedsCare,
        word: || text!("standing.taken-over"),
        why: |c| match c.saml.known() {
            Some(saml) => text!("standing.taken-over.why", sent = c.sent(), saml = saml),
            None => text!("standing.taken-over.none", sent = c.sent()),
        },
        repair: || text!("standing.taken-over.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::ScimDrift,
        class: MemberClass::NeedsCare,
        word: || text!("standing.scim-drift"),
        why: |c| text!("standing.scim-drift.why", saml = c.saml(), scim = c.scim()),
        repair: || text!("standing.scim-drift.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::SamlScimDiffer,
        class: MemberClass::NeedsCare,
        word: || text!("standing.saml-scim-differ"),
        why: |c| text!("standing.saml-scim-differ.why", saml = c.saml(), scim = c.scim()),
        repair: || text!("standing.saml-scim-differ.repair"),
        letter: Some(|sso| text!("letter.try", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::ScimInactive,
        class: MemberClass::NeedsCare,
        word: || text!("standing.scim-inactive"),
        why: |c| {
            let why = text!("standing.scim-inactive.why", scim = c.scim());
            match c.rules.enforces_sso {
                None => text!("standing.scim-inactive.if-enforced", why = why),
                Some(true) => text!("standing.scim-inactive.enforced", why = why),
                Some(false) => why,
            }
        },
        repair: || text!("standing.scim-inactive.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::EmailRefused,
        class: MemberClass::NeedsCare,
        word: || text!("standing.email-refused"),
        why: |c| text!("standing.email-refused.why", email = c.refused_email.as_deref().unwrap_or_default()),
        repair: || text!("standing.email-refused.repair"),
        letter: Some(|_| text!("letter.email")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::EmailDiffers,
        class: MemberClass::NeedsCare,
        word: || text!("standing.email-differs"),
        why: |c| {
            let (sent, known) = c.emails.clone().unwrap_or_default();
            text!("standing.email-differs.why", sent = sent, known = known)
        },
        repair: || text!("standing.email-differs.repair"),
        letter: Some(|_| text!("letter.email")),
    },
    MemberVerdictKind {
        standing: MemberVerdict::NotAsExpected,
        class: MemberClass::NeedsCare,
        word: || text!("expected.word.refused"),
        why: |_| text!("standing.agree.why"),
        repair: || text!("expected.do"),
        letter: Some(|sso| text!("letter.try", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::NoScim,
        class: MemberClass::NoProblemSeen,
        word: || text!("note.no-scim"),
        why: |_| text!("standing.no-scim.why"),
        repair: || text!("standing.no-scim.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::Unknown,
        class: MemberClass::NoProblemSeen,
        word: || text!("note.member-unseen"),
        why: |_| text!("standing.unknown.why"),
        repair: || text!("standing.unknown.repair"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::Agree,
        class: MemberClass::NoProblemSeen,
        word: || text!("note.not-seen"),
        why: |_| text!("standing.agree.why"),
        repair: || text!("standing.agree.repair"),
        letter: Some(|sso| text!("letter.try", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::AsExpected,
        class: MemberClass::NoProblemSeen,
        word: || text!("expected.word.fits"),
        why: |_| text!("standing.agree.why"),
        repair: || text!("standing.agree.repair"),
        letter: Some(|sso| text!("letter.try", sso = sso)),
    },
    MemberVerdictKind {
        standing: MemberVerdict::Good,
        class: MemberClass::Proved,
        word: || text!("note.match"),
        why: |_| text!("standing.good.why"),
        repair: || text!("standing.nothing-to-do"),
        letter: None,
    },
    MemberVerdictKind {
        standing: MemberVerdict::Bot,
        class: MemberClass::NoSaml,
        word: || text!("standing.bot"),
        why: |_| text!("standing.bot.why"),
        repair: || text!("standing.nothing-to-do"),
        letter: None,
    },
];

impl MemberVerdict {
    /// Its row of the table.
    pub fn kind(self) -> &'static MemberVerdictKind {
        static ROWS: [MemberVerdictKind; MEMBER_VERDICTS.len()] = MEMBER_VERDICTS;
        ROWS.iter().find(|kind| kind.standing == self).unwrap_or(&ROWS[MEMBER_VERDICTS.len() - 1])
    }

    /// Its place in the table.
    pub fn place(self) -> usize {
        // They are in the same order. So the panel, which asks for places, has no copy of the table.
        self as usize
    }
}

impl MemberVerdictKind {
    /// Its severity, which is that of its class.
    pub fn severity(&self) -> Severity {
        self.class.kind().severity
    }

    /// The reason.
    pub fn why(&self, values: &MemberValues) -> Text {
        (self.why)(values)
    }

    /// The things to do, safest first.
    pub fn repair(&self, values: &MemberValues) -> Text {
        let old = values.rules.version.filter(|version| *version < Version::TAKES_OVER);
        let text = (self.repair)();
        match old.filter(|_| text.key() == "standing.saml-stale.repair") {
            Some(version) => text!("standing.saml-stale.old", version = version),
            None => {
                vendor::advice(passwords::advice(text, || values.rules.passwords_off), || values.rules.vendor)
            }
        }
    }
}

impl MemberValues {
    /// That no SAML identity is stored, and that a GitLab which took it off may have done so (row R42).
    fn was_linked_before(&self, why: Text) -> Text {
        match self.rules.version.filter(|version| *version < Version::KEEPS_SAML) {
            Some(version) => text!("standing.no-saml-old", why = why, version = version),
            None => why,
        }
    }

    /// The verdict.
    pub fn standing(&self) -> MemberVerdict {
        let same =
            |rule: Rule, a: Option<&str>, b: Option<&str>| Some(rule.accepts(comparison::verdict(a?, b?)));
        let (n, s, c) = (self.name_id.as_deref(), self.saml.known(), self.scim.known());
        let n_s = same(Rule::Exact, n, s);
        let n_c = same(Rule::IgnoringCase, n, c);
        let s_c = same(Rule::IgnoringCase, s, c);
        let active = self.scim_active != Some(false);
        match (&self.saml, n_s, n_c, s_c) {
            _ if self.bot && s.is_none() && c.is_none() => MemberVerdict::Bot,
            _ if self.other.is_some() && (self.stored_for_other || self.sent_for_other) => {
                MemberVerdict::WrongAccount
            }
            _ if self.other.is_some() => MemberVerdict::Crossed,
            _ if self.transient && n.is_some() => MemberVerdict::Transient,
            (StoredValue::Known(_), Some(false), ..) if self.found_by_email => MemberVerdict::TakenOver,
            // Byte for byte: where S differs from both in case alone, S = C holds for SCIM, but it is S that
            // is old.
            (StoredValue::Known(_), Some(false), ..) if n == c => MemberVerdict::SamlStale,
            (StoredValue::Known(_), Some(false), _, Some(true)) => MemberVerdict::IdpChanged,
            (StoredValue::Known(_), Some(false), Some(true), Some(false)) => MemberVerdict::SamlStale,
            (StoredValue::Known(_), Some(false), Some(false), Some(false)) => MemberVerdict::AllDiffer,
            (StoredValue::Known(_), Some(false), _, _) => MemberVerdict::NameIdDiffers,
            (StoredValue::Absent, ..) if c.is_some() && !active => MemberVerdict::Reactivate,
            (StoredValue::Absent, ..) if self.found_by_email && n.is_some() => MemberVerdict::TakenOver,
            (StoredValue::Absent, ..) if c.is_some() => MemberVerdict::LinkSaml,
            (StoredValue::Absent, ..) => MemberVerdict::NeverLinked,
            (StoredValue::Unseen, ..) => MemberVerdict::Unknown,
            (StoredValue::Known(_), ..) if self.refused.is_some() => MemberVerdict::Refused,
            (StoredValue::Known(_), Some(true), _, Some(false)) => MemberVerdict::ScimDrift,
            (StoredValue::Known(_), None, _, Some(false)) => MemberVerdict::SamlScimDiffer,
            (StoredValue::Known(_), ..) if c.is_some() && !active => MemberVerdict::ScimInactive,
            (StoredValue::Known(_), ..) if self.refused_email.is_some() => MemberVerdict::EmailRefused,
            (StoredValue::Known(_), ..) if self.emails.is_some() => MemberVerdict::EmailDiffers,
            (StoredValue::Known(_), ..) if self.uses_scim && self.scim == StoredValue::Absent => {
                MemberVerdict::NoScim
            }
            (StoredValue::Known(_), None, ..) => MemberVerdict::Agree,
            (StoredValue::Known(_), Some(true), ..) => MemberVerdict::Good,
        }
    }

    /// That two of the values seem to come from two fields of the identity provider.
    pub fn of_two_fields(&self) -> Option<Text> {
        let name_id = self.name_id.as_deref().filter(|_| !self.transient);
        let (saml, scim) = (self.saml.known(), self.scim.known());
        let pairs = [(name_id, saml), (saml, scim), (name_id, scim)];
        pairs.into_iter().find_map(|(a, b)| comparison::of_two_fields(a?, b?))
    }

    fn sent(&self) -> &str {
        self.name_id.as_deref().unwrap_or_default()
    }

    fn saml(&self) -> &str {
        self.saml.known().unwrap_or_default()
    }

    fn scim(&self) -> &str {
        self.scim.known().unwrap_or_default()
    }

    fn other(&self) -> &str {
        self.other.as_deref().unwrap_or_default()
    }

    /// The way in which the NameID differs from the stored SAML identifier.
    fn how(&self) -> Text {
        use comparison::Verdict;
        match comparison::verdict(self.sent(), self.saml()) {
            Verdict::CaseOnly => text!("standing.how.case"),
            Verdict::WhitespaceOnly => text!("standing.how.whitespace"),
            Verdict::UnicodeOnly => text!("standing.how.unicode"),
            _ => text!("standing.how.different"),
        }
    }
}

#[cfg(test)]
mod tests;
