//! The manifest of each browser, made from the one source `extension/manifest.json`.
//!
//! A browser is one row of [`BROWSERS`]: its name and what it changes in the source.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::package::Package;

/// A browser that the extension is built for.
pub(crate) struct Browser {
    /// Names the output folder and the zip.
    pub(crate) id: &'static str,
    /// Adapts the source manifest to the browser.
    adapt: fn(&mut Map<String, Value>),
}

/// Every browser. The source manifest is Chromium's, so Chromium changes nothing.
pub(crate) const BROWSERS: &[Browser] =
    &[Browser { id: "chromium", adapt: |_| {} }, Browser { id: "firefox", adapt: for_firefox }];

/// Chromium shows the panel of the developer tools as a frame in them; nothing else may frame an own page.
const FRAMED_BY_TOOLS: &str = "frame-ancestors devtools:";

/// Firefox has an event page where Chromium has a service worker, and a sidebar where Chromium has a side
/// panel, which needs no permission. Its store wants an id, and to be told what is collected: nothing.
/// Firefox reads the latter from version 140 on, which is therefore the oldest.
fn for_firefox(manifest: &mut Map<String, Value>) {
    manifest.remove("minimum_chrome_version");
    if let Some(permissions) = manifest.get_mut("permissions").and_then(Value::as_array_mut) {
        permissions.retain(|permission| permission != "sidePanel");
    }
    if let Some(background) = manifest.get_mut("background").and_then(Value::as_object_mut)
        && let Some(script) = background.remove("service_worker")
    {
        background.insert("scripts".into(), json!([script]));
    }
    if let Some(panel) = manifest.remove("side_panel") {
        // A sidebar that opens by itself after the installation would cover what the person does.
        let sidebar = json!({ "default_title": manifest["name"], "default_panel": panel["default_path"],
            "default_icon": manifest["icons"], "open_at_install": false });
        manifest.insert("sidebar_action".into(), sidebar);
    }
    // In the toolbar, where its badge is seen: in the menu of extensions nobody looks for a verdict. There,
    // Firefox 153 also keeps the popup of a version that was replaced, and the first press opens nothing.
    if let Some(action) = manifest.get_mut("action").and_then(Value::as_object_mut) {
        action.insert("default_area".into(), "navbar".into());
    }
    // Its developer tools frame no page of the extension.
    if let Some(policy) =
        manifest.get_mut("content_security_policy").and_then(|it| it.get_mut("extension_pages"))
        && let Some(text) = policy.as_str()
    {
        *policy = text.replace(FRAMED_BY_TOOLS, "frame-ancestors 'none'").into();
    }
    let gecko = json!({ "id": "samlight@samlight.example.com", "strict_min_version": "140.0",
        "data_collection_permissions": { "required": ["none"] } });
    manifest.insert("browser_specific_settings".into(), json!({ "gecko": gecko }));
}

impl Browser {
    /// The manifest's text for this browser: the source with the version and the browser's changes.
    ///
    /// # Errors
    /// When the source is not a JSON object, or names a version (it comes from the workspace alone).
    pub(crate) fn manifest(&self, source: &str, version: &str) -> Result<String> {
        let mut manifest: Map<String, Value> =
            serde_json::from_str(source).context("extension/manifest.json is not a JSON object")?;
        if manifest.contains_key("version") {
            bail!("extension/manifest.json names a version; it comes from Cargo.toml, so take it out");
        }
        manifest.insert("version".into(), version.into());
        (self.adapt)(&mut manifest);
        Ok(serde_json::to_string_pretty(&manifest)? + "\n")
    }
}

/// The files that a manifest names and the package does not hold.
///
/// # Errors
/// When the package has no manifest, or it is not JSON.
pub(crate) fn missing_files(package: &Package) -> Result<Vec<String>> {
    let bytes = package.file("manifest.json").context("the extension has no manifest.json")?;
    let mut named = Vec::new();
    collect_paths(&serde_json::from_slice(bytes)?, &mut named);
    named.sort();
    named.dedup();
    named.retain(|path| !package.contains(path));
    Ok(named)
}

/// Every string in a manifest that reads as a path of the extension, without its query.
fn collect_paths(value: &Value, paths: &mut Vec<String>) {
    const ENDINGS: &[&str] = &[".js", ".html", ".css", ".png", ".svg", ".json"];
    match value {
        Value::String(text) => {
            let path = text.split('?').next().unwrap_or_default();
            if ENDINGS.iter().any(|ending| path.ends_with(ending)) && !path.contains([' ', ':']) {
                paths.push(path.to_owned());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_paths(item, paths)),
        Value::Object(members) => members.values().for_each(|member| collect_paths(member, paths)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = include_str!("../../extension/manifest.json");

    #[test]
    fn the_version_comes_from_the_workspace() {
        let text = BROWSERS[0].manifest(SOURCE, "1.2.3").unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["version"], "1.2.3");
        assert!(BROWSERS[0].manifest(r#"{"version": "9"}"#, "1").is_err());
    }

    #[test]
    fn the_extension_asks_for_no_more_than_it_needs() {
        let manifest: Value = serde_json::from_str(SOURCE).unwrap();
        // "scripting" runs the content scripts on the GitLab instances that the person names, at run time.
        assert_eq!(
            manifest["permissions"],
            json!(["activeTab", "webRequest", "storage", "scripting", "sidePanel"])
        );
        assert_eq!(manifest["host_permissions"], json!(["https://gitlab.com/*"]));
        // Of these only the origins that the person names are ever asked for.
        let optional = json!(["https://*/*", "http://localhost/*", "http://127.0.0.1/*", "http://[::1]/*"]);
        assert_eq!(manifest["optional_host_permissions"], optional);
        assert!(manifest.get("web_accessible_resources").is_none());
        let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("http") && !policy.contains("unsafe-inline") && !policy.contains('*'));
    }

    #[test]
    fn firefox_gets_an_event_page_and_a_sidebar_and_asks_for_less() {
        let firefox = BROWSERS.iter().find(|browser| browser.id == "firefox").unwrap();
        let manifest: Value = serde_json::from_str(&firefox.manifest(SOURCE, "1").unwrap()).unwrap();
        let source: Value = serde_json::from_str(SOURCE).unwrap();
        assert_eq!(manifest["background"], json!({ "scripts": ["background/main.js"], "type": "module" }));
        assert_eq!(manifest["sidebar_action"]["default_panel"], source["side_panel"]["default_path"]);
        assert_eq!(manifest["action"]["default_area"], "navbar");
        assert_eq!(manifest["permissions"], json!(["activeTab", "webRequest", "storage", "scripting"]));
        assert_eq!(manifest["host_permissions"], source["host_permissions"]);
        assert_eq!(manifest["devtools_page"], source["devtools_page"]);
        let policy =
            |of: &Value| of["content_security_policy"]["extension_pages"].as_str().unwrap().to_owned();
        let (ours, theirs) = (policy(&manifest), policy(&source));
        assert_eq!(ours, theirs.replace(FRAMED_BY_TOOLS, "frame-ancestors 'none'"));
        assert!(ours != theirs);
        assert!(manifest.get("side_panel").is_none() && manifest.get("minimum_chrome_version").is_none());
        let gecko = &manifest["browser_specific_settings"]["gecko"];
        assert_eq!(gecko["data_collection_permissions"], json!({ "required": ["none"] }));
    }

    #[test]
    fn a_file_that_the_manifest_names_must_be_there() {
        let mut package = Package::default();
        package.add("manifest.json", SOURCE).unwrap();
        let missing = missing_files(&package).unwrap();
        assert!(missing.contains(&"background/main.js".to_owned()), "{missing:?}");
        assert!(missing.contains(&"panel/index.html".to_owned()), "{missing:?}");
        assert!(missing.contains(&"icons/recording-16.png".to_owned()), "{missing:?}");
        for path in missing {
            package.add(path, "").unwrap();
        }
        assert!(missing_files(&package).unwrap().is_empty());
    }
}
