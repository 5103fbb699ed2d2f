//! GitLab's flash messages, matched back to what they mean.
//!
//! gitlab-facts 0.1 item 6 and section 5: messages of failed SAML callbacks go through Rails' `humanize`,
//! which lower-cases them and turns `_` into a space. So both sides are folded before they are compared:
//! lower case, `_` as a space, white space collapsed. URLs in such messages are damaged; they are never read
//! back. What ruby-saml's and GitLab's own messages mean, and what to do, are the tables
//! [`REFUSALS`] and [`MEANINGS`] (gitlab-facts 1.2, 1.4, 1.8, 1.9, section 2, and 5.1 to 5.3). Of a message
//! in another language the reason inside, which stays English, is read. Leaves out: the translations.

use crate::{base::catalogue::Text, text};
use serde::Serialize;

/// The people who can fix what a message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The person who signs in.
    Person,
    /// An owner of the group.
    Owner,
    /// An administrator of the GitLab.
    Administrator,
    /// The administrator of the identity provider.
    Provider,
    /// Nobody, because nothing is broken.
    Nobody,
}

/// The meaning of a message of GitLab.
pub struct Meaning {
    /// The parts of the message, in their order ([`is`]).
    pub pattern: &'static [&'static str],
    /// The meaning in words.
    pub means: fn() -> Text,
    /// The steps to take.
    pub steps: fn() -> Text,
    /// The people who can take them.
    pub who: Who,
}

impl Meaning {
    const fn by(self, who: Who) -> Self {
        Meaning { who, ..self }
    }
}

/// A message that the administrator of the identity provider can do something about, as most.
const fn said(pattern: &'static [&'static str], means: fn() -> Text, steps: fn() -> Text) -> Meaning {
    Meaning { pattern, means, steps, who: Who::Provider }
}

/// The messages of ruby-saml and omniauth-saml, by which a Response is refused; where several fit, the first
/// counts. GitLab shows them in English in every language.
pub const REFUSALS: &[Meaning] = &[
    said(&["Fingerprint mismatch"], || text!("said.fingerprint"), || text!("said.fingerprint.do"))
        .by(Who::Owner),
    said(&["Digest mismatch"], || text!("said.digest"), || text!("said.digest.do")),
    said(&["Key validation error"], || text!("said.key"), || text!("said.key.do")),
    said(&["Invalid Signature on SAML Response"], || text!("said.signature"), || text!("said.signature.do"))
        .by(Who::Owner),
    said(
        &["Certificate element missing in response"],
        || text!("said.no-certificate"),
        || text!("said.no-certificate.do"),
    ),
    said(&["Invalid Audiences"], || text!("said.audience"), || text!("said.audience.do")),
    said(&["Invalid Audience"], || text!("said.audience"), || text!("said.audience.do")),
    said(
        &["The response was received at", "instead of"],
        || text!("said.destination"),
        || text!("said.destination.do"),
    ),
    said(
        &["The response has an empty Destination value"],
        || text!("said.no-destination"),
        || text!("said.no-destination.do"),
    ),
    said(
        &["A valid SubjectConfirmation was not found"],
        || text!("said.confirmation"),
        || text!("said.confirmation.do"),
    ),
    said(
        &["Current time is earlier than NotBefore"],
        || text!("said.too-early"),
        || text!("said.too-early.do"),
    ),
    said(
        &["Current time is on or after NotOnOrAfter"],
        || text!("said.too-late"),
        || text!("said.too-late.do"),
    ),
    said(&["The attributes have expired"], || text!("said.session-over"), || text!("said.session-over.do"))
        .by(Who::Person),
    said(
        &["The status code of the Response was not Success"],
        || text!("said.status"),
        || text!("said.status.do"),
    ),
    said(
        &["SAML Response must contain 1 assertion"],
        || text!("said.assertions"),
        || text!("said.assertions.do"),
    ),
    said(
        &["unexpected number of Signature Element"],
        || text!("said.signatures"),
        || text!("said.signatures.do"),
    ),
    said(
        &["The Assertion must include one Conditions element"],
        || text!("said.conditions"),
        || text!("said.conditions.do"),
    ),
    said(
        &["The Assertion must include one AuthnStatement element"],
        || text!("said.authn-statement"),
        || text!("said.authn-statement.do"),
    ),
    said(&["An empty NameID value found"], || text!("said.empty-name-id"), || text!("said.empty-name-id.do")),
    said(&["Doesn't match the issuer"], || text!("said.issuer"), || text!("said.issuer.do"))
        .by(Who::Administrator),
    said(
        &["Issuer of the Response not found or multiple"],
        || text!("said.issuer"),
        || text!("said.issuer.do"),
    )
    .by(Who::Administrator),
    said(
        &["Issuer of the Assertion not found or multiple"],
        || text!("said.issuer"),
        || text!("said.issuer.do"),
    )
    .by(Who::Administrator),
    said(&["SPNameQualifier value"], || text!("said.qualifier"), || text!("said.qualifier.do")),
    said(&["An EncryptedID found"], || text!("said.encrypted-id"), || text!("said.encrypted-id.do")),
    said(&["An EncryptedAttribute found"], || text!("said.encrypted-id"), || text!("said.encrypted-id.do")),
    said(&["No NameID element found"], || text!("said.no-name-id"), || text!("said.no-name-id.do")),
    said(&["Unsupported SAML version"], || text!("said.version"), || text!("said.version.do")),
    said(&["XML load failed:"], || text!("said.form"), || text!("said.form.do")),
    said(&["ERROR: Element"], || text!("said.form"), || text!("said.form.do")),
    said(&["Element '{urn:oasis:names:tc:SAML"], || text!("said.form"), || text!("said.form.do")),
    said(&["Element '{http://www.w3.org/2000/09/xmldsig"], || text!("said.form"), || text!("said.form.do")),
    said(&["Dangerous XML detected"], || text!("explain.doctype"), || text!("explain.doctype.do")),
    said(&["Missing ID attribute on SAML Response"], || text!("said.no-id"), || text!("said.no-id.do")),
    said(&["Signed Element must contain an ID"], || text!("said.no-id"), || text!("said.no-id.do")),
    said(&["Duplicated ID. SAML Response rejected"], || text!("said.no-id"), || text!("said.no-id.do")),
    said(
        &["No fingerprint or certificate on settings"],
        || text!("said.not-set-up"),
        || text!("said.not-set-up.do"),
    )
    .by(Who::Owner),
    said(&["No settings on response"], || text!("said.not-set-up"), || text!("said.not-set-up.do"))
        .by(Who::Owner),
    said(&["Blank response"], || text!("said.no-response"), || text!("said.no-response.do")),
    said(&["Invalid Signature Element"], || text!("said.signed-place"), || text!("said.signed-place.do")),
    said(
        &["Found an invalid Signed Element"],
        || text!("said.signed-place"),
        || text!("said.signed-place.do"),
    ),
    said(&["Duplicated Reference URI"], || text!("said.signed-place"), || text!("said.signed-place.do")),
    said(&["Signed element id"], || text!("said.signed-place"), || text!("said.signed-place.do")),
    said(
        &["Certificate of the Signature element does not match provided certificate"],
        || text!("said.other-certificate"),
        || text!("said.other-certificate.do"),
    )
    .by(Who::Owner),
    said(
        &["Document Certificate Error"],
        || text!("said.other-certificate"),
        || text!("said.other-certificate.do"),
    )
    .by(Who::Owner),
    said(
        &["IdP x509 certificate expired"],
        || text!("said.other-certificate"),
        || text!("said.other-certificate.do"),
    )
    .by(Who::Owner),
    said(&["An EncryptedAssertion found"], || text!("said.encrypted"), || text!("said.encrypted.do")),
    said(&["Not match the saml-schema-protocol"], || text!("said.schema"), || text!("said.schema.do")),
    said(&["SAML Message exceeds", "bytes"], || text!("said.too-large"), || text!("said.too-large.do")),
    said(
        &["SAML response missing '", "' attribute"],
        || text!("said.no-uid-attribute"),
        || text!("said.no-uid-attribute.do"),
    ),
    said(&["SAML response missing"], || text!("said.no-response"), || text!("said.no-response.do")),
];

/// GitLab's own messages; where several fit, the first counts.
pub const MEANINGS: &[Meaning] = &[
    said(
        &["SAML NameID is missing from your SAML response"],
        || text!("said.name-id-missing"),
        || text!("said.name-id-missing.do"),
    ),
    said(&["Name can't be blank"], || text!("said.uid-blank"), || text!("said.uid-blank.do")),
    said(&["Extern uid has already been taken"], || text!("said.uid-taken"), || text!("said.uid-taken.do")),
    said(&["User has already been taken"], || text!("said.user-taken"), || text!("said.user-taken.do"))
        .by(Who::Person),
    said(
        &["Name must match stored NameID of"],
        || text!("said.stored-differs"),
        || text!("said.stored-differs.do"),
    )
    .by(Who::Person),
    // Older GitLabs: "Name should be a random persistent ID, emails are discouraged", "Name id format should
    // be …".
    said(
        &["Name recommend persistent ID instead of email"],
        || text!("said.persistent"),
        || text!("said.persistent.do"),
    ),
    said(
        &["Name should be a random persistent ID"],
        || text!("said.persistent"),
        || text!("said.persistent.do"),
    ),
    said(&["Name id format", "persistent"], || text!("said.format"), || text!("said.format.do")),
    said(
        &["SAML Name ID and email address do not match your user account"],
        || text!("said.name-id-and-email"),
        || text!("said.name-id-and-email.do"),
    )
    .by(Who::Owner),
    said(
        &["There is already a GitLab account associated with this email address"],
        || text!("said.email-taken"),
        || text!("said.email-taken.do"),
    )
    .by(Who::Person),
    said(&["Email has already been taken"], || text!("said.email-in-use"), || text!("said.email-in-use.do"))
        .by(Who::Person),
    said(
        &["Username has already been taken"],
        || text!("explain.username-taken"),
        || text!("explain.username-taken.do"),
    )
    .by(Who::Person),
    said(
        &["The SAML response did not contain an email address"],
        || text!("said.no-email"),
        || text!("said.no-email.do"),
    ),
    said(
        &["Request to link SAML account must be authorized"],
        || text!("said.link-request"),
        || text!("said.link-request.do"),
    )
    .by(Who::Person),
    said(&["is not linked to a SAML account"], || text!("said.not-linked"), || text!("said.not-linked.do"))
        .by(Who::Person),
    said(
        &["email address is not allowed for this group"],
        || text!("said.domain"),
        || text!("said.domain.do"),
    )
    .by(Who::Owner),
    said(
        &["Email is not allowed for sign-up"],
        || text!("said.sign-up-domain"),
        || text!("said.sign-up-domain.do"),
    )
    .by(Who::Administrator),
    said(&["Your account has been blocked"], || text!("said.blocked"), || text!("said.blocked.do"))
        .by(Who::Administrator),
    said(
        &["Your account has been deactivated by your administrator"],
        || text!("said.deactivated"),
        || text!("said.deactivated.do"),
    )
    .by(Who::Administrator),
    said(
        &["Your account does not have the required permission"],
        || text!("said.permission"),
        || text!("said.permission.do"),
    )
    .by(Who::Administrator),
    said(
        &["You have to confirm your email address before continuing"],
        || text!("said.unconfirmed"),
        || text!("said.unconfirmed.do"),
    )
    .by(Who::Person),
    said(
        &["Please confirm your email address"],
        || text!("said.unconfirmed"),
        || text!("said.unconfirmed.do"),
    )
    .by(Who::Person),
    said(
        &["Your account is pending approval from your GitLab administrator"],
        || text!("said.approval"),
        || text!("said.approval.do"),
    )
    .by(Who::Administrator),
    said(
        &["your account is awaiting approval from your GitLab administrator"],
        || text!("said.approval"),
        || text!("said.approval.do"),
    )
    .by(Who::Administrator),
    said(&["Your account is locked"], || text!("said.locked"), || text!("said.locked.do")).by(Who::Person),
    said(
        &["SAML sign on has not been configured for this group"],
        || text!("said.not-configured"),
        || text!("said.not-configured.do"),
    )
    .by(Who::Owner),
    said(
        &["An error occurred while loading group members"],
        || text!("said.members-not-loaded"),
        || text!("said.members-not-loaded.do"),
    )
    .by(Who::Person),
    said(
        &["The change you requested was rejected"],
        || text!("said.change-rejected"),
        || text!("said.change-rejected.do"),
    ),
    said(
        &["The member's email address is not verified"],
        || text!("scim-said.unverified"),
        || text!("scim-said.unverified.do"),
    )
    .by(Who::Person),
    said(&["Email can't be blank"], || text!("explain.email-blank"), || text!("explain.email-blank.do")),
    said(
        &["Group requires separate account"],
        || text!("explain.separate-account"),
        || text!("explain.separate-account.do"),
    )
    .by(Who::Person),
    said(
        &["First name is too long (maximum is", "characters"],
        || text!("explain.too-long"),
        || text!("explain.too-long.do"),
    )
    .by(Who::Administrator),
    said(
        &["Last name is too long (maximum is", "characters"],
        || text!("explain.too-long"),
        || text!("explain.too-long.do"),
    )
    .by(Who::Administrator),
    said(
        &["Username is too long (maximum is", "characters"],
        || text!("explain.too-long"),
        || text!("explain.too-long.do"),
    )
    .by(Who::Administrator),
    said(
        &["Email is too long (maximum is", "characters"],
        || text!("explain.too-long"),
        || text!("explain.too-long.do"),
    )
    .by(Who::Administrator),
    said(
        &["Identity already exists"],
        || text!("explain.identity-exists"),
        || text!("explain.identity-exists.do"),
    )
    .by(Who::Person),
    said(
        &["Provider and Extern UID must be in the session"],
        || text!("explain.linking"),
        || text!("explain.linking.do"),
    )
    .by(Who::Person),
    said(&["Error linking identity"], || text!("explain.linking"), || text!("explain.linking.do"))
        .by(Who::Person),
    said(&["Invalid state"], || text!("explain.state"), || text!("explain.state.do")).by(Who::Person),
    said(
        &["without a pre-existing account in", "is not allowed"],
        || text!("said.no-account"),
        || text!("said.no-account.do"),
    )
    .by(Who::Person),
    said(
        &["Signing in using", "has been disabled for security reasons"],
        || text!("said.provider-disabled"),
        || text!("said.provider-disabled.do"),
    )
    .by(Who::Person),
    said(
        &["Signing in using", "has been disabled"],
        || text!("said.provider-disabled"),
        || text!("said.provider-disabled.do"),
    )
    .by(Who::Person),
    // Error pages are translated, their numbers are not.
    said(&["403:"], || text!("said.forbidden"), || text!("said.forbidden.do")).by(Who::Owner),
    said(&["404:"], || text!("said.not-found"), || text!("said.not-found.do")).by(Who::Owner),
    said(&["500:"], || text!("said.server-error"), || text!("said.server-error.do")).by(Who::Administrator),
];

/// The meaning of the message `shown`, where that is known.
pub fn meaning(shown: &str) -> Option<&'static Meaning> {
    REFUSALS.iter().chain(MEANINGS).find(|meaning| is(meaning.pattern, shown))
}

/// Whether `reason` is one by which a Response is refused.
pub fn is_refusal(reason: &str) -> bool {
    REFUSALS.iter().any(|meaning| is(meaning.pattern, reason))
}

/// A flash message in the form in which it is compared.
pub fn folded(text: &str) -> String {
    crate::base::counted::stepped(text.len());
    text.to_lowercase().replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the flash message `shown` is the one described by `pattern`: its parts, in this order, with
/// anything between them. A part is compared folded.
pub fn is(pattern: &[&str], shown: &str) -> bool {
    let shown = folded(shown);
    let mut from = 0;
    pattern.iter().all(|part| match behind(&shown, from, &folded(part)) {
        Some(end) => {
            from = end;
            true
        }
        None => false,
    })
}

/// The end of `part` in `text` from `from` on, where no word runs into it: "Username can't be blank" is not
/// about a name.
fn behind(text: &str, from: usize, part: &str) -> Option<usize> {
    let runs_in = |start: usize| {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && before.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let found = text.get(from..)?.match_indices(part).map(|(at, _)| from + at);
    found.into_iter().find(|start| !runs_in(*start)).map(|start| start + part.len())
}

/// The parts of the first known message that `shown` is, in their order.
pub(super) fn known_parts(shown: &str) -> impl Iterator<Item = &'static &'static str> {
    meaning(shown).into_iter().flat_map(|meaning| meaning.pattern)
}

/// `reason` in the wrapping that `shown` has.
pub(super) fn wrapped(shown: &str, reason: &str) -> String {
    let wrapping = WRAPPINGS.iter().find(|(before, _)| shown.contains(before));
    let of_instance = "Could not authenticate you from";
    let front =
        if is(&[of_instance, "because"], shown) { format!("{of_instance} … ") } else { String::new() };
    wrapping.map_or_else(|| reason.to_owned(), |(before, after)| format!("{front}{before}{reason}{after}"))
}

/// The words that GitLab writes round a reason.
const WRAPPINGS: [(&str, &str); 2] =
    [("Unable to sign in to group with SAML: \"", "\""), ("because \"", "\".")];

/// The quotation marks that translations of the wrapping have.
const QUOTES: [(char, char); 6] =
    [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('『', '』')];

/// GitLab's reason inside a flash message that wraps one, without the wrapping. In another language only a
/// reason that is known is told from what else may be quoted.
pub fn reason(shown: &str) -> Option<&str> {
    let wrapped = WRAPPINGS.iter().find_map(|(before, after)| {
        let inner = shown.split_once(before)?.1;
        Some(inner.rsplit_once(after).map_or(inner, |(inner, _)| inner))
    });
    let quoted = || {
        let inner = QUOTES.iter().find_map(|(before, after)| {
            let inner = shown.split_once(*before)?.1;
            Some(inner.rsplit_once(*after)?.0)
        });
        inner.map(str::trim).filter(|inner| is_refusal(inner))
    };
    wrapped.or_else(quoted)
}

#[cfg(test)]
mod tests;
