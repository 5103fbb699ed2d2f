//! Entra ID: the two policies that customise claims, and the manifest of an application.
//!
//! learn.microsoft.com, `entra/identity-platform/reference-claims-customization` (`claimsMappingPolicy`),
//! `graph/api/resources/customclaimspolicy` (beta), `entra/identity-platform/reference-app-manifest` (format
//! of Azure AD Graph) and `reference-microsoft-graph-app-manifest`. A manifest says where Responses go and
//! whether they are encrypted, but not the NameID. Leaves out: conditions of claims, which are named.

use super::{App, Kind, Source, list, objects, text, texts};
use crate::{
    base::limits::APPS,
    idp::expression::{Expression, Language, Unclear},
};
use serde_json::Value;

pub(super) const LABEL: &str = "Unique User Identifier (Name ID)";

/// The URI of the NameID among claims.
const NAME_ID: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";

pub(super) const CLAIMS_MAPPING: Kind = Kind {
    provider: "Entra ID",
    export: "claimsMappingPolicy",
    source: "https://learn.microsoft.com/entra/identity-platform/reference-claims-customization",
    label: LABEL,
    is_certain: true,
    read: |kind, content| {
        let policies = objects(content, &["value"]);
        policies.into_iter().flat_map(|policy| claims_mapping(kind, policy)).take(APPS).collect()
    },
};

pub(super) const CUSTOM_CLAIMS: Kind = Kind {
    provider: "Entra ID",
    export: "customClaimsPolicy",
    source: "https://learn.microsoft.com/graph/api/resources/customclaimspolicy",
    label: LABEL,
    is_certain: true,
    read: |kind, content| {
        objects(content, &["value"]).into_iter().filter_map(|policy| custom_claims(kind, policy)).collect()
    },
};

pub(super) const MANIFEST: Kind = Kind {
    provider: "Entra ID",
    export: "application manifest",
    source: "https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest",
    label: LABEL,
    is_certain: true,
    read: |kind, content| {
        objects(content, &["value"]).into_iter().filter_map(|app| manifest(kind, app)).collect()
    },
};

/// The definitions of a policy: texts of JSON, or the definition itself.
fn claims_mapping(kind: &'static Kind, policy: &Value) -> Vec<App> {
    let unpacked = list(policy, "/definition").iter().filter_map(Value::as_str);
    let unpacked: Vec<Value> = unpacked.filter_map(|text| serde_json::from_str(text).ok()).collect();
    let name = text(policy, "/displayName").unwrap_or_default();
    let definitions = unpacked.iter().chain([policy]).filter_map(|it| it.get("ClaimsMappingPolicy"));
    let of = |definition: &Value| {
        let claims = list(definition, "/ClaimsSchema");
        let of_name_id = |claim: &&Value| {
            text(claim, "/SamlClaimType").is_some_and(|name| name.eq_ignore_ascii_case(NAME_ID))
        };
        let has_basic = definition.get("IncludeBasicClaimSet").is_some_and(|it| {
            it.as_bool().unwrap_or_else(|| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case("true")))
        });
        let names = claims.iter().filter_map(|claim| text(claim, "/SamlClaimType")).map(str::to_owned);
        App {
            name_id: claims.iter().find(of_name_id).map_or_else(Source::unsaid, |it| claim(it, definition)),
            attributes: (!has_basic).then(|| names.collect()),
            ..App::of(kind, name)
        }
    };
    definitions.map(of).collect()
}

/// The source of one claim: a fixed value, a field, or a transformation.
fn claim(claim: &Value, definition: &Value) -> Source {
    if let Some(value) = text(claim, "/Value") {
        return Source { written: format!("\"{value}\""), read: Ok(Expression::constant(value)) };
    }
    let source = text(claim, "/Source").unwrap_or_default().to_lowercase();
    if source != "transformation" {
        return field(&source, text(claim, "/ID").or_else(|| text(claim, "/ExtensionID")));
    }
    let id = text(claim, "/TransformationID").unwrap_or_default();
    let all = ["/ClaimsTransformation", "/ClaimsTransformations"].map(|path| list(definition, path));
    let is_it = |it: &&Value| text(it, "/ID").is_some_and(|name| name.eq_ignore_ascii_case(id));
    match all.into_iter().flatten().find(is_it) {
        Some(found) => transformation(found, list(definition, "/ClaimsSchema")),
        None => Source::unsaid(),
    }
}

/// A field of the person; those of the app or of the company are named.
fn field(source: &str, id: Option<&str>) -> Source {
    match id {
        Some(id) if source.eq_ignore_ascii_case("user") => Source::field(&format!("user.{id}")),
        Some(id) => {
            let written = format!("{source}.{id}");
            Source { read: Err(Unclear::Field(written.clone())), written }
        }
        None => Source::unsaid(),
    }
}

/// A transformation with its inputs in the order of the portal: first value, separator, second value.
fn transformation(of: &Value, claims: &[Value]) -> Source {
    let method = text(of, "/TransformationMethod").unwrap_or_default();
    let named = |name: &str| {
        let parameter = list(of, "/InputParameters").iter().find(|it| text(it, "/ID") == Some(name));
        // A separator may be a blank.
        let constant = parameter.and_then(|it| it.get("Value")?.as_str());
        let input =
            list(of, "/InputClaims").iter().find(|it| text(it, "/TransformationClaimType") == Some(name));
        let reference = input.and_then(|it| text(it, "/ClaimTypeReferenceId"));
        let referred = |id: &&str| {
            let entry =
                claims.iter().find(|it| text(it, "/ID").is_some_and(|it| it.eq_ignore_ascii_case(id)));
            text(entry?, "/Source").map(str::to_lowercase)
        };
        match (constant, reference) {
            (Some(value), _) => {
                Some(Source { written: format!("\"{value}\""), read: Ok(Expression::constant(value)) })
            }
            (None, Some(id)) => Some(field(&referred(&id).unwrap_or_else(|| "user".to_owned()), Some(id))),
            (None, None) => None,
        }
    };
    let first = list(of, "/InputClaims").first().and_then(|it| text(it, "/TransformationClaimType"));
    let names = match method.eq_ignore_ascii_case("Join") {
        true => vec!["string1", "separator", "string2"],
        false => first.into_iter().collect(),
    };
    called(method, names.into_iter().filter_map(named).collect())
}

/// A function of Entra ID's claims.
fn called(method: &str, inputs: Vec<Source>) -> Source {
    let written: Vec<&str> = inputs.iter().map(|it| it.written.as_str()).collect();
    let written = format!("{method}({})", written.join(", "));
    let inputs: Result<Vec<Expression>, Unclear> = inputs.into_iter().map(|it| it.read).collect();
    let read = inputs.and_then(|inputs| Expression::call(Language::Claims, method, inputs));
    Source { written, read }
}

/// The name of a resource of Microsoft Graph.
fn kind_of(of: &Value) -> &str {
    let name = text(of, "/@odata.type").unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

fn custom_claims(kind: &'static Kind, policy: &Value) -> Option<App> {
    let claims = list(policy, "/claims");
    let is_name_id = |claim: &&Value| kind_of(claim) == "samlNameIdClaim";
    let name_id = claims.iter().find(is_name_id);
    if name_id.is_none() && !(policy.get("includeBasicClaimSet").is_some() && policy.get("claims").is_some())
    {
        return None;
    }
    let source = match name_id.map(|claim| list(claim, "/configurations")) {
        Some([one]) if one.get("condition").is_none_or(Value::is_null) => configured(one),
        Some([]) | None => Source::unsaid(),
        Some(_) => Source { written: String::new(), read: Err(Unclear::Condition) },
    };
    let is_saml = |claim: &&Value| {
        let formats = list(claim, "/tokenFormat");
        kind_of(claim) == "customClaim" && formats.iter().any(|it| it.as_str() == Some("saml"))
    };
    let name = |claim: &Value| match (text(claim, "/namespace"), text(claim, "/name")?) {
        (Some(space), name) => Some(format!("{space}/{name}")),
        (None, name) => Some(name.to_owned()),
    };
    let has_basic = policy.get("includeBasicClaimSet").and_then(Value::as_bool) != Some(false);
    Some(App {
        name_id: source,
        format: name_id.and_then(|claim| text(claim, "/nameIdFormat")).map(str::to_owned),
        attributes: (!has_basic).then(|| claims.iter().filter(is_saml).filter_map(name).collect()),
        ..App::of(kind, text(policy, "/id").unwrap_or_default())
    })
}

/// The source of one configuration: an attribute, then one transformation after the other.
fn configured(of: &Value) -> Source {
    let attribute = |of: &Value| match kind_of(of) {
        "valueBasedAttribute" => {
            let value = of.get("value").and_then(Value::as_str).unwrap_or_default();
            Source { written: format!("\"{value}\""), read: Ok(Expression::constant(value)) }
        }
        _ => field(text(of, "/source").unwrap_or_default(), text(of, "/id")),
    };
    let mut last = of.get("attribute").filter(|it| it.is_object()).map(attribute);
    for (at, step) in list(of, "/transformations").iter().enumerate() {
        let input = |path: &str| step.pointer(path).filter(|it| it.is_object()).map(attribute);
        let first = match at {
            0 => input("/input/attribute").or_else(|| last.take()),
            _ => last.take(),
        };
        let method = kind_of(step);
        let method = method.strip_suffix("Transformation").unwrap_or(method);
        let separator = step.get("separator").and_then(Value::as_str).filter(|_| method == "join");
        let separator =
            separator.map(|it| Source { written: format!("\"{it}\""), read: Ok(Expression::constant(it)) });
        let second = input("/input2/attribute");
        last = Some(called(method, first.into_iter().chain(separator).chain(second).collect()));
    }
    last.unwrap_or_else(Source::unsaid)
}

/// A manifest of either format; the newer one has its addresses under `web`.
fn manifest(kind: &'static Kind, app: &Value) -> Option<App> {
    let is_one = app.get("appId").is_some()
        && app.get("identifierUris").is_some()
        && ["replyUrlsWithType", "web", "signInAudience"].iter().any(|name| app.get(name).is_some());
    let old = list(app, "/replyUrlsWithType").iter().filter_map(|it| text(it, "/url")).map(str::to_owned);
    let urls = old.chain(texts(app, "/web/redirectUris"));
    is_one.then(|| App {
        acs: urls.map(|url| ("Reply URL (Assertion Consumer Service URL)", url)).collect(),
        audiences: texts(app, "/identifierUris"),
        is_encrypted: app.get("tokenEncryptionKeyId").map(|key| !key.is_null()),
        ..App::of(kind, text(app, "/displayName").or_else(|| text(app, "/name")).unwrap_or_default())
    })
}
