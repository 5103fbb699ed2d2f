//! Fills the pages of `tests/pages` and of the stand-ins: the template language of `tests/pages/README.md`,
//! its four rules in their order. A name without a value is an error, never an empty place.

use anyhow::{Context, Result, bail};

/// The parts that pages include.
const PARTS: &[(&str, &str)] = &[
    ("head.html", include_str!("../../pages/head.html")),
    ("top_bar.html", include_str!("../../pages/top_bar.html")),
    ("flash.html", include_str!("../../pages/flash.html")),
    ("members.html", include_str!("../../pages/members.html")),
    ("verify_output.html", include_str!("../../pages/verify_output.html")),
];

/// Names and values.
pub(super) type Values<'page> = [(&'page str, String)];

/// The page with its parts, sections and values in place.
pub(super) fn fill(template: &str, values: &Values<'_>) -> Result<String> {
    let whole = replace(template, "{{> ", "}}", |part| {
        let found = PARTS.iter().find(|(name, _)| *name == part);
        Ok(found.with_context(|| format!("no part {part:?}"))?.1.to_owned())
    })?;
    let chosen = sections(&whole, values)?;
    replace(&chosen, "{{", "}}", |name| match value(values, name) {
        Some(value) => Ok(escaped(value)),
        None => bail!("no value for {{{{{name}}}}}"),
    })
}

/// `text` with the five characters escaped that mean something in HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match ESCAPES.iter().find(|(plain, _)| *plain == letter) {
            Some((_, escape)) => escaped.push_str(escape),
            None => escaped.push(letter),
        }
    }
    escaped
}

const ESCAPES: &[(char, &str)] =
    &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];

fn sections(template: &str, values: &Values<'_>) -> Result<String> {
    let mut rest = template;
    let mut chosen = String::new();
    while let Some((before, section)) = rest.split_once("{{#") {
        let (name, section) = section.split_once("}}").context("a section's name does not end")?;
        let end = format!("{{{{/{name}}}}}");
        let (inside, after) = section.split_once(&end).with_context(|| format!("no {end}"))?;
        chosen.push_str(before);
        if value(values, name).is_some_and(|it| !it.is_empty()) {
            chosen.push_str(inside);
        }
        rest = after;
    }
    Ok(chosen + rest)
}

fn replace(
    text: &str,
    open: &str,
    close: &str,
    replacement: impl Fn(&str) -> Result<String>,
) -> Result<String> {
    let mut rest = text;
    let mut replaced = String::new();
    while let Some((before, after)) = rest.split_once(open) {
        let (name, after) = after.split_once(close).with_context(|| format!("{open} without {close}"))?;
        replaced.push_str(before);
        replaced.push_str(&replacement(name)?);
        rest = after;
    }
    Ok(replaced + rest)
}

fn value<'values>(values: &'values Values<'_>, name: &str) -> Option<&'values str> {
    values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<(&'static str, String)> {
        vec![("name", "<A & \"B's\">".to_owned()), ("empty", String::new())]
    }

    #[test]
    fn escapes_values_and_keeps_or_drops_sections() -> Result<()> {
        let page = fill(
            "{{#name}}[{{name}}]{{/name}}{{#empty}}gone{{/empty}}{{#unknown}}too{{/unknown}}.",
            &values(),
        )?;
        assert_eq!(page, "[&lt;A &amp; &quot;B&#39;s&quot;&gt;].");
        Ok(())
    }

    #[test]
    fn includes_parts_and_fills_them() -> Result<()> {
        let values = [("flash_notice", "Hello".to_owned())];
        let page = fill("{{> flash.html}}", &values)?;
        assert!(page.contains("flash-notice") && page.contains("Hello") && !page.contains("{{"), "{page}");
        Ok(())
    }

    #[test]
    fn a_mistake_in_a_template_is_said() {
        for bad in ["{{nobody}}", "{{name", "{{#name}}x", "{{> nothing.html}}"] {
            assert!(fill(bad, &values()).is_err(), "{bad}");
        }
    }
}
