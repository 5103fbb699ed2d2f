//! Entra ID's own words of its provisioning log.
//!
//! What Microsoft documents in public: monitoring health, analyze provisioning logs, and quarantine. Leaves
//! out: the codes of a sign-in ([`scim::sign_in_codes`](crate::scim::sign_in_codes)).

use super::Reading::Scim;
use super::known::{Row, quoted, row};
use crate::{
    base::severity::Severity,
    gitlab::{docs, messages::Who},
    scim::messages::between,
    text,
};

const PROVISIONING: &str =
    "https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs";
const QUARANTINE: &str =
    "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status";

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row(
        &[
            &["EncounteredQuarantineException"],
            &["SystemForCrossDomainIdentityManagementCredentialValidationFailure"],
            &["SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"],
        ],
        Scim,
        Who::Provider,
        |_| text!("explain.quarantine"),
        &[|| text!("explain.quarantine.token"), || text!("explain.quarantine.start")],
        QUARANTINE,
    ),
    row(
        &[
            &["The user", "will be skipped due to the following reasons"],
            &["will be skipped due to the following reasons"],
            &["This object is not assigned to the application"],
            &["This object does not have required entitlement for provisioning"],
            &["NotEffectivelyEntitled"],
        ],
        Scim,
        Who::Provider,
        |said| text!("explain.skipped", user = user(said)),
        &[|| text!("explain.skipped.assign")],
        PROVISIONING,
    ),
    row(
        &[&["DuplicateTargetEntries"]],
        Scim,
        Who::Provider,
        |said| text!("explain.duplicate-target", user = user(said)),
        &[|| text!("explain.duplicate-target.do")],
        PROVISIONING,
    ),
    row(
        &[&["DuplicateSourceEntries"]],
        Scim,
        Who::Provider,
        |_| text!("explain.duplicate-source"),
        &[|| text!("explain.duplicate-source.do")],
        PROVISIONING,
    ),
    row(
        &[&["EntryConflict"], &["AzureActiveDirectoryConflict"]],
        Scim,
        Who::Provider,
        |_| text!("explain.conflict"),
        &[|| text!("explain.conflict.do")],
        PROVISIONING,
    ),
    row(
        &[&["InvalidAnchor"]],
        Scim,
        Who::Provider,
        |_| text!("explain.anchor"),
        &[|| text!("explain.anchor.do")],
        PROVISIONING,
    ),
    row(
        &[&["MandatoryFieldsMissing"], &["MissingValues"], &["ImportSkipped"]],
        Scim,
        Who::Provider,
        |_| text!("explain.mandatory"),
        &[|| text!("explain.mandatory.do")],
        PROVISIONING,
    ),
    row(
        &[&["SchemaAttributeNotFound"], &["SchemaPropertyCanOnlyAcceptValue"]],
        Scim,
        Who::Provider,
        |_| text!("explain.attribute-unknown"),
        &[|| text!("explain.attribute-unknown.do")],
        docs::SCIM_MAPPING,
    ),
    row(
        &[&["EntrySynchronizationSkipped"]],
        Scim,
        Who::Nobody,
        |_| text!("explain.synchronization-skipped"),
        &[|| text!("explain.synchronization-skipped.do")],
        PROVISIONING,
    )
    .weighing(Severity::Info),
    row(
        &[&["SystemForCrossDomainIdentityManagementServiceIncompatible"]],
        Scim,
        Who::Provider,
        |_| text!("explain.incompatible"),
        &[|| text!("explain.html.url"), || text!("explain.html.dot")],
        PROVISIONING,
    ),
    row(
        &[&["SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"]],
        Scim,
        Who::Provider,
        |_| text!("explain.multiple"),
        &[|| text!("explain.duplicate-target.do")],
        PROVISIONING,
    ),
    row(
        &[&["InsufficientRights"], &["NotPermitted"]],
        Scim,
        Who::Provider,
        |_| text!("explain.rights"),
        &[|| text!("explain.rights.do")],
        PROVISIONING,
    ),
    row(
        &[
            &["WebExceptionProtocolError"],
            &["UnprocessableEntity"],
            &["SystemForCrossDomainIdentityManagementServiceError"],
        ],
        Scim,
        Who::Administrator,
        |_| text!("explain.target-failed"),
        &[|| text!("explain.target-failed.do")],
        PROVISIONING,
    ),
    row(
        &[&["LicenseLimitExceeded"]],
        Scim,
        Who::Owner,
        |_| text!("explain.license"),
        &[|| text!("explain.license.do")],
        PROVISIONING,
    ),
];

/// The user whom a message of the provisioning log names.
fn user(said: &str) -> String {
    quoted(between(said, "user '", "'").or_else(|| between(said, "user \"", "\"")))
}
