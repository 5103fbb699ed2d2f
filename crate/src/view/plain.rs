//! The verdict in everyday words, for whoever has never heard of SAML and wants to sign in: what happened,
//! whose fault it is not, and no value.
//!
//! Step 13, review items 9 and 13. Leaves out: all that is seldom, or is no refusal; there the verdict says
//! it.

use crate::{base::catalogue::Text, text};

/// The everyday words for the finding whose text has `key`; none where the finding says it best.
pub(super) fn of(key: &str) -> Option<Text> {
    Some(match key {
        "mismatch.case" => text!("plain.case"),
        "mismatch.whitespace" => text!("plain.whitespace"),
        "mismatch.unicode" => text!("plain.unicode"),
        "mismatch.different" => text!("plain.different"),
        "not-stored" => text!("plain.not-stored"),
        "other-user" => text!("plain.other-user"),
        "transient" => text!("plain.transient"),
        "name-id-missing.absent" | "name-id-missing.empty" | "name-id-missing.no-assertion" => {
            text!("plain.no-id")
        }
        "acs-differs" | "audience-differs" => text!("plain.address"),
        "fingerprint-differs" => text!("plain.certificate"),
        "clock-skew.early" | "clock-skew.late" => text!("plain.clock"),
        "status.refused" | "status.refused-because" => text!("plain.refused"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::catalogue::entries;

    #[test]
    fn everyday_words_name_no_thing_of_saml_and_no_value() {
        let all: Vec<(&str, &str)> = entries(include_str!("../base/catalogue/en.txt")).collect();
        let plain: Vec<_> = all.iter().filter(|(key, _)| key.starts_with("plain.")).collect();
        let said: Vec<String> = all.iter().filter_map(|(key, _)| of(key)).map(|it| it.to_string()).collect();
        assert!(plain.iter().all(|(_, sentence)| said.contains(&(*sentence).to_owned())), "{plain:?}");
        for (key, sentence) in plain {
            for word in ["SAML", "NameID", "Response", "assertion", "identifier", "{"] {
                assert!(!sentence.contains(word), "{key} = {sentence}");
            }
        }
        assert_eq!(of("mismatch.let-in"), None);
    }
}
