//! The codes by which Entra ID refuses a sign-in, and what they mean.
//!
//! Row E67 and what Microsoft documents in public: the codes AADSTS… (identity platform, error codes, and the
//! articles on single codes). Codes of other providers that mean the same stand beside them. The log of
//! sign-ins names them by number, any text by name. Leaves out: codes of protocols other than SAML, and those
//! of provisioning ([`explain`](crate::explain)).

use super::messages::Meaning;
use crate::{
    base::{catalogue::Text, severity::Severity},
    gitlab::{docs, messages::Who},
    text,
};

/// Microsoft's list of the codes of a sign-in.
pub const CODES: &str = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes";

const fn refused(
    patterns: &'static [&'static [&'static str]],
    who: Who,
    means: fn(&str) -> Text,
    steps: &'static [fn() -> Text],
    docs: &'static str,
) -> Meaning {
    Meaning { patterns, severity: Severity::Error, who, means, docs, steps }
}

/// The meaning of the code with this number.
pub(super) fn of_number(number: &str) -> Option<&'static Meaning> {
    let is_it = |parts: &&[&str]| parts.first().and_then(|name| name.strip_prefix("AADSTS")) == Some(number);
    MEANINGS.iter().find(|meaning| meaning.patterns.iter().any(&is_it))
}

/// The codes.
pub const MEANINGS: &[Meaning] = &[
    refused(
        &[
            &["AADSTS50105"],
            &["is not assigned to a role for the application"],
            &[
                "administrator has configured the application",
                "to block users unless they are specifically granted",
            ],
        ],
        Who::Provider,
        |_| text!("explain.not-assigned"),
        &[|| text!("explain.not-assigned.do")],
        "https://learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-AADSTS50105-user-not-assigned-role",
    ),
    refused(
        &[
            &["AADSTS50011"],
            &["AADSTS500113"],
            &["does not match the redirect URIs configured for the application"],
            &["does not match the reply URLs configured for the application"],
        ],
        Who::Provider,
        |_| text!("explain.reply-url"),
        &[|| text!("explain.reply-url.do")],
        "https://learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-AADSTS50011-reply-url-mismatch",
    ),
    refused(
        &[&["AADSTS50126"], &["AADSTS50056"], &["AADSTS50064"]],
        Who::Person,
        |_| text!("explain.password"),
        &[|| text!("explain.password.do")],
        CODES,
    ),
    refused(
        &[
            &["AADSTS700016"],
            &["AADSTS70001"],
            &["AADSTS700011"],
            &["AADSTS500011"],
            &["AADSTS50001"],
            &["Application with identifier", "was not found in the directory"],
        ],
        Who::Provider,
        |_| text!("explain.app-unknown"),
        &[|| text!("explain.app-unknown.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS75005"], &["AADSTS75001"], &["AADSTS900236"], &["AADSTS90023"], &["AADSTS90014"]],
        Who::Provider,
        |_| text!("explain.bad-request"),
        &[|| text!("explain.bad-request.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS75011"], &["status:NoAuthnContext"], &["NoAuthnContext"]],
        Who::Administrator,
        |_| text!("explain.method"),
        &[|| text!("explain.method.do")],
        "https://learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-AADSTS75011-auth-method-mismatch",
    ),
    refused(
        &[
            &["AADSTS75016"],
            &["InvalidNameIDPolicy"],
            &["MSIS7070"],
            &["Unsupported NameIDFormat"],
            &["unsupportedNameIdFormatMessage"],
        ],
        Who::Provider,
        |_| text!("explain.name-id-policy"),
        &[|| text!("explain.name-id-policy.do")],
        docs::NAME_ID,
    ),
    refused(
        &[&["AADSTS650052"]],
        Who::Provider,
        |_| text!("explain.subscription"),
        &[|| text!("explain.subscription.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS650056"], &["AADSTS65005"], &["AADSTS650057"]],
        Who::Provider,
        |_| text!("explain.misconfigured"),
        &[|| text!("explain.misconfigured.do")],
        "https://learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-AADSTS650056-misconfigured-app",
    ),
    refused(
        &[&["AADSTS50058"], &["AADSTS50168"], &["AADSTS50089"]],
        Who::Person,
        |_| text!("explain.not-signed-in"),
        &[|| text!("explain.not-signed-in.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS53003"], &["AADSTS50131"], &["AADSTS530035"], &["AADSTS53011"], &["AADSTS50005"]],
        Who::Provider,
        |_| text!("explain.access-policy"),
        &[|| text!("explain.access-policy.do")],
        "https://learn.microsoft.com/entra/identity/conditional-access/troubleshoot-conditional-access",
    ),
    refused(
        &[
            &["AADSTS53000"],
            &["AADSTS53001"],
            &["AADSTS53002"],
            &["AADSTS50097"],
            &["AADSTS50129"],
            &["AADSTS50155"],
            &["AADSTS50187"],
        ],
        Who::Provider,
        |_| text!("explain.device"),
        &[|| text!("explain.device.do")],
        CODES,
    ),
    refused(
        &[
            &["AADSTS50072"],
            &["AADSTS50074"],
            &["AADSTS50076"],
            &["AADSTS50078"],
            &["AADSTS50079"],
            &["AADSTS50158"],
            &["AADSTS53004"],
            &["AADSTS53010"],
        ],
        Who::Person,
        |_| text!("explain.second-factor"),
        &[|| text!("explain.second-factor.do")],
        CODES,
    ),
    refused(
        &[
            &["AADSTS50020"],
            &["AADSTS16000"],
            &["AADSTS16003"],
            &["AADSTS50014"],
            &["AADSTS50034"],
            &["AADSTS51004"],
            &["AADSTS90072"],
            &["AADSTS500208"],
            &["AADSTS50197"],
        ],
        Who::Person,
        |_| text!("explain.guest"),
        &[|| text!("explain.guest.switch"), || text!("explain.guest.invite")],
        CODES,
    ),
    refused(
        &[&["AADSTS50053"]],
        Who::Provider,
        |_| text!("explain.locked-there"),
        &[|| text!("explain.locked-there.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS50055"], &["AADSTS50144"], &["AADSTS50132"], &["AADSTS50133"], &["AADSTS50173"]],
        Who::Person,
        |_| text!("explain.password-expired"),
        &[|| text!("explain.password-expired.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS50057"]],
        Who::Provider,
        |_| text!("explain.disabled-there"),
        &[|| text!("explain.disabled-there.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS50003"], &["AADSTS50146"]],
        Who::Provider,
        |_| text!("explain.signing-key"),
        &[|| text!("explain.signing-key.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS501241"], &["AADSTS50124"]],
        Who::Provider,
        |_| text!("explain.no-name-id-source"),
        &[|| text!("explain.no-name-id-source.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS75003"], &["AADSTS750054"], &["AADSTS900561"]],
        Who::Provider,
        |_| text!("explain.binding"),
        &[|| text!("explain.binding.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS75008"]],
        Who::Owner,
        |_| text!("explain.destination"),
        &[|| text!("explain.destination.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS76021"], &["MSIS7084"]],
        Who::Provider,
        |_| text!("explain.signed-request"),
        &[|| text!("explain.signed-request.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS76026"]],
        Who::Person,
        |_| text!("explain.old-request"),
        &[|| text!("explain.old-request.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS90002"], &["AADSTS50059"], &["AADSTS90019"], &["AADSTS50128"], &["AADSTS50107"]],
        Who::Owner,
        |_| text!("explain.tenant"),
        &[|| text!("explain.tenant.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS500021"], &["AADSTS500022"], &["AADSTS50002"], &["AADSTS500212"], &["AADSTS500213"]],
        Who::Provider,
        |_| text!("explain.tenant-restricted"),
        &[|| text!("explain.tenant-restricted.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS65001"], &["AADSTS65004"], &["AADSTS90008"], &["AADSTS90094"]],
        Who::Provider,
        |_| text!("explain.consent"),
        &[|| text!("explain.consent.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS7000112"], &["Client disabled"], &["Login requester not enabled"]],
        Who::Provider,
        |_| text!("explain.app-disabled"),
        &[|| text!("explain.app-disabled.do")],
        CODES,
    ),
    refused(
        &[&["AADSTS50196"]],
        Who::Provider,
        |_| text!("explain.loop"),
        &[|| text!("explain.loop.login-url"), || text!("explain.loop.first")],
        docs::TROUBLESHOOTING,
    ),
    refused(
        &[
            &["AADSTS50000"],
            &["AADSTS50033"],
            &["AADSTS50087"],
            &["AADSTS50088"],
            &["AADSTS90006"],
            &["AADSTS90012"],
            &["AADSTS90024"],
            &["AADSTS90033"],
        ],
        Who::Provider,
        |_| text!("explain.provider-failed"),
        &[|| text!("explain.provider-failed.do")],
        CODES,
    ),
];
