//! Every URI of SAML that the code knows, once (SAML Core 1.2, 8.2, 8.3; Bindings 3; Authentication Context).

/// The namespace of protocol messages (`samlp`).
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// The namespace of assertions (`saml`).
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// The namespace of metadata (`md`).
pub const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// The namespace of protocol messages of SAML 1.1.
pub const PROTOCOL_1_1: &str = "urn:oasis:names:tc:SAML:1.0:protocol";
/// The namespace of assertions of SAML 1.1.
pub const ASSERTION_1_1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// The namespaces of SOAP envelopes: SOAP 1.1, which SAML uses, and SOAP 1.2.
pub const SOAP: [&str; 2] =
    ["http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"];
/// The namespace of PAOS headers (Bindings 3.3).
pub const PAOS: &str = "urn:liberty:paos:2003-08";
/// The namespace of the headers of the ECP profile (Profiles 4.2).
pub const ECP: &str = "urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp";
/// The namespaces of WS-Trust, whose answers WS-Federation carries: February 2005, and 1.3.
pub const WS_TRUST: [&str; 2] =
    ["http://schemas.xmlsoap.org/ws/2005/02/trust", "http://docs.oasis-open.org/ws-sx/ws-trust/200512"];
/// The namespace of XML signatures (`ds`).
pub const XML_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of what XML Signature 1.1 added.
pub const XML_SIGNATURE_11: &str = "http://www.w3.org/2009/xmldsig11#";

/// The top-level status codes (SAML Core 3.2.2.2).
pub mod status {
    /// The request succeeded.
    pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
    /// The requester is at fault.
    pub const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
    /// The responder is at fault.
    pub const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
    /// The versions do not match.
    pub const VERSION_MISMATCH: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";
}

/// Formats of a NameID (SAML Core 8.3).
pub mod name_id_format {
    /// Its meaning is up to the parties.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    /// An e-mail address.
    pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    /// Stays the same from one sign-in to the next.
    pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    /// Another one at each sign-in.
    pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    /// The entityID of a system.
    pub const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
}

/// Methods of a SubjectConfirmation (SAML Profiles 3).
pub mod confirmation {
    /// Whoever brings the assertion is its subject.
    pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
}

/// The beginnings of the URIs of SAML 2.0 that name one of a list, and what can follow.
const LISTS: &[(&str, &[&str])] = &[
    (
        "urn:oasis:names:tc:SAML:2.0:status:",
        &[
            "Success",
            "Requester",
            "Responder",
            "VersionMismatch",
            "AuthnFailed",
            "InvalidAttrNameOrValue",
            "InvalidNameIDPolicy",
            "NoAuthnContext",
            "NoAvailableIDP",
            "NoPassive",
            "NoSupportedIDP",
            "PartialLogout",
            "ProxyCountExceeded",
            "RequestDenied",
            "RequestUnsupported",
            "RequestVersionDeprecated",
            "RequestVersionTooHigh",
            "RequestVersionTooLow",
            "ResourceNotRecognized",
            "TooManyResponses",
            "UnknownAttrProfile",
            "UnknownPrincipal",
            "UnsupportedBinding",
        ],
    ),
    (
        "urn:oasis:names:tc:SAML:1.1:nameid-format:",
        &["unspecified", "emailAddress", "X509SubjectName", "WindowsDomainQualifiedName"],
    ),
    (
        "urn:oasis:names:tc:SAML:2.0:nameid-format:",
        &["persistent", "transient", "entity", "kerberos", "encrypted", "emailAddress", "unspecified"],
    ),
    ("urn:oasis:names:tc:SAML:2.0:cm:", &["bearer", "holder-of-key", "sender-vouches"]),
    (
        "urn:oasis:names:tc:SAML:2.0:bindings:",
        &["HTTP-POST", "HTTP-Redirect", "HTTP-Artifact", "SOAP", "PAOS", "HTTP-POST-SimpleSign", "URI"],
    ),
    ("urn:oasis:names:tc:SAML:2.0:attrname-format:", &["basic", "uri", "unspecified"]),
    ("urn:oasis:names:tc:SAML:2.0:logout:", &["user", "admin", "global-timeout", "sp-timeout"]),
    (
        "urn:oasis:names:tc:SAML:2.0:consent:",
        &[
            "obtained",
            "prior",
            "current-implicit",
            "current-explicit",
            "unavailable",
            "inapplicable",
            "unspecified",
        ],
    ),
    (
        "urn:oasis:names:tc:SAML:2.0:ac:classes:",
        &[
            "unspecified",
            "Password",
            "PasswordProtectedTransport",
            "X509",
            "Kerberos",
            "PreviousSession",
            "Smartcard",
            "SmartcardPKI",
            "SoftwarePKI",
            "TLSClient",
            "TimeSyncToken",
            "InternetProtocol",
            "InternetProtocolPassword",
            "MobileTwoFactorContract",
            "MobileOneFactorContract",
            "SecureRemotePassword",
            "XMLDSig",
            "PGP",
            "SPKI",
            "Telephony",
            "NomadTelephony",
            "PersonalTelephony",
            "AuthenticatedTelephony",
            "MobileOneFactorUnregistered",
            "MobileTwoFactorUnregistered",
        ],
    ),
];

/// Whether `uri` names one of a list of SAML 2.0: it says nothing of a person or a party.
pub fn is_known(uri: &str) -> bool {
    LISTS.iter().any(|(begin, ends)| uri.strip_prefix(begin).is_some_and(|end| ends.contains(&end)))
}
