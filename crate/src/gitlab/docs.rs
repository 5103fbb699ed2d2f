//! Addresses of GitLab's public documentation that remedies link to, and of the one page of Okta's.

/// Group SAML, its NameID.
pub const NAME_ID: &str = "https://docs.gitlab.com/user/group/saml_sso/#manage-user-saml-identity";
/// Setting up the identity provider: which value goes where.
pub const SET_UP: &str = "https://docs.gitlab.com/user/group/saml_sso/#set-up-your-identity-provider";
/// Linking SAML to an account that exists.
pub const LINK: &str =
    "https://docs.gitlab.com/user/group/saml_sso/#link-saml-to-your-existing-gitlabcom-account";
/// The SAML identities API.
pub const SAML_API: &str = "https://docs.gitlab.com/api/saml/";
/// Troubleshooting of group SAML.
pub const TROUBLESHOOTING: &str = "https://docs.gitlab.com/user/group/saml_sso/troubleshooting/";
/// Troubleshooting of SCIM.
pub const TROUBLESHOOTING_SCIM: &str = "https://docs.gitlab.com/user/group/saml_sso/troubleshooting_scim/";
/// Setting up SCIM of a group.
pub const SCIM: &str = "https://docs.gitlab.com/user/group/saml_sso/scim_setup/";
/// The mapping of Entra ID's attributes: which one goes where.
pub const SCIM_MAPPING: &str =
    "https://docs.gitlab.com/user/group/saml_sso/scim_setup/#configure-attribute-mappings";
/// Linking SAML to an account that SCIM knows.
pub const SCIM_LINK: &str =
    "https://docs.gitlab.com/user/group/saml_sso/scim_setup/#link-scim-and-saml-identities";
/// Setting up SCIM of a whole GitLab, which a self-managed one has beside that of groups.
pub const SCIM_OF_INSTANCE: &str = "https://docs.gitlab.com/administration/settings/scim_setup/";
/// SAML for a self-managed instance.
pub const INSTANCE: &str = "https://docs.gitlab.com/integration/saml/";
/// The addresses that Okta's servers ask from, for a firewall.
pub const OKTA_ADDRESSES: &str =
    "https://help.okta.com/en/prod/Content/Topics/Security/ip-address-allow-listing.htm";

/// The titles of these pages, as the documentation has them: they are in no other language.
const TITLES: [(&str, &str); 12] = [
    (NAME_ID, "Manage user SAML identity"),
    (SET_UP, "Set up your identity provider"),
    (LINK, "Link SAML to your existing account"),
    (SAML_API, "SAML API"),
    (TROUBLESHOOTING, "Troubleshooting SAML"),
    (TROUBLESHOOTING_SCIM, "Troubleshooting SCIM"),
    (SCIM, "Configure SCIM"),
    (SCIM_MAPPING, "Configure attribute mappings"),
    (SCIM_LINK, "Link SCIM and SAML identities"),
    (SCIM_OF_INSTANCE, "Configure SCIM for GitLab Self-Managed"),
    (INSTANCE, "SAML SSO for GitLab Self-Managed"),
    (OKTA_ADDRESSES, "Allow access to Okta IP addresses"),
];

/// The page at `address`, or of SCIM that for a whole GitLab where it is not of a group (row R96).
pub fn of_offering(address: &'static str, is_of_instance: bool) -> &'static str {
    if is_of_instance && address == SCIM { SCIM_OF_INSTANCE } else { address }
}

/// The title of the page at `address`, where it is one of these.
pub fn title(address: &str) -> Option<&'static str> {
    TITLES.iter().find(|(known, _)| *known == address).map(|(_, title)| *title)
}
