//! A signed Response in which GitLab finds nothing wrong, at whatever service it is posted: it names none.
//!
//! For tests of the marks on GitLab's pages, in the core and in the package of tests, which are about whose
//! NameID it is. Leaves out the e-mail address, audiences and the addresses that a service compares.

/// The Response with this NameID, for this user name; `None` where one of them cannot stand in XML.
pub(super) fn response(name_id: &str, username: &str) -> Option<String> {
    let xml = format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
        ID="_{username}" Version="2.0" IssueInstant="2026-01-01T09:00:00Z"><p:Status><p:StatusCode
        Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="_a" Version="2.0"
        IssueInstant="2026-01-01T09:00:00Z"><a:Issuer>https://idp.example.com</a:Issuer><a:Subject><a:NameID
        >{name_id}</a:NameID><a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"
        ><a:SubjectConfirmationData NotOnOrAfter="2026-01-01T09:10:00Z"/></a:SubjectConfirmation></a:Subject>
        <a:Conditions/><a:AuthnStatement AuthnInstant="2026-01-01T09:00:00Z"><a:AuthnContext
        ><a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>
        </a:AuthnContext></a:AuthnStatement><a:AttributeStatement>
        <a:Attribute Name="username"><a:AttributeValue>{username}</a:AttributeValue></a:Attribute>
        </a:AttributeStatement></a:Assertion></p:Response>"#
    );
    Some(crate::signer::certified(&crate::signer::signed(&xml)?))
}
