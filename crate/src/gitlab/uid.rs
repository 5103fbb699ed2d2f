//! Texts about what GitLab looks for, of a GitLab that looks for an attribute in place of the NameID
//! (`uid_attribute` of omniauth-saml).
//!
//! gitlab-facts 4.1: only the administrator of an instance can set it; for a group it is always the NameID. A
//! table has, for each text that calls it the NameID, the one that names the attribute; whoever says one of
//! them asks [`named`]. Leaves out texts that are of the NameID itself whatever GitLab looks for, and those
//! of groups.

use crate::base::catalogue::Text;

/// The keys of texts about what GitLab looks for, and of those that name the attribute.
const OF_ATTRIBUTE: [(&str, &str); 49] = [
    ("accept.uid", "accept.uid.uid"),
    ("attribution.stored", "attribution.stored.uid"),
    ("evidence.name-id", "evidence.name-id.uid"),
    ("fact.uid", "fact.uid.uid"),
    ("field.two", "field.two.uid"),
    ("mismatch.case-accepted", "mismatch.case-accepted.uid"),
    ("mismatch.different", "mismatch.different.uid"),
    ("mismatch.let-in", "mismatch.let-in.uid"),
    ("mismatch.unicode", "mismatch.unicode.uid"),
    ("mismatch.whitespace", "mismatch.whitespace.uid"),
    ("note.match-open.why", "note.match-open.why.uid"),
    ("note.match-perhaps.why", "note.match-perhaps.why.uid"),
    ("note.match-since.why", "note.match-since.why.uid"),
    ("note.match.why", "note.match.why.uid"),
    ("note.of-account.why", "note.of-account.why.uid"),
    ("note.refused.why", "note.refused.why.uid"),
    ("note.scim-differs-from-sent.why", "note.scim-differs-from-sent.why.uid"),
    ("other-user", "other-user.uid"),
    ("outcome.already-linked", "outcome.already-linked.uid"),
    ("outcome.email-taken", "outcome.email-taken.uid"),
    ("outcome.link-failed", "outcome.link-failed.uid"),
    ("outcome.linked", "outcome.linked.uid"),
    ("outcome.no-email", "outcome.no-email.uid"),
    ("owner.ask.agree", "owner.ask.agree.uid"),
    ("owner.ask.careful", "owner.ask.careful.uid"),
    ("owner.ask.find-identity", "owner.ask.find-identity.uid"),
    ("owner.ask.look-elsewhere", "owner.ask.look-elsewhere.uid"),
    ("owner.ask.other-user", "owner.ask.other-user.uid"),
    ("remedy.idp-sends-stored", "remedy.idp-sends-stored.uid"),
    ("remedy.unique-name-id", "remedy.unique-name-id.uid"),
    ("row.uid-with-saml", "row.uid-with-saml.uid"),
    ("row.uid-with-scim", "row.uid-with-scim.uid"),
    ("said.no-account", "said.no-account.uid"),
    ("said.uid-blank", "said.uid-blank.uid"),
    ("said.uid-blank.do", "said.uid-blank.do.uid"),
    ("said.uid-taken", "said.uid-taken.uid"),
    ("said.uid-taken.do", "said.uid-taken.do.uid"),
    ("said.user-taken", "said.user-taken.uid"),
    ("said.user-taken.do", "said.user-taken.do.uid"),
    ("self-check.refused", "self-check.refused.uid"),
    ("self-check.scim-differs", "self-check.scim-differs.uid"),
    ("short.case", "short.case.uid"),
    ("short.different", "short.different.uid"),
    ("short.match", "short.match.uid"),
    ("short.other-user", "short.other-user.uid"),
    ("short.unicode", "short.unicode.uid"),
    ("short.whitespace", "short.whitespace.uid"),
    ("verdict.match", "verdict.match.uid"),
    ("verdict.match-but-refused", "verdict.match-but-refused.uid"),
];

/// `text`, or what stands for it where GitLab looks for the attribute with this name.
pub fn named(text: Text, attribute: Option<&str>) -> Text {
    let instead = OF_ATTRIBUTE.iter().find(|(key, _)| *key == text.key());
    match attribute.zip(instead) {
        Some((attribute, (_, key))) => text.under(key).with("attribute", attribute),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const CATALOGUE: &str = include_str!("../base/catalogue/en.txt");

    fn sentence(key: &str) -> &'static str {
        let line = CATALOGUE.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.unwrap_or_else(|| panic!("{key}"))
    }

    fn placeholders(sentence: &str) -> BTreeSet<&str> {
        sentence.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    #[test]
    fn each_text_has_the_placeholders_of_the_one_that_it_stands_for_and_names_the_attribute() {
        for (key, instead) in OF_ATTRIBUTE {
            let (mut had, has) = (placeholders(sentence(key)), placeholders(sentence(instead)));
            // What it asks for is named in the sentence before.
            if key != "owner.ask.careful" {
                had.insert("attribute");
            }
            assert_eq!(has, had, "{instead}");
            // It may be said what the attribute is used for; called the NameID it never is.
            let rest =
                sentence(instead).replace("in place of the NameID", "").replace("used as the NameID", "");
            assert!(!rest.contains("NameID"), "{instead}: {rest}");
        }
        let keys = CATALOGUE.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
        for key in keys.filter(|key| key.ends_with(".uid")) {
            assert!(OF_ATTRIBUTE.iter().any(|(text, instead)| [*text, *instead].contains(&key)), "{key}");
        }
    }

    #[test]
    fn a_text_keeps_its_values_and_others_stay_as_they_are() {
        let text = || crate::text!("mismatch.different", sent = "{stored}", stored = "b");
        let shown = named(text(), Some("e{sent}")).to_string();
        assert!(
            shown.contains("“e{sent}”") && shown.contains("“{stored}”") && shown.contains("“b”"),
            "{shown}"
        );
        assert_eq!(named(text(), None), text());
        let other = crate::text!("accept.name-id");
        assert_eq!(named(other.clone(), Some("email")), other);
    }
}
