//! Realistic settings of each provider, with every source of the NameID that its pages name; and what only
//! looks like settings.

use super::*;
use crate::idp::directory::Directory;
use serde_json::json;

pub(crate) const NAME_ID: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
pub(crate) const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
pub(crate) const AUDIENCE: &str = "https://gitlab.com/groups/acme";

/// A policy of claims whose NameID has this source.
pub(crate) fn claims_mapping(name_id: &Value, transformations: &Value) -> Value {
    let definition = json!({"ClaimsMappingPolicy": {"Version": 1, "IncludeBasicClaimSet": "true",
        "ClaimsSchema": [
            {"Source": "user", "ID": "mail", "SamlClaimType": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"},
            name_id],
        "ClaimsTransformations": transformations}});
    json!({"id": "6c3f", "displayName": "GitLab", "definition": [definition.to_string()]})
}

/// A policy of custom claims whose NameID has this configuration.
pub(crate) fn custom_claims(configurations: &Value) -> Value {
    json!({"@odata.context": "x", "id": "aaaa", "includeBasicClaimSet": true, "claims": [
        {"@odata.type": "#microsoft.graph.customClaim", "name": "employeeId", "namespace": null,
            "tokenFormat": ["saml"], "configurations": []},
        {"@odata.type": "#microsoft.graph.samlNameIdClaim", "nameIdFormat": "persistent",
            "configurations": configurations}]})
}

pub(crate) fn sourced(id: &str) -> Value {
    json!({"@odata.type": "#microsoft.graph.sourcedAttribute", "id": id, "source": "user", "isExtensionAttribute": false})
}

/// An app of Okta's as the API gives it.
pub(crate) fn okta(name_id: &str, user_name: &str) -> Value {
    json!({"id": "0oa1", "name": "testorg_gitlab_1", "label": "GitLab", "status": "ACTIVE", "signOnMode": "SAML_2_0",
        "features": [], "credentials": {"userNameTemplate": {"template": user_name, "type": "CUSTOM"}, "signing": {"kid": "x"}},
        "settings": {"app": {}, "signOn": {"defaultRelayState": null, "ssoAcsUrl": ACS,
            "idpIssuer": "http://www.okta.com/${org.externalKey}", "audience": AUDIENCE, "recipient": ACS,
            "destination": ACS, "subjectNameIdTemplate": name_id,
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "responseSigned": true, "assertionSigned": true, "signatureAlgorithm": "RSA_SHA256",
            "digestAlgorithm": "SHA256", "honorForceAuthn": true,
            "attributeStatements": [{"type": "EXPRESSION", "name": "email",
                "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", "values": ["user.email"]}]}}})
}

/// A client of Keycloak with this format, forced or not, and these mappers.
pub(crate) fn keycloak(format: &str, is_forced: bool, mappers: &Value) -> Value {
    json!({"clientId": AUDIENCE, "name": "GitLab", "enabled": true, "protocol": "saml",
        "redirectUris": [ACS], "attributes": {"saml_name_id_format": format,
            "saml_force_name_id_format": is_forced.to_string(), "saml.authnstatement": "true",
            "saml.server.signature": "true", "saml.assertion.signature": "false", "saml.encrypt": "false"},
        "protocolMappers": mappers, "defaultClientScopes": ["role_list"]})
}

pub(crate) fn mapper(format: &str, attribute: &str) -> Value {
    json!({"name": "id", "protocol": "saml", "protocolMapper": "saml-user-attribute-nameid-mapper",
        "config": {"mapper.nameid.format": format, "user.attribute": attribute}})
}

pub(crate) fn email_mapper() -> Value {
    json!({"name": "email", "protocol": "saml", "protocolMapper": "saml-user-property-mapper",
        "config": {"attribute.name": "email", "user.attribute": "email"}})
}

pub(crate) fn onelogin(mapping: &str) -> Value {
    json!({"id": 1, "connector_id": 110_016, "name": "GitLab", "parameters": {
        "saml_username": {"id": 5, "label": "NameID value", "user_attribute_mappings": mapping,
            "user_attribute_macros": "{first}", "include_in_saml_assertion": false},
        "email": {"label": "email", "user_attribute_mappings": "email", "include_in_saml_assertion": true}}})
}

fn one(content: &str) -> App {
    let apps = read(content);
    assert_eq!(apps.len(), 1, "{content}");
    apps.into_iter().next().unwrap()
}

/// Provider, export, what is written, and the fields or why nothing is known.
fn told(app: &App) -> (&'static str, &'static str, String, Result<Vec<String>, Unclear>) {
    let fields = app.name_id.read.as_ref().map(|it| it.fields().iter().map(|it| (*it).to_owned()).collect());
    (app.kind.provider, app.kind.export, app.name_id.written.clone(), fields.map_err(Clone::clone))
}

fn fields(names: &[&str]) -> Result<Vec<String>, Unclear> {
    Ok(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn a_policy_of_claims_names_the_source_of_the_name_id_however_it_is_exported() {
    let transform = |method: &str, inputs: &[(&str, &str)], parameters: &[(&str, &str)]| {
        let inputs: Vec<Value> = inputs
            .iter()
            .map(|(id, name)| json!({"ClaimTypeReferenceId": id, "TransformationClaimType": name}))
            .collect();
        let parameters: Vec<Value> =
            parameters.iter().map(|(id, value)| json!({"ID": id, "Value": value})).collect();
        json!([{"ID": "T", "TransformationMethod": method, "InputClaims": inputs, "InputParameters": parameters,
            "OutputClaims": [{"ClaimTypeReferenceId": "x", "TransformationClaimType": "outputClaim"}]}])
    };
    let transformed =
        json!({"Source": "transformation", "ID": "x", "TransformationID": "t", "SamlClaimType": NAME_ID});
    let user = |id: &str| json!({"Source": "user", "ID": id, "SamlClaimType": NAME_ID});
    let none = json!([]);
    let cases = [
        (user("objectid"), none.clone(), "user.objectid", fields(&["objectid"])),
        (user("userprincipalname"), none.clone(), "user.userprincipalname", fields(&["userprincipalname"])),
        (json!({"Value": "x", "SamlClaimType": NAME_ID}), none.clone(), "\"x\"", fields(&[])),
        (
            json!({"Source": "company", "ID": "tenantcountry", "SamlClaimType": NAME_ID}),
            none.clone(),
            "company.tenantcountry",
            Err(Unclear::Field("company.tenantcountry".to_owned())),
        ),
        (
            json!({"Source": "user", "ID": "mail", "SamlClaimType": "x"}),
            none.clone(),
            "",
            Err(Unclear::Unsaid),
        ),
        (
            transformed.clone(),
            transform("ExtractMailPrefix", &[("mail", "mail")], &[]),
            "ExtractMailPrefix(user.mail)",
            fields(&["mail"]),
        ),
        (
            transformed.clone(),
            transform("Join", &[("mail", "string1")], &[("string2", "example.com"), ("separator", "@")]),
            "Join(user.mail, \"@\", \"example.com\")",
            fields(&["mail"]),
        ),
        (
            transformed.clone(),
            transform("RegexReplace", &[("mail", "source")], &[]),
            "RegexReplace(user.mail)",
            Err(Unclear::Function("RegexReplace".to_owned())),
        ),
        (transformed, none, "", Err(Unclear::Unsaid)),
    ];
    for (name_id, transformations, written, expected) in cases {
        let policy = claims_mapping(&name_id, &transformations);
        let inner: Value = serde_json::from_str(policy["definition"][0].as_str().unwrap()).unwrap();
        for whole in [policy.clone(), json!({"value": [policy]}), json!([policy]), inner] {
            let app = one(&whole.to_string());
            let told = told(&app);
            assert_eq!((told.0, told.1), ("Entra ID", "claimsMappingPolicy"));
            assert_eq!((told.2.as_str(), told.3), (written, expected.clone()));
            assert!(app.attributes.is_none());
        }
    }
}

#[test]
fn a_policy_of_custom_claims_names_it_too_with_each_transformation() {
    let step = |kind: &str, more: Value| {
        let mut step = json!({"@odata.type": format!("#microsoft.graph.{kind}Transformation")});
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        step
    };
    let input = |id: &str| json!({"treatAsMultiValue": false, "attribute": sourced(id)});
    let value =
        json!({"attribute": {"@odata.type": "#microsoft.graph.valueBasedAttribute", "value": "example.com"}});
    let of = |attribute: Value, steps: Value| json!([{"condition": null, "attribute": attribute, "transformations": steps}]);
    let prefix = step("extractMailPrefix", json!({"input": input("mail")}));
    let join = step("join", json!({"separator": "@", "input": input("mail"), "input2": value}));
    let cases = [
        (of(sourced(" objectid"), json!([])), "user.objectid", fields(&["objectid"])),
        (of(Value::Null, json!([prefix.clone()])), "extractMailPrefix(user.mail)", fields(&["mail"])),
        (of(Value::Null, json!([join])), "join(user.mail, \"@\", \"example.com\")", fields(&["mail"])),
        (
            of(Value::Null, json!([prefix, step("toUppercase", json!({}))])),
            "toUppercase(extractMailPrefix(user.mail))",
            fields(&["mail"]),
        ),
        (
            of(Value::Null, json!([step("regexReplace", json!({"input": input("mail")}))])),
            "regexReplace(user.mail)",
            Err(Unclear::Function("regexReplace".to_owned())),
        ),
        (
            json!([{"condition": {"@odata.type": "x"}, "attribute": sourced("mail")}]),
            "",
            Err(Unclear::Condition),
        ),
        (
            json!([{"attribute": sourced("mail")}, {"attribute": sourced("objectid")}]),
            "",
            Err(Unclear::Condition),
        ),
        (json!([]), "", Err(Unclear::Unsaid)),
        (of(Value::Null, json!([])), "", Err(Unclear::Unsaid)),
    ];
    for (configurations, written, expected) in cases {
        let app = one(&custom_claims(&configurations).to_string());
        let told = told(&app);
        assert_eq!((told.1, told.2.as_str(), told.3), ("customClaimsPolicy", written, expected));
        assert_eq!(app.format.as_deref(), Some("persistent"));
    }
    let mut without = custom_claims(&json!([]));
    without["claims"] = json!([]);
    without["includeBasicClaimSet"] = json!(false);
    let app = one(&without.to_string());
    assert_eq!((app.name_id.read, app.attributes), (Err(Unclear::Unsaid), Some(Vec::new())));
}

#[test]
fn a_manifest_of_either_format_has_the_addresses_and_no_name_id() {
    let old = json!({"id": "x", "appId": "y", "name": "GitLab", "identifierUris": [AUDIENCE],
        "replyUrlsWithType": [{"url": ACS, "type": "Web"}], "tokenEncryptionKeyId": null,
        "optionalClaims": {"idToken": [], "accessToken": [], "saml2Token": [{"name": "email", "source": null}]}});
    let new = json!({"id": "x", "appId": "y", "displayName": "GitLab", "identifierUris": [AUDIENCE],
        "signInAudience": "AzureADMyOrg", "web": {"redirectUris": [ACS]}, "tokenEncryptionKeyId": "z"});
    for (manifest, is_encrypted) in [(old, false), (new, true)] {
        let app = one(&manifest.to_string());
        assert_eq!((app.kind.export, app.name.as_str()), ("application manifest", "GitLab"));
        assert_eq!(app.name_id.read, Err(Unclear::Unsaid));
        assert_eq!(app.acs.iter().map(|(_, url)| url.as_str()).collect::<Vec<_>>(), [ACS]);
        assert_eq!((app.audiences, app.is_encrypted), (vec![AUDIENCE.to_owned()], Some(is_encrypted)));
    }
}

#[test]
fn an_app_of_okta_is_read_through_its_user_name() {
    let id = "user.getInternalProperty(\"id\")";
    let cases = [
        ("${user.userName}", id, id, fields(&["id"])),
        (id, "${source.login}", id, fields(&["id"])),
        ("${user.userName}", "${source.login}", "${source.login}", fields(&["login"])),
        (
            "${user.userName}",
            "${fn:substringBefore(source.email, \"@\")}",
            "${fn:substringBefore(source.email, \"@\")}",
            fields(&["email"]),
        ),
        ("${user.email}", "${source.login}", "${user.email}", fields(&["email"])),
        ("x(user.email)", "${source.login}", "x(user.email)", Err(Unclear::Function("x".to_owned()))),
        ("${user.userName}", "x(y)", "x(y)", Err(Unclear::Function("x".to_owned()))),
        ("", id, "", Err(Unclear::Unsaid)),
    ];
    for (template, user_name, written, expected) in cases {
        for whole in [okta(template, user_name), json!([okta(template, user_name)])] {
            let app = one(&whole.to_string());
            assert_eq!(told(&app).2, written);
            assert_eq!(told(&app).3, expected);
            assert_eq!((app.acs.len(), app.is_signed, app.is_encrypted), (3, Some(true), None));
            assert_eq!(app.attributes, Some(vec!["email".to_owned()]));
            assert_eq!(app.user_name.unwrap().written, user_name);
        }
    }
    let mut other = okta("", "");
    other["signOnMode"] = json!("OPENID_CONNECT");
    assert!(read(&other.to_string()).is_empty());
}

#[test]
fn a_client_of_keycloak_makes_it_by_format_force_and_mapper() {
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    let stored = format!("saml.persistent.name.id.for.{AUDIENCE}");
    let any = "saml.persistent.name.id.for.*".to_owned();
    let cases = [
        ("persistent", true, json!([]), Ok(vec![stored, any])),
        ("persistent", true, json!([mapper(persistent, "ldapId")]), fields(&["ldapId"])),
        // A mapper of another format does nothing; without force, GitLab's own wish holds.
        ("email", true, json!([mapper(persistent, "ldapId")]), fields(&["email"])),
        ("persistent", false, json!([mapper(persistent, "ldapId")]), fields(&["username"])),
        ("username", true, json!([email_mapper()]), fields(&["username"])),
        ("transient", true, json!([]), Err(Unclear::Random)),
        ("other", true, json!([]), Err(Unclear::Random)),
    ];
    for (format, is_forced, mappers, expected) in cases {
        let client = keycloak(format, is_forced, &mappers);
        let other = json!({"clientId": "account", "protocol": "openid-connect"});
        for whole in
            [client.clone(), json!({"realm": "r", "clients": [other, client.clone()]}), json!([client])]
        {
            let app = one(&whole.to_string());
            assert_eq!(told(&app).3, expected, "{format} {is_forced}");
            assert_eq!((app.is_encrypted, app.has_authn_statement), (Some(false), Some(true)));
        }
    }
    // A scope can send attributes that the client's export does not name.
    let mut scoped = keycloak("email", true, &json!([]));
    assert_eq!(one(&scoped.to_string()).attributes, Some(Vec::new()));
    scoped["defaultClientScopes"] = json!(["role_list", "mail"]);
    assert_eq!(one(&scoped.to_string()).attributes, None);
}

#[test]
fn an_app_of_onelogin_names_the_attribute_of_the_name_id() {
    for (mapping, expected) in [
        ("email", fields(&["email"])),
        ("custom_attribute_employee_id", fields(&["custom_attribute_employee_id"])),
        ("_macro_", Err(Unclear::Function("_macro_".to_owned()))),
        ("", Err(Unclear::Unsaid)),
    ] {
        let app = one(&onelogin(mapping).to_string());
        assert_eq!((app.kind.provider, told(&app).3), ("OneLogin", expected));
        assert_eq!(app.attributes, Some(vec!["email".to_owned()]));
    }
}

#[test]
fn the_text_of_a_screen_is_read_however_it_is_copied() {
    let name = "Unique User Identifier (Name ID)";
    let with = |between: &str| {
        format!(
            "Claim name\tType\tValue\n{name}{between}user.objectid [nameid-format:persistent]\t...\nemail\tSAML\tuser.mail\n"
        )
    };
    let entra = ["\tSAML\t", "\t", ": ", " | SAML | ", "\n", " ", "    "].map(with);
    for text in entra {
        let app = one(&text);
        assert_eq!(told(&app).2, "user.objectid", "{text}");
        assert_eq!((told(&app).0, told(&app).3), ("Entra ID", fields(&["objectid"])));
        assert_eq!(app.format.as_deref(), Some("persistent"));
    }
    let id = "user.getInternalProperty(\"id\")";
    let cases = [
        ("unique user identifier: ExtractMailPrefix (user.mail)".to_owned(), "Entra ID", fields(&["mail"])),
        (format!("Application username\tCustom {id}\nName ID format\tPersistent"), "Okta", fields(&["id"])),
        (
            "Application username: Email prefix\nSingle sign-on URL\thttps://a.example.com/x".to_owned(),
            "Okta",
            fields(&["email"]),
        ),
        ("Application username\nOkta username".to_owned(), "Okta", fields(&["login"])),
        (
            "Name ID format: EMAIL\nName ID: Basic Information > Primary email".to_owned(),
            "Google Workspace",
            fields(&["Primary email"]),
        ),
        ("Name ID\n>".to_owned(), "Google Workspace", Err(Unclear::Unsaid)),
        ("NameID value\tOneLogin ID".to_owned(), "OneLogin", fields(&["OneLogin ID"])),
    ];
    for (text, provider, expected) in cases {
        let app = one(&text);
        assert_eq!((told(&app).0, told(&app).3), (provider, expected), "{text}");
        assert!(!app.kind.is_certain);
    }
    assert_eq!(one("Name ID format: EMAIL\nName ID: a > b").format.as_deref(), Some("EMAIL"));
    // All of it on screens without the value.
    for text in [
        "Unique User Identifier (Name ID)",
        "Name ID format: EMAIL",
        "Application username",
        "The Name ID is wrong",
    ] {
        assert!(read(text).is_empty(), "{text}");
    }
}

#[test]
fn a_field_is_found_by_the_documented_columns_of_the_same_provider_alone() {
    let cases = [
        (
            "Entra ID",
            "userPrincipalName,id,onPremisesExtensionAttributes.extensionAttribute3",
            "objectid",
            Some(1),
        ),
        (
            "Entra ID",
            "userPrincipalName,id,onPremisesExtensionAttributes.extensionAttribute3",
            "extensionattribute3",
            Some(2),
        ),
        ("Entra ID", "userPrincipalName,objectId,accountEnabled", "objectid", Some(1)),
        ("Entra ID", "mail,id", "objectid", None),
        ("Entra ID", "mail,Object ID", "objectid", Some(1)),
        ("Okta", "id,profile.login,profile.email", "login", Some(1)),
        ("Okta", "login,firstName,lastName,email", "email", Some(3)),
        ("Okta", "login,firstName,lastName,email", "id", None),
        ("Keycloak", "username,enabled,emailVerified,attributes.ldapId", "ldapId", Some(3)),
        ("Google Workspace", "Email Address [Required],Org Unit Path [Required]", "Primary email", Some(0)),
        (
            "Google Workspace",
            "Email Address [Required],Org Unit Path [Required],First Name [Required]",
            "First name",
            Some(2),
        ),
        ("OneLogin", "id,username,email,external_id,samaccountname", "OneLogin ID", Some(0)),
        (
            "OneLogin",
            "id,username,email,external_id,samaccountname,custom_attributes.badge",
            "custom_attribute_badge",
            Some(5),
        ),
    ];
    for (provider, head, field, expected) in cases {
        let row = vec!["x"; head.split(',').count()].join(",");
        let list = Directory::read(&format!("{head}\n{row}\n")).unwrap();
        assert_eq!(fields::column(provider, &list, field), expected, "{provider}: {field} of {head}");
    }
}

#[test]
fn what_is_no_settings_gives_no_app_and_what_is_damaged_gives_none_that_is_wrong() {
    for content in [
        "",
        "{}",
        "[]",
        "[1]",
        "{\"clients\": []}",
        "mail,id\na@example.com,1\n",
        "{\"a\": ",
        "<x/>",
        "{\"synchronizationRules\": []}",
        "[{\"user_id\": 1, \"extern_uid\": \"x\"}]",
        "{\"definition\": [\"{\"]}",
        "{\"protocol\": \"saml\"}",
        "{\"connector_id\": 1}",
        "{\"signOnMode\": \"SAML_2_0\"}",
        "{\"appId\": \"x\"}",
    ] {
        assert!(read(content).is_empty(), "{content}");
    }
    // Each member of each object left out, or of another kind.
    let all = [
        claims_mapping(&json!({"Source": "user", "ID": "mail", "SamlClaimType": NAME_ID}), &json!([])),
        custom_claims(&json!([{"attribute": sourced("mail")}])),
        okta("${user.userName}", "${source.login}"),
        keycloak("persistent", true, &json!([mapper("x", "y"), email_mapper()])),
        onelogin("email"),
    ];
    for whole in &all {
        damage(whole, &mut |damaged| {
            for app in read(&damaged.to_string()) {
                assert!(app.name_id.read.is_err() || !app.name_id.written.is_empty(), "{damaged}");
            }
        });
    }
    let many = Value::from(vec![okta("${user.userName}", "${source.login}"); APPS + 1]);
    assert_eq!(read(&many.to_string()).len(), APPS);
}

/// The whole with each part of it in turn left out, a number, or a list of nothing.
fn damage(whole: &Value, with: &mut dyn FnMut(&Value)) {
    fn paths(of: &Value, at: &str, into: &mut Vec<String>) {
        let inner: Vec<(String, &Value)> = match of {
            Value::Object(fields) => {
                fields.iter().map(|(name, it)| (name.replace('~', "~0").replace('/', "~1"), it)).collect()
            }
            Value::Array(list) => list.iter().enumerate().map(|(at, it)| (at.to_string(), it)).collect(),
            _ => Vec::new(),
        };
        for (name, it) in inner {
            let path = format!("{at}/{name}");
            into.push(path.clone());
            paths(it, &path, into);
        }
    }
    let mut all = Vec::new();
    paths(whole, "", &mut all);
    for path in all {
        for other in [Value::Null, json!(7), json!([]), json!({})] {
            let mut damaged = whole.clone();
            *damaged.pointer_mut(&path).unwrap() = other;
            with(&damaged);
        }
    }
}
