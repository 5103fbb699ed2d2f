//! The elements of a SAML message as the schemas declare them: saml-schema-protocol-2.0,
//! saml-schema-assertion-2.0, xmldsig-core-schema, xenc-schema.
//!
//! One row an element: its name, what may be in it, its attributes. Elements are declared for every place in
//! a message or, where their name begins with a dot, for the place in one other element only. The notation:
//!
//! | content | means |
//! |---|---|
//! | `a b? (c \| d)* e+` | elements in this order; `?` at most one, `*` any number, `+` one or more |
//! | `~ …` | the same, with text between the elements |
//! | `#other`, `#any` | an element of another namespace, of any namespace; checked where it is declared |
//! | `#declared` | an element of any namespace that must be declared |
//! | `= type` | text of this type, and no elements |
//! | `*` | anything |
//! | `abstract` | what a type of its own says |
//!
//! | attributes | means |
//! |---|---|
//! | `Name:type` | may be there |
//! | `Name!:type` | must be there |
//! | `#other` | attributes of other namespaces |
//!
//! Leaves out: elements that no Response holds (queries, requests beside AuthnRequest and LogoutRequest,
//! metadata), PGP and DSA keys.

use crate::saml::uri;

/// The namespaces by the prefixes of [`ROWS`].
pub(super) const NAMESPACES: [(&str, &str); 4] = [
    ("samlp", uri::PROTOCOL),
    ("saml", uri::ASSERTION),
    ("ds", uri::XML_SIGNATURE),
    ("xenc", "http://www.w3.org/2001/04/xmlenc#"),
];

/// One element.
pub(super) struct SchemaElement {
    /// Its name with prefix; a dot before it says that it is declared in one place only.
    pub(super) name: &'static str,
    pub(super) content: &'static str,
    pub(super) attributes: &'static str,
}

const fn row(name: &'static str, content: &'static str, attributes: &'static str) -> SchemaElement {
    SchemaElement { name, content, attributes }
}

const ANSWER: &str =
    "ID!:ID InResponseTo:NCName Version!:string IssueInstant!:dateTime Destination:anyURI Consent:anyURI";
const REQUEST: &str = "ID!:ID Version!:string IssueInstant!:dateTime Destination:anyURI Consent:anyURI";
const NAMED: &str = "NameQualifier:string SPNameQualifier:string Format:anyURI SPProvidedID:string";
const ENCRYPTED: &str = "xenc:EncryptedData xenc:EncryptedKey*";

/// The elements.
pub(super) const ROWS: &[SchemaElement] = &[
    // Messages
    row(
        "samlp:Response",
        "saml:Issuer? ds:Signature? samlp:Extensions? samlp:Status (saml:Assertion | saml:EncryptedAssertion)*",
        ANSWER,
    ),
    row("samlp:LogoutResponse", "saml:Issuer? ds:Signature? samlp:Extensions? samlp:Status", ANSWER),
    row(
        "samlp:LogoutRequest",
        "saml:Issuer? ds:Signature? samlp:Extensions? (saml:BaseID | saml:NameID | saml:EncryptedID) samlp:SessionIndex*",
        "ID!:ID Version!:string IssueInstant!:dateTime Destination:anyURI Consent:anyURI Reason:string NotOnOrAfter:dateTime",
    ),
    row(
        "samlp:AuthnRequest",
        "saml:Issuer? ds:Signature? samlp:Extensions? saml:Subject? samlp:NameIDPolicy? saml:Conditions? samlp:RequestedAuthnContext? samlp:Scoping?",
        "ID!:ID Version!:string IssueInstant!:dateTime Destination:anyURI Consent:anyURI ForceAuthn:boolean IsPassive:boolean ProtocolBinding:anyURI AssertionConsumerServiceIndex:unsignedShort AssertionConsumerServiceURL:anyURI AttributeConsumingServiceIndex:unsignedShort ProviderName:string",
    ),
    row("samlp:NameIDPolicy", "", "Format:anyURI SPNameQualifier:string AllowCreate:boolean"),
    row(
        "samlp:RequestedAuthnContext",
        "(saml:AuthnContextClassRef+ | saml:AuthnContextDeclRef+)",
        "Comparison:comparison",
    ),
    row("samlp:Scoping", "samlp:IDPList? samlp:RequesterID*", "ProxyCount:nonNegativeInteger"),
    row("samlp:IDPList", "samlp:IDPEntry+ samlp:GetComplete?", ""),
    row("samlp:IDPEntry", "", "ProviderID!:anyURI Name:string Loc:anyURI"),
    row("samlp:GetComplete", "= anyURI", ""),
    row("samlp:RequesterID", "= anyURI", ""),
    row("samlp:SessionIndex", "= string", ""),
    row("samlp:Extensions", "#other+", ""),
    row("samlp:Status", "samlp:StatusCode samlp:StatusMessage? samlp:StatusDetail?", ""),
    row("samlp:StatusCode", "samlp:StatusCode?", "Value!:anyURI"),
    row("samlp:StatusMessage", "= string", ""),
    row("samlp:StatusDetail", "#any*", ""),
    row("samlp:ArtifactResponse", "saml:Issuer? ds:Signature? samlp:Extensions? samlp:Status #any?", ANSWER),
    row("samlp:ArtifactResolve", "saml:Issuer? ds:Signature? samlp:Extensions? samlp:Artifact", REQUEST),
    row("samlp:Artifact", "= string", ""),
    // Assertions
    row(
        "saml:Assertion",
        "saml:Issuer ds:Signature? saml:Subject? saml:Conditions? saml:Advice? (saml:Statement | saml:AuthnStatement | saml:AuthzDecisionStatement | saml:AttributeStatement)*",
        "Version!:string ID!:ID IssueInstant!:dateTime",
    ),
    row("saml:Issuer", "= string", NAMED),
    row("saml:NameID", "= string", NAMED),
    row("saml:BaseID", "abstract", ""),
    row("saml:EncryptedID", ENCRYPTED, ""),
    row("saml:EncryptedAssertion", ENCRYPTED, ""),
    row("saml:EncryptedAttribute", ENCRYPTED, ""),
    row(
        "saml:Subject",
        "((saml:BaseID | saml:NameID | saml:EncryptedID) saml:SubjectConfirmation* | saml:SubjectConfirmation+)",
        "",
    ),
    row(
        "saml:SubjectConfirmation",
        "(saml:BaseID | saml:NameID | saml:EncryptedID)? saml:SubjectConfirmationData?",
        "Method!:anyURI",
    ),
    row(
        "saml:SubjectConfirmationData",
        "~ #any*",
        "NotBefore:dateTime NotOnOrAfter:dateTime Recipient:anyURI InResponseTo:NCName Address:string #other",
    ),
    row(
        "saml:Conditions",
        "(saml:Condition | saml:AudienceRestriction | saml:OneTimeUse | saml:ProxyRestriction)*",
        "NotBefore:dateTime NotOnOrAfter:dateTime",
    ),
    row("saml:Condition", "abstract", ""),
    row("saml:AudienceRestriction", "saml:Audience+", ""),
    row("saml:Audience", "= anyURI", ""),
    row("saml:OneTimeUse", "", ""),
    row("saml:ProxyRestriction", "saml:Audience*", "Count:nonNegativeInteger"),
    row(
        "saml:Advice",
        "(saml:AssertionIDRef | saml:AssertionURIRef | saml:Assertion | saml:EncryptedAssertion | #other)*",
        "",
    ),
    row("saml:AssertionIDRef", "= NCName", ""),
    row("saml:AssertionURIRef", "= anyURI", ""),
    row(
        "saml:AuthnStatement",
        "saml:SubjectLocality? saml:AuthnContext",
        "AuthnInstant!:dateTime SessionIndex:string SessionNotOnOrAfter:dateTime",
    ),
    row("saml:Statement", "abstract", ""),
    row("saml:SubjectLocality", "", "Address:string DNSName:string"),
    row(
        "saml:AuthnContext",
        "((saml:AuthnContextClassRef (saml:AuthnContextDecl | saml:AuthnContextDeclRef)?) | saml:AuthnContextDecl | saml:AuthnContextDeclRef) saml:AuthenticatingAuthority*",
        "",
    ),
    row("saml:AuthnContextClassRef", "= anyURI", ""),
    row("saml:AuthnContextDeclRef", "= anyURI", ""),
    row("saml:AuthnContextDecl", "*", "#any"),
    row("saml:AuthenticatingAuthority", "= anyURI", ""),
    row("saml:AuthzDecisionStatement", "saml:Action+ saml:Evidence?", "Resource!:anyURI Decision!:decision"),
    row("saml:Action", "= string", "Namespace!:anyURI"),
    row(
        "saml:Evidence",
        "(saml:AssertionIDRef | saml:AssertionURIRef | saml:Assertion | saml:EncryptedAssertion)+",
        "",
    ),
    row("saml:AttributeStatement", "(saml:Attribute | saml:EncryptedAttribute)+", ""),
    row(
        "saml:Attribute",
        "saml:AttributeValue*",
        "Name!:string NameFormat:anyURI FriendlyName:string #other",
    ),
    row("saml:AttributeValue", "*", "#any"),
    // Signatures
    row("ds:Signature", "ds:SignedInfo ds:SignatureValue ds:KeyInfo? ds:Object*", "Id:ID"),
    row("ds:SignatureValue", "= base64Binary", "Id:ID"),
    row("ds:SignedInfo", "ds:CanonicalizationMethod ds:SignatureMethod ds:Reference+", "Id:ID"),
    row("ds:CanonicalizationMethod", "~ #declared*", "Algorithm!:anyURI"),
    row("ds:SignatureMethod", "~ .ds:HMACOutputLength? #declared-other*", "Algorithm!:anyURI"),
    row(".ds:HMACOutputLength", "= integer", ""),
    row("ds:Reference", "ds:Transforms? ds:DigestMethod ds:DigestValue", "Id:ID URI:anyURI Type:anyURI"),
    row("ds:Transforms", "ds:Transform+", ""),
    row("ds:Transform", "~ (#other | .ds:XPath)*", "Algorithm!:anyURI"),
    row(".ds:XPath", "= string", ""),
    row("ds:DigestMethod", "~ #other*", "Algorithm!:anyURI"),
    row("ds:DigestValue", "= {http://www.w3.org/2000/09/xmldsig#}DigestValueType", ""),
    row(
        "ds:KeyInfo",
        "~ (ds:KeyName | ds:KeyValue | ds:RetrievalMethod | ds:X509Data | ds:PGPData | ds:SPKIData | ds:MgmtData | #other)+",
        "Id:ID",
    ),
    row("ds:KeyName", "= string", ""),
    row("ds:MgmtData", "= string", ""),
    row("ds:KeyValue", "~ (ds:DSAKeyValue | ds:RSAKeyValue | #other)", ""),
    row("ds:RSAKeyValue", ".ds:Modulus .ds:Exponent", ""),
    row(".ds:Modulus", "= {http://www.w3.org/2000/09/xmldsig#}CryptoBinary", ""),
    row(".ds:Exponent", "= {http://www.w3.org/2000/09/xmldsig#}CryptoBinary", ""),
    row("ds:RetrievalMethod", "ds:Transforms?", "URI:anyURI Type:anyURI"),
    row(
        "ds:X509Data",
        "(.ds:X509IssuerSerial | .ds:X509SKI | .ds:X509SubjectName | .ds:X509Certificate | .ds:X509CRL | #other)+",
        "",
    ),
    row(".ds:X509IssuerSerial", ".ds:X509IssuerName .ds:X509SerialNumber", ""),
    row(".ds:X509IssuerName", "= string", ""),
    row(".ds:X509SerialNumber", "= string", ""),
    row(".ds:X509SKI", "= base64Binary", ""),
    row(".ds:X509SubjectName", "= string", ""),
    row(".ds:X509Certificate", "= base64Binary", ""),
    row(".ds:X509CRL", "= base64Binary", ""),
    row("ds:SPKIData", "(.ds:SPKISexp #other?)+", ""),
    row(".ds:SPKISexp", "= base64Binary", ""),
    row("ds:Object", "~ #any*", "Id:ID MimeType:string Encoding:anyURI"),
    row("ds:Manifest", "ds:Reference+", "Id:ID"),
    row("ds:SignatureProperties", "ds:SignatureProperty+", "Id:ID"),
    row("ds:SignatureProperty", "~ #other+", "Target!:anyURI Id:ID"),
    // Encryption
    row(
        "xenc:EncryptedData",
        ".xenc:EncryptionMethod? ds:KeyInfo? xenc:CipherData xenc:EncryptionProperties?",
        "Id:ID Type:anyURI MimeType:string Encoding:anyURI",
    ),
    row(
        "xenc:EncryptedKey",
        ".xenc:EncryptionMethod? ds:KeyInfo? xenc:CipherData xenc:EncryptionProperties? xenc:ReferenceList? .xenc:CarriedKeyName?",
        "Id:ID Type:anyURI MimeType:string Encoding:anyURI Recipient:string",
    ),
    row(".xenc:EncryptionMethod", "~ .xenc:KeySize? .xenc:OAEPparams? #declared-other*", "Algorithm!:anyURI"),
    row(".xenc:KeySize", "= integer", ""),
    row(".xenc:OAEPparams", "= base64Binary", ""),
    row("xenc:CipherData", "(.xenc:CipherValue | xenc:CipherReference)", ""),
    row(".xenc:CipherValue", "= base64Binary", ""),
    row("xenc:CipherReference", ".xenc:Transforms?", "URI!:anyURI"),
    row(".xenc:Transforms", "ds:Transform+", ""),
    row("xenc:ReferenceList", "(.xenc:DataReference | .xenc:KeyReference)+", ""),
    row(".xenc:DataReference", "#other*", "URI!:anyURI"),
    row(".xenc:KeyReference", "#other*", "URI!:anyURI"),
    row(".xenc:CarriedKeyName", "= string", ""),
    row("xenc:EncryptionProperties", "*", "#any"),
];
