//! Texts with the words of a known message that mean something else.

use super::known::TABLE;

/// One text, and what it must not be taken for.
pub(super) struct NearMiss {
    pub(super) text: String,
    /// The message whose words it has.
    pub(super) message: String,
    /// Whether it has them all, in their order and side by side.
    pub(super) holds_whole: bool,
    /// The meanings that it does not have.
    pub(super) not: Vec<&'static str>,
}

/// Messages of everyday words, with their meanings.
const EVERYDAY: &[(&str, &[&str])] = &[
    ("Fingerprint mismatch", &["said.fingerprint"]),
    ("Digest mismatch", &["said.digest"]),
    ("Key validation error", &["said.key"]),
    ("Invalid Audience", &["said.audience"]),
    ("Blank response", &["said.no-response"]),
    ("Name can't be blank", &["said.uid-blank", "scim-said.blank"]),
    ("Email can't be blank", &["explain.email-blank"]),
    ("User has already been taken", &["said.user-taken", "scim-said.user-taken"]),
    ("Email has already been taken", &["said.email-in-use", "scim-said.name-taken"]),
    ("Invalid state", &["explain.state"]),
    ("Identity already exists", &["explain.identity-exists"]),
    ("Missing params", &["scim-said.missing"]),
    ("Unsupported Filter", &["scim-said.filter"]),
    ("401 Unauthorized", &["scim-said.401"]),
    ("403 Forbidden", &["scim-said.403", "explain.forbidden"]),
    ("Invalid requester", &["explain.app-unknown"]),
    ("Client not found", &["explain.app-unknown"]),
    ("Invalid Request", &["explain.bad-request"]),
    ("Retry later", &["explain.too-many"]),
];

/// Subjects before such a message, which make it one of theirs.
const SUBJECTS: &[&str] = &[
    "SSH host key",
    "docker pull:",
    "npm ERR!",
    "The bank's",
    "Terraform provider:",
    "GPG signing key",
    "kubectl reports:",
    "Wi-Fi scanner,",
];

/// Things that GitLab and others validate, too.
const OTHER_THINGS: &[&str] = &[
    "Foo",
    "GPG key",
    "Deploy token",
    "Runner token",
    "Project",
    "Label",
    "CI variable",
    "Milestone",
    "Release",
    "Environment",
    "Feature flag",
    "Topic",
    "Badge",
    "Board list",
    "Wiki page",
    "Cluster agent",
    "Secondary address",
    "Remote mirror",
    "Webhook",
    "Front door",
    "Saving the key failed",
    "Sensor error",
    "The level of the warning",
];

/// The things that can stand between such a thing and a message.
const JOINS: &[&str] = &[" ", ": ", ":", ", ", "; ", " - ", " \u{2013} ", " \u{2014} ", ":  **", "'s "];

/// Messages of everyday words that are validations.
const VALIDATIONS: &[(&str, &[&str])] = &[
    ("Name can't be blank", &["said.uid-blank", "scim-said.blank"]),
    ("Email can't be blank", &["explain.email-blank"]),
    ("User has already been taken", &["said.user-taken", "scim-said.user-taken"]),
    ("Email has already been taken", &["said.email-in-use", "scim-said.name-taken"]),
    ("Username has already been taken", &["explain.username-taken", "scim-said.name-taken"]),
];

/// GitLab's validations of other things: projects, keys, tokens, labels, domains, variables.
const OTHER_VALIDATIONS: &[&str] = &[
    "Path has already been taken",
    "Title can't be blank",
    "Key is too short (minimum is 5 characters)",
    "Description is too long (maximum is 2000 characters)",
    "Domain has already been taken",
    "Slug can't be blank",
    "Token has already been taken",
    "Color is too long (maximum is 7 characters)",
    "Tag name can't be blank",
    "Fingerprint has already been taken",
    "Project namespace path can't be blank",
    "Key has already been taken",
];

/// The things that stand between two validations.
const LISTS: &[&str] = &[", ", "; ", "\n", "\n- ", ". ", " and ", ", and ", " | "];

/// Words that only introduce a message: behind them it keeps its meaning.
pub(super) const INTRODUCTIONS: &[&str] = &[
    "Error: ",
    "The error is: ",
    "ERROR -- : ",
    "2026-11-20 09:15:02 ",
    "2026-11-20T09:15:02Z ERROR: ",
    "SAML: ",
    "Okta says: ",
    "ada@example.com: ",
    "ada.low@example.com - ",
    "Message: ",
    "GitLab says: ",
    "I get this error: ",
    "Fehler: ",
    "Erreur lors de la connexion : ",
    "After the certificate was changed we get: ",
    "2026-11-20 09:15:02,118 WARN ",
    "Test connection: ",
    "Errors reported by remote server: ",
    "Error while trying to get Users: Precondition Failed. Errors reported by remote server: ",
    "Error while creating user ada@example.com: ",
    "Automatic deprovisioning of user Ada Low from app GitLab failed: ",
    "StatusCode: Conflict Message: ",
    "Web Response: ",
    "The server returned the following error: ",
    "Échec : ",
    "Hello team, ",
    "Login failed: ",
    "Validation failed: ",
    "Digest mismatch, ",
    "I get Digest mismatch; ",
    "Sign-in to the group fails - ",
    "id,time,status,",
    "The synchronisation of our colleague stopped last Tuesday with: ",
    "While the wizard wanted to update Bob it stopped: ",
    "Yesterday morning nobody of ours could proceed - ",
    "Bob's account: ",
    "My account: ",
    "Ada Low's user: ",
    "The account of Bob: ",
    "account for ada: ",
    "User Bob: ",
    "member Ada Low: ",
    "The new colleague's login: ",
];

/// Messages of everyday words.
pub(super) fn everyday() -> impl Iterator<Item = &'static str> {
    EVERYDAY.iter().chain(VALIDATIONS).map(|(message, _)| *message)
}

/// Sentences that hold a whole message.
const SENTENCES: &[(&str, &str)] = &[
    ("SSH key fingerprint mismatch", "Fingerprint mismatch"),
    ("WARNING: host key fingerprint mismatch for 203.0.113.7", "Fingerprint mismatch"),
    ("The fingerprint mismatch detector of the door is broken", "Fingerprint mismatch"),
    ("Runner: fingerprint mismatch of its token", "Fingerprint mismatch"),
    ("Docker image digest mismatch", "Digest mismatch"),
    ("yarn: digest mismatch in the lock file of left-pad", "Digest mismatch"),
    ("Container registry: digest mismatch for layer 3", "Digest mismatch"),
    ("Deploy key validation error", "Key validation error"),
    ("License key validation error handling was added", "Key validation error"),
    ("Foreign key validation error on table members", "Key validation error"),
    ("The JWT has an invalid audience claim", "Invalid Audience"),
    ("OIDC: invalid audience", "Invalid Audience"),
    ("We got a blank response from the webhook", "Blank response"),
    ("Username can't be blank", "name can't be blank"),
    ("First name can't be blank", "Name can't be blank"),
    ("Path name can't be blank", "Name can't be blank"),
    ("Project name can't be blank", "Name can't be blank"),
    ("The branch's name can't be blank", "Name can't be blank"),
    ("Name can't be blank in a CI job", "Name can't be blank"),
    ("Title can't be blank; label name can't be blank", "Name can't be blank"),
    ("Notification email can't be blank", "Email can't be blank"),
    ("Commit email can't be blank", "Email can't be blank"),
    ("Superuser has already been taken", "user has already been taken"),
    ("The user has already been taken care of", "User has already been taken"),
    ("User has already been taken off the rota", "User has already been taken"),
    ("This project's user has already been taken over", "User has already been taken"),
    ("The service desk's email has already been taken", "Email has already been taken"),
    ("Username has already been taken by a bot of the wiki", "Username has already been taken"),
    ("Runner username has already been taken", "Username has already been taken"),
    ("Pipeline is in an invalid state", "Invalid state"),
    ("terraform: invalid state file", "Invalid state"),
    ("Merge train reached an invalid state", "Invalid state"),
    ("Docker identity already exists in the keychain", "Identity already exists"),
    ("Key pair identity already exists", "Identity already exists"),
    ("Missing params in your CI file", "Missing params"),
    ("There are missing params for the webhook", "Missing params"),
    ("Unsupported filter for this printer", "Unsupported filter"),
    ("ffmpeg has an unsupported filter", "Unsupported filter"),
    ("Issue search: unsupported filter on labels", "Unsupported filter"),
    ("docker login: 401 Unauthorized", "401 Unauthorized"),
    ("npm publish gave 401 Unauthorized", "401 Unauthorized"),
    ("helm: 403 Forbidden", "403 Forbidden"),
    ("The registry answered 403 Forbidden", "403 Forbidden"),
    ("pip: 404 Not Found for package x", "404 Not Found"),
    ("Maven got 404 Not Found", "404 Not Found"),
    ("Runner: 500 Internal Server Error", "500 Internal Server Error"),
    ("Webhook failed with 500 Internal Server Error", "500 Internal Server Error"),
    ("Docker hub: 502 Bad Gateway", "502 Bad Gateway"),
    ("Your account is locked in to this plan", "Your account is locked"),
    ("Slack: Your account has been deactivated", "Your account has been deactivated"),
    ("Paypal: Your account has been blocked", "Your account has been blocked"),
    ("Your account has been blocked storage twice", "Your account has been blocked"),
    ("Postgres: invalid login or password", "Invalid login or password"),
    ("SMTP error: invalid login or password", "Invalid login or password"),
    ("LDAP client not found", "client not found"),
    ("kubectl: client not found in path", "client not found"),
    ("Redis client disabled", "Client disabled"),
    ("OAuth: invalid request", "Invalid request"),
    ("Elasticsearch: invalid request", "Invalid request"),
    ("Sidekiq will retry later", "Retry later"),
    ("The runner will retry later", "Retry later"),
    ("Backup document certificate error log", "Document Certificate Error"),
    ("Sidekiq: Retry later", "Retry later"),
    ("Group policy has an issuer of the response not found", "not found"),
    ("Imap: Retry later", "Retry later"),
    ("Error: Fingerprint mismatch when pulling from the registry", "Fingerprint mismatch"),
    ("Our certificate fingerprint mismatch alert fires for the runner", "fingerprint mismatch"),
    ("docker: Error response from daemon: Digest mismatch", "Digest mismatch"),
    ("validation error: Key validation error: AWS KMS", "Key validation error"),
    ("The user has already been taken to hospital", "user has already been taken"),
    ("Your account has been blocked by Steam", "Your account has been blocked"),
    ("React: Invalid state", "Invalid state"),
    ("Slack account: Your account has been deactivated", "Your account has been deactivated"),
    ("Paypal user: Your account has been blocked", "Your account has been blocked"),
    ("Bob's laptop: Fingerprint mismatch", "Fingerprint mismatch"),
    ("The door's lock: Fingerprint mismatch", "Fingerprint mismatch"),
    ("User Settings: Email can't be blank", "Email can't be blank"),
    ("User story: Name can't be blank", "Name can't be blank"),
    ("Member Portal: Invalid request", "Invalid request"),
    ("Bob's account, Fingerprint mismatch of the door", "Fingerprint mismatch"),
    ("Bob's account: fingerprint mismatch of the door", "Fingerprint mismatch"),
    ("Bob's npm account: 401 Unauthorized", "401 Unauthorized"),
    ("Name can't be blank for the milestone", "Name can't be blank"),
    ("git clone: 403 Forbidden", "403 Forbidden"),
    ("401 Unauthorized from the registry", "401 Unauthorized"),
    ("Error 404 when downloading an npm package", "Error 404"),
    ("App not configured for push notifications", "App not configured"),
    ("The signed element identifier of the wiki", "signed element id"),
];

/// Texts with most of a message's words.
const PARTS: &[(&str, &[&str])] = &[
    ("Resource limits were reached, page not found", &["scim-said.no-user"]),
    ("Resource bundle not found", &["scim-said.no-user"]),
    ("Resource not found", &["scim-said.no-user"]),
    ("This group of people was not found", &["scim-said.no-group"]),
    ("This project is not allowed for this group", &["said.domain", "scim-said.domain"]),
    ("Your name was updated with a persistent ID for your email", &["said.persistent", "said.format"]),
    ("Order number 1403: done", &["explain.forbidden", "scim-said.403"]),
    ("404 apples and 500 pears", &["said.not-found", "said.server-error"]),
    ("Room 422 was changed", &["said.change-rejected"]),
    ("Error updating the profile with new data", &["explain.updating"]),
    ("AADSTS is the prefix of Entra's codes", &["explain.entra-code"]),
    ("MSIS is the prefix of AD FS's codes", &["explain.adfs-code"]),
    ("The conflict was solved", &["explain.conflict"]),
    ("We need a second factor", &["explain.second-factor"]),
    ("The element has no certificate", &["said.no-certificate"]),
];

/// All near misses.
pub(super) fn all() -> Vec<NearMiss> {
    let every: Vec<&'static str> = TABLE.meanings.iter().map(|meaning| meaning.means("").key()).collect();
    let sentences = SENTENCES.iter().map(|(text, message)| NearMiss {
        text: (*text).to_owned(),
        message: (*message).to_owned(),
        holds_whole: true,
        not: every.clone(),
    });
    let subjects = EVERYDAY.iter().flat_map(|(message, not)| {
        SUBJECTS.iter().map(move |subject| NearMiss {
            text: format!("{subject} {}", message.to_lowercase()),
            message: (*message).to_owned(),
            holds_whole: true,
            not: not.to_vec(),
        })
    });
    let parts = PARTS.iter().map(|(text, not)| NearMiss {
        text: (*text).to_owned(),
        message: String::new(),
        holds_whole: false,
        not: not.to_vec(),
    });
    // A word runs into the first or the last, and one word is another one.
    let glued = EVERYDAY.iter().flat_map(|(message, not)| {
        [format!("Un{message}"), format!("{message}ing"), message.replacen(' ', " quite ", 1)].map(|text| {
            NearMiss { text, message: (*message).to_owned(), holds_whole: false, not: not.to_vec() }
        })
    });
    let replaced = TABLE.messages.iter().filter_map(|known| {
        let mut words: Vec<&str> = known.written.split(' ').collect();
        let key = TABLE.meanings[known.meaning].means("").key();
        // What still holds another message of the same meaning is no near miss.
        let shorter =
            |it: &&super::known::Known| it.meaning == known.meaning && it.written.len() < known.written.len();
        let holds_other =
            TABLE.messages.iter().filter(shorter).any(|it| known.written.contains(it.written.as_str()));
        (words.len() > 2 && !known.written.contains('…') && !holds_other).then(|| {
            let last = words.len() - 1;
            words[last / 2] = "purple";
            NearMiss {
                text: words.join(" "),
                message: known.written.clone(),
                holds_whole: false,
                not: vec![key],
            }
        })
    });
    let near = |text: String, (message, not): &(&str, &[&'static str])| NearMiss {
        text,
        message: (*message).to_owned(),
        holds_whole: true,
        not: not.to_vec(),
    };
    // What stands between them takes turns.
    let things = EVERYDAY.iter().chain(VALIDATIONS).enumerate().flat_map(|(turn, message)| {
        OTHER_THINGS.iter().enumerate().flat_map(move |(number, thing)| {
            let joins = JOINS.iter().skip((turn + number) % 3).step_by(3);
            joins.map(move |join| near(format!("{thing}{join}{}", message.0), message))
        })
    });
    let validations = VALIDATIONS.iter().flat_map(|message| {
        OTHER_VALIDATIONS.iter().flat_map(move |other| {
            LISTS.iter().flat_map(move |join| {
                [format!("{other}{join}{}", message.0), format!("{}{join}{other}", message.0)]
                    .map(|text| near(text, message))
            })
        })
    });
    sentences
        .chain(subjects)
        .chain(things)
        .chain(validations)
        .chain(parts)
        .chain(glued)
        .chain(replaced)
        .collect()
}
