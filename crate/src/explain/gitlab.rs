//! GitLab's pages and messages that are neither a refusal of a Response nor an answer of the SCIM API alone:
//! error pages, sign-out, the SCIM API's failures, and what the program around it says.
//!
//! gitlab-facts 1.2, 1.8, 1.9, section 2, 5.1 (E23), 5.2 (E46, E47, E51), 5.3 (E60 to E65), 5.4 (S10, S12),
//! and GitLab's documentation of rate limits and logs. Leaves out: the tables of
//! [`gitlab::messages`](crate::gitlab::messages) and [`scim::messages`](crate::scim::messages), which are
//! read beside this one.

use super::Reading::{Page, Saml, Scim};
use super::known::{Row, quoted, row};
use crate::{
    base::severity::Severity,
    gitlab::{docs, messages::Who},
    scim::messages::between,
    text,
};

const RATE_LIMITS: &str = "https://docs.gitlab.com/security/rate_limits/";
const LOGS: &str = "https://docs.gitlab.com/administration/logs/";
const TOKENS: &str = "https://docs.gitlab.com/security/tokens/";
const SAML_SESSION: &str = "https://docs.gitlab.com/user/group/saml_sso/#sso-enforcement";

/// The rows.
pub(super) const ROWS: &[Row] = &[
    // Pages.
    row(
        &[
            &["404: Page not found"],
            &["404 Not Found"],
            &["404 page"],
            &["error 404"],
            &["404 error"],
            &["HTTP 404"],
            &["status code 404"],
            &["status 404"],
        ],
        Page,
        Who::Owner,
        |_| text!("said.not-found"),
        &[|| text!("said.not-found.do"), || text!("explain.not-found.causes")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["403: Access denied"],
            &["403: You don't have the permission to access this page"],
            &["403: You do not have permission to access this page"],
            &["403 Forbidden"],
            &["error 403"],
            &["403 error"],
            &["HTTP 403"],
            &["status code 403"],
            &["status 403"],
        ],
        Page,
        Who::Owner,
        |_| text!("explain.forbidden"),
        &[|| text!("said.forbidden.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["422: The change you requested was rejected"],
            &["422 Unprocessable Entity"],
            &["422 Unprocessable Content"],
            &["error 422"],
            &["422 error"],
            &["HTTP 422"],
            &["InvalidAuthenticityToken"],
            &["Can't verify CSRF token authenticity"],
        ],
        Page,
        Who::Provider,
        |_| text!("said.change-rejected"),
        &[|| text!("said.change-rejected.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[&["Sign-in using", "auth failed"], &["Auth Error"]],
        Page,
        Who::Person,
        |_| text!("explain.sign-in-failed-page"),
        &[|| text!("explain.sign-in-failed-page.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["500: We're sorry, something went wrong on our end"],
            &["500 We're sorry. Something went wrong on our end"],
            &["Whoops, something went wrong on our end"],
            &["500 Internal Server Error"],
            &["error 500"],
            &["500 error"],
            &["HTTP 500"],
            &["status code 500"],
            &["status 500"],
        ],
        Page,
        Who::Administrator,
        |_| text!("said.server-error"),
        &[|| text!("said.server-error.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[&["500 Internal Server Error"]],
        Scim,
        Who::Administrator,
        |_| text!("explain.server-error-scim"),
        &[|| text!("explain.server-error-scim.do")],
        LOGS,
    ),
    row(
        &[
            &["GitLab is not responding"],
            &["Whoops, GitLab is taking too much time to respond"],
            &["Whoops, GitLab is currently unavailable"],
            &["GitLab is currently unavailable"],
            &["502 Bad Gateway"],
            &["503 Service Unavailable"],
            &["504 Gateway Time-out"],
            &["504 Gateway Timeout"],
            &["error 502"],
            &["502 error"],
            &["error 503"],
            &["503 error"],
            &["HTTP 502"],
            &["HTTP 503"],
            &["HTTP 504"],
        ],
        Page,
        Who::Administrator,
        |_| text!("explain.unavailable"),
        &[|| text!("explain.unavailable.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["Retry later"],
            &["429 Too Many Requests"],
            &["TooManyRequests"],
            &["This endpoint has been requested too many times"],
            &["error 429"],
            &["HTTP 429"],
            &["status 429"],
            &["status code 429"],
        ],
        Page,
        Who::Administrator,
        |_| text!("explain.too-many"),
        &[|| text!("explain.too-many.do")],
        RATE_LIMITS,
    )
    .weighing(Severity::Warning),
    row(
        &[&["You are being redirected"]],
        Page,
        Who::Provider,
        |_| text!("explain.sign-in-page"),
        &[|| text!("explain.sign-in-page.do")],
        docs::TROUBLESHOOTING_SCIM,
    ),
    row(
        &[
            &["… redirected you too many times"],
            &["ERR_TOO_MANY_REDIRECTS"],
            &["The page isn't redirecting properly"],
            &["Reauthenticating with SAML provider"],
        ],
        Page,
        Who::Provider,
        |_| text!("explain.loop"),
        &[|| text!("explain.loop.login-url"), || text!("explain.loop.first")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[&["501 Not Implemented"], &["HTTP 501"]],
        Page,
        Who::Administrator,
        |_| text!("explain.not-implemented"),
        &[|| text!("explain.not-implemented.do")],
        docs::INSTANCE,
    ),
    // GitLab's translations of what it says itself: German, French, Italian, Japanese, Brazilian Portuguese,
    // Chinese in both scripts, and Russian as far as it has them. The words are those of `locale/*/gitlab.po`
    // in GitLab's repository, which is under the MIT licence. Of Korean and Ukrainian only files of years ago
    // could be read, without these sentences. What ruby-saml says stays English, and is found inside of any
    // frame.
    row(
        &[
            &["Die SAML-Antwort enthielt keine E-Mail-Adresse"],
            &["La réponse SAML ne contient pas d'adresse de courriel"],
            &["La risposta SAML non conteneva nessun indirizzo email"],
            &["SAML 応答にメールアドレスが含まれていません"],
            &["A resposta SAML não continha um endereço de e-mail"],
            &["SAML 响应不包含电子邮件地址"],
            &["SAML的回應中未包含電子郵件地址"],
            &["Ответ SAML не содержал адреса электронной почты"],
        ],
        Saml,
        Who::Provider,
        |_| text!("said.no-email"),
        &[|| text!("said.no-email.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["Es ist bereits ein GitLab-Konto mit dieser E-Mail-Adresse verbunden"],
            &["Un compte GitLab associé à cette adresse de courriel existe déjà"],
            &["C'è già un account GitLab associato a questo indirizzo email"],
            &["このメールアドレスに関連付けられたGitLabアカウントがすでにあります"],
            &["Já existe uma conta do GitLab associada a este endereço de e-mail"],
            &["已有一个 GitLab 帐户与此电子邮件地址相关联"],
            &["已有一個 GitLab 帳號與此電子郵件相關聯"],
        ],
        Saml,
        Who::Person,
        |_| text!("said.email-taken"),
        &[|| text!("said.email-taken.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["SAML-Name ID und E-Mail-Adresse stimmen nicht mit deinem Benutzerkonto überein"],
            &["L'ID du nom SAML et l'adresse de courriel ne correspondent pas à votre compte"],
            &["L'ID del nome SAML e l'indirizzo email non trovano corrispondenza nel tuo account"],
            &["SAMLの名前IDとメールアドレスがユーザーアカウントと一致しません"],
            &["O ID do nome e o endereço de e-mail do SAML não correspondem à sua conta"],
            &["SAML 名称和电子邮件地址与您的用户帐户不匹配"],
            &["SAML 名稱 ID 和電子郵件地址與您的使用者帳號不相符"],
            &["SAML Name ID и адрес электронной почты не совпадают с вашей учётной записью"],
        ],
        Saml,
        Who::Provider,
        |_| text!("said.name-id-and-email"),
        &[|| text!("said.name-id-and-email.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["Name Muss mit der gespeicherten NameID von"],
            &["Name doit correspondre au NameID stocké de"],
            &["Name deve corrispondere al NameID memorizzato"],
            &["Name ユーザーを識別してサインインを許可するためには"],
            &["Name deve corresponder ao NameID armazenado de"],
            &["Name 必须匹配存储的", "的 NameID 以识别用户并允许登录"],
            &["Name 必須匹配儲存的", "的 NameID 以識別使用者並允許登入"],
            &["Name должен совпадать с сохранённым NameID"],
        ],
        Saml,
        Who::Person,
        |_| text!("said.stored-differs"),
        &[|| text!("said.stored-differs.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["Name Persistente ID anstelle von E-Mail empfehlen"],
            &["Name recommande un ID persistant au lieu d'une adresse de courriel"],
            &["Name consiglia ID permanente invece dell'indirizzo email"],
            &["Name メールアドレスの代わりに永続的なIDを推奨"],
            &["Name recomendar ID persistente em vez de e-mail"],
            &["Name 建议使用持久性 ID 而不是电子邮件"],
            &["Name 建議使用永久性 ID ，不要使用電子郵件"],
        ],
        Saml,
        Who::Provider,
        |_| text!("said.persistent"),
        &[|| text!("said.persistent.do")],
        docs::TROUBLESHOOTING,
    )
    .weighing(Severity::Warning),
    row(
        &[
            &["Valid SAML Response"],
            &["Gültige SAML-Antwort"],
            &["Réponse SAML valide"],
            &["Risposta SAML valida"],
            &["有効な SAML レスポンス"],
            &["Resposta SAML válida"],
            &["有效的SAML响应"],
            &["有效的SAML回應"],
            &["Действительный ответ SAML"],
        ],
        Saml,
        Who::Nobody,
        |_| text!("explain.valid"),
        &[],
        docs::TROUBLESHOOTING,
    )
    .weighing(Severity::Good),
    // SAML beside the sign-in.
    row(
        &[
            &["SAML failed to process LogoutRequest"],
            &["SAML failed to process LogoutResponse"],
            &["SAML logout response/request missing"],
            &["The status code of the Logout Response was not Success"],
            &["Invalid Signature on Logout Response"],
            &["Invalid Signature on Logout Request"],
        ],
        Saml,
        Who::Provider,
        |_| text!("explain.sign-out"),
        &[|| text!("explain.sign-out.do"), || text!("explain.sign-out.browser")],
        docs::INSTANCE,
    ),
    row(
        &[&["Invalid login or password"]],
        Saml,
        Who::Person,
        |_| text!("explain.login-or-password"),
        &[|| text!("explain.login-or-password.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["Cannot find valid SSO session"],
            &["To access this group you must sign in using single sign-on"],
        ],
        Saml,
        Who::Person,
        |_| text!("explain.no-sso-session"),
        &[|| text!("explain.no-sso-session.do")],
        SAML_SESSION,
    ),
    row(
        &[
            &["Group SAML single sign-on session expired"],
            &["… SAML session has expired"],
            &["Срок действия вашей сессии SAML истёк"],
            &["SAML-сессия истекла"],
            &["la sessione SAML è scaduta"],
            &["SAML 会话已过期"],
        ],
        Saml,
        Who::Person,
        |_| text!("explain.session-expired"),
        &[|| text!("explain.session-expired.do")],
        SAML_SESSION,
    )
    .weighing(Severity::Warning),
    // SCIM beside its messages.
    row(
        &[&["Error updating", "with {:"], &["Error updating", "with {\""]],
        Scim,
        Who::Owner,
        |said| text!("explain.updating", name = quoted(between(said, "updating ", " with "))),
        &[|| text!("explain.updating.owner"), || text!("explain.updating.identifier")],
        docs::SCIM,
    ),
    row(
        &[&["glsoat"], &["glpat"], &["gloas"], &["Authorization: Bearer"]],
        Scim,
        Who::Owner,
        |_| text!("explain.token"),
        &[|| text!("explain.token.do")],
        TOKENS,
    ),
];

/// The words that GitLab writes round a reason, where the reason is not known; also as GitLab translates them
/// (German, French, Italian, Japanese, Chinese; see above).
pub(super) const WRAPPED: &[Row] = &[
    row(
        &[
            &["Unable to sign in to group with SAML"],
            // So said older versions of GitLab.
            &["Unable to sign you in to the group with SAML"],
            &["Could not authenticate you from", "because"],
            &["Anmeldung in der Gruppe mit SAML nicht möglich"],
            &["Impossible de se connecter au groupe avec SAML"],
            &["Impossibile accedere al gruppo con SAML"],
            &["SAMLでグループにサインインできません"],
            &["无法使用SAML登录到组"],
        ],
        Saml,
        Who::Provider,
        |_| text!("explain.refused"),
        &[|| text!("explain.refused.do")],
        docs::TROUBLESHOOTING,
    ),
    row(
        &[
            &["SAML authentication failed"],
            &["L'authentification SAML pour", "a échoué"],
            &["Falha na autenticação SAML de"],
            &["SAML Authentifizierung fehlgeschlagen"],
            &["Autenticazione SAML per", "non riuscita"],
            &["SAML 身份验证失败"],
            &["SAML 身份驗證失敗"],
        ],
        Saml,
        Who::Person,
        |_| text!("explain.link-failed"),
        &[|| text!("explain.link-failed.do")],
        docs::TROUBLESHOOTING,
    ),
];

/// The messages that mean something else together (E33): the identifier is taken, and so is the user.
pub(super) const CASE_CHANGED: Row = row(
    &[],
    Saml,
    Who::Person,
    |_| text!("explain.case-changed"),
    &[|| text!("explain.case-changed.unlink"), || text!("explain.case-changed.same")],
    docs::TROUBLESHOOTING,
);
