//! The own words of identity providers besides Entra ID: Okta, Google, Keycloak, OneLogin and AD FS, and the
//! status codes of SAML by which all of them refuse.
//!
//! Rows E66, S17 and S18 and what these providers document in public: Okta's support articles, Google's
//! messages of SAML apps (support.google.com/a/answer/6301076), Keycloak's texts of its login pages
//! (`messages_en.properties`), AD FS's event messages. Leaves out: OneLogin's messages but one, since it
//! documents none.

use super::Reading::{Provider, Scim};
use super::known::{Row, quoted, row};
use crate::{
    gitlab::{docs, messages::Who},
    scim::{messages::between, sign_in_codes::CODES},
    text,
};

const GOOGLE: &str = "https://support.google.com/a/answer/6301076";
const OKTA_ACCESS: &str =
    "https://support.okta.com/help/s/article/App-Sign-on-Error-403-User-attempted-unauthorized-access-to-app";
const OKTA_MATCH: &str = "https://support.okta.com/help/s/article/matching-user-not-found-provisioning-error-to-downstream-applications";
const KEYCLOAK: &str = "https://www.keycloak.org/docs/latest/server_admin/#_client-saml-configuration";
const ADFS: &str =
    "https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-overview";
const ONELOGIN: &str = "https://developers.onelogin.com/saml";
/// SAML core 3.2.2.2, where an identity provider tells with a status why it refuses.
const STATUS: &str = "https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf";

/// The rows.
pub(super) const ROWS: &[Row] = &[
    // Okta.
    row(
        &[&["Matching user not found"]],
        Scim,
        Who::Provider,
        |_| text!("explain.match-user"),
        &[|| text!("explain.match-user.create"), || text!("explain.match-user.assign")],
        OKTA_MATCH,
    ),
    row(
        &[&["Invalid JSON: Unexpected character ('<'"], &["Unexpected character ('<' (code 60))"]],
        Scim,
        Who::Provider,
        |_| text!("explain.html"),
        &[|| text!("explain.html.url"), || text!("explain.html.dot")],
        docs::TROUBLESHOOTING_SCIM,
    ),
    row(
        &[
            &["Error authenticating: Unauthorized"],
            &["Error authenticating: Forbidden"],
            &["Error authenticating: Not Found"],
        ],
        Scim,
        Who::Provider,
        |_| text!("explain.okta-refused"),
        &[|| text!("explain.html.url"), || text!("explain.quarantine.token")],
        docs::TROUBLESHOOTING_SCIM,
    ),
    row(
        &[
            &["User is not assigned to the client application"],
            &["User is not assigned to this application"],
            &["App Not Assigned"],
            &["you are not assigned this app in Okta"],
            &["you are not assigned to this app in Okta"],
            &["User attempted unauthorized access to app"],
        ],
        Provider,
        Who::Provider,
        |_| text!("explain.not-assigned"),
        &[|| text!("explain.not-assigned.do")],
        OKTA_ACCESS,
    ),
    // Google.
    row(
        &[&["app_not_configured_for_user"], &["Service is not configured for this user"]],
        Provider,
        Who::Provider,
        |_| text!("explain.app-unknown"),
        &[|| text!("explain.app-unknown.do"), || text!("explain.google-switched-off.do")],
        GOOGLE,
    ),
    row(
        &[&["app_not_enabled_for_user"], &["Service is not enabled for this user"]],
        Provider,
        Who::Provider,
        |_| text!("explain.google-switched-off"),
        &[|| text!("explain.google-switched-off.do")],
        GOOGLE,
    ),
    row(
        &[&["app_not_configured"], &["app_not_enabled"]],
        Provider,
        Who::Provider,
        |_| text!("explain.app-unknown"),
        &[|| text!("explain.app-unknown.do")],
        GOOGLE,
    ),
    row(
        &[&["not_a_saml_app"], &["saml_invalid_sp_id"], &["invalid_sp_id"]],
        Provider,
        Who::Owner,
        |_| text!("explain.google-not-saml"),
        &[|| text!("explain.google-not-saml.do")],
        GOOGLE,
    ),
    row(
        &[&["saml_invalid_user_id_mapping"], &["invalid_name_id_mapping"], &["invalid_user_id_mapping"]],
        Provider,
        Who::Provider,
        |_| text!("explain.google-name-id"),
        &[|| text!("explain.google-name-id.do")],
        GOOGLE,
    ),
    row(
        &[
            &["ACS URL in the request", "doesn't match the configured ACS URL"],
            &["ACS URL in request", "doesn't match configured ACS URL"],
            &["Invalid redirect uri"],
            &["invalid_redirect_uri"],
            &["MSIS3200"],
        ],
        Provider,
        Who::Provider,
        |_| text!("explain.reply-url"),
        &[|| text!("explain.reply-url.do")],
        docs::SET_UP,
    ),
    // Keycloak.
    row(
        &[
            &["Invalid requester"],
            &["invalidRequesterMessage"],
            &["Unknown login requester"],
            &["unknownLoginRequesterMessage"],
            &["Client not found"],
            &["clientNotFoundMessage"],
            &["client_not_found"],
            &["Realm not enabled"],
            &["MSIS7007"],
        ],
        Provider,
        Who::Provider,
        |_| text!("explain.app-unknown"),
        &[|| text!("explain.app-unknown.do"), || text!("explain.signature-there.do")],
        KEYCLOAK,
    ),
    row(
        &[
            &["Invalid Request"],
            &["invalidRequestMessage"],
            &["invalid_authn_request"],
            &["Bearer-only applications are not allowed to initiate browser login"],
        ],
        Provider,
        Who::Provider,
        |_| text!("explain.bad-request"),
        &[|| text!("explain.bad-request.do")],
        KEYCLOAK,
    ),
    row(
        &[
            &["Cookie not found. Please make sure cookies are enabled in your browser"],
            &["cookieNotFoundMessage"],
            &["This page is no longer valid, please go back to your application and sign in again"],
        ],
        Provider,
        Who::Person,
        |_| text!("explain.cookie"),
        &[|| text!("explain.cookie.do")],
        KEYCLOAK,
    ),
    row(
        &[&["invalid_signature"], &["MSIS0037"], &["MSIS0038"]],
        Provider,
        Who::Provider,
        |_| text!("explain.signature-there"),
        &[|| text!("explain.signature-there.do")],
        KEYCLOAK,
    ),
    // OneLogin.
    row(
        &[&["You do not have access to this application"], &["You don't have access to this application"]],
        Provider,
        Who::Provider,
        |_| text!("explain.not-assigned"),
        &[|| text!("explain.not-assigned.do")],
        ONELOGIN,
    ),
    // AD FS.
    row(
        &[&["MSIS7042"]],
        Provider,
        Who::Provider,
        |_| text!("explain.adfs-loop"),
        &[|| text!("explain.loop.login-url"), || text!("explain.provider-failed.log")],
        ADFS,
    ),
    row(
        &[&["MSIS5007"], &["MSIS7102"]],
        Provider,
        Who::Provider,
        |_| text!("explain.adfs-claims"),
        &[|| text!("explain.adfs-claims.do")],
        ADFS,
    ),
    row(
        &[&["MSIS7093"]],
        Provider,
        Who::Provider,
        |_| text!("explain.adfs-algorithm"),
        &[|| text!("explain.adfs-algorithm.do")],
        ADFS,
    ),
    row(
        &[&["MSIS3127"], &["MSIS7012"]],
        Provider,
        Who::Provider,
        |_| text!("explain.provider-failed"),
        &[|| text!("explain.provider-failed.log")],
        ADFS,
    ),
    // The codes of SAML by which all of them refuse.
    row(
        &[&["AuthnFailed"], &["status:RequestDenied"]],
        Provider,
        Who::Provider,
        |_| text!("explain.status-failed"),
        &[|| text!("explain.status-failed.do")],
        STATUS,
    ),
    row(
        &[&["status:NoPassive"]],
        Provider,
        Who::Person,
        |_| text!("explain.status-passive"),
        &[|| text!("explain.not-signed-in.do")],
        STATUS,
    ),
];

/// The words that Okta writes round a reason (S18), where the reason is not known.
pub(super) const WRAPPED: &[Row] = &[row(
    &[&["Automatic provisioning of user", "to app", "failed"]],
    Scim,
    Who::Provider,
    |said| {
        text!(
            "explain.okta-failed",
            user = quoted(between(said, "of user ", " to app ")),
            app = quoted(between(said, " to app ", " failed"))
        )
    },
    &[|| text!("explain.okta-failed.do")],
    docs::TROUBLESHOOTING_SCIM,
)];

/// The answer to a code that no row has: its number, in Entra ID's or AD FS's words.
pub(super) fn of_code(word: &str) -> Option<Row> {
    let number = |prefix: &str| {
        word.strip_prefix(prefix).filter(|rest| rest.len() >= 4 && rest.bytes().all(|c| c.is_ascii_digit()))
    };
    if number("aadsts").is_some() {
        return Some(row(
            &[],
            Provider,
            Who::Provider,
            |said| text!("explain.entra-code", code = digits(said)),
            &[|| text!("explain.entra-code.do")],
            CODES,
        ));
    }
    number("msis").map(|_| {
        row(
            &[],
            Provider,
            Who::Provider,
            |said| text!("explain.adfs-code", code = digits(said)),
            &[|| text!("explain.adfs-code.do")],
            ADFS,
        )
    })
}

/// The number at the beginning of what was said.
fn digits(said: &str) -> String {
    said.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}
