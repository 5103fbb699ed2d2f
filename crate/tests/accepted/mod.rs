//! A Response to the group `acme` on GitLab.com in which GitLab finds nothing wrong at 9 o'clock on the first
//! of January 2026; tests change what they are about.

const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const TIMES: &str = "Version=\"2.0\" IssueInstant=\"2026-01-01T09:00:00Z\"";

/// The Response, not signed.
pub(super) fn response() -> String {
    format!(
        "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_r\" {TIMES} Destination=\"{ACS}\"><p:Status><p:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status><a:Assertion ID=\"_a\" {TIMES}>\
         <a:Issuer>https://idp.example.com</a:Issuer><a:Subject><a:NameID>Alex-1</a:NameID><a:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><a:SubjectConfirmationData Recipient=\"{ACS}\" \
         NotOnOrAfter=\"2026-01-01T09:10:00Z\"/></a:SubjectConfirmation></a:Subject><a:Conditions \
         NotOnOrAfter=\"2026-01-01T09:10:00Z\"><a:AudienceRestriction><a:Audience>https://gitlab.com/groups/acme\
         </a:Audience></a:AudienceRestriction></a:Conditions><a:AuthnStatement AuthnInstant=\"2026-01-01T09:00:00Z\">\
         <a:AuthnContext><a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
         </a:AuthnContextClassRef></a:AuthnContext></a:AuthnStatement><a:AttributeStatement><a:Attribute \
         Name=\"username\"><a:AttributeValue>alex</a:AttributeValue></a:Attribute><a:Attribute Name=\"email\">\
         <a:AttributeValue>alex@example.com</a:AttributeValue></a:Attribute></a:AttributeStatement></a:Assertion>\
         </p:Response>"
    )
}
