//! Advice on GitLab Dedicated, which is neither GitLab.com nor self-managed: its administrators have the
//! Admin area, and cannot change the configuration file. SAML of the whole instance is set up in
//! Switchboard, and what has no field there by a support ticket. GitLab's documentation: "SAML single
//! sign-on for GitLab Dedicated", and "Configure your GitLab Dedicated instance" on `gitlab.rb`.
//!
//! A table has, for each text that sends an administrator to that file, the one to say instead. Leaves out an
//! instance under a host name of the customer's own, which looks like a self-managed one.

use super::instance::Instance;
use crate::base::catalogue::Text;

/// The end of host names of GitLab Dedicated.
const DOMAIN: &str = ".gitlab-dedicated.com";

/// The keys of texts that need the configuration of an instance, and of what is said instead.
const INSTEAD: [(&str, &str); 7] = [
    ("remedy.longer-key", "remedy.longer-key.dedicated"),
    ("remedy.renew-certificate", "remedy.renew-certificate.dedicated"),
    ("remedy.set-clock", "remedy.set-clock.dedicated"),
    ("said.issuer.do", "said.issuer.do.dedicated"),
    ("said.no-uid-attribute.do", "said.no-uid-attribute.do.dedicated"),
    ("said.not-set-up.do", "said.not-set-up.do.dedicated"),
    ("said.other-certificate.do", "said.other-certificate.do.dedicated"),
];

/// The advice `text`, or what stands for it on GitLab Dedicated.
pub fn advice(text: Text, instance: Option<&Instance>) -> Text {
    let instead = INSTEAD.iter().find(|(key, _)| *key == text.key());
    match instead.filter(|_| instance.is_some_and(is_dedicated)) {
        Some((_, key)) => text.under(key),
        None => text,
    }
}

/// Whether this is an instance of GitLab Dedicated, as far as its host name says so.
fn is_dedicated(instance: &Instance) -> bool {
    let host = instance.origin.trim_start_matches("https://").split(':').next().unwrap_or_default();
    host.strip_suffix(DOMAIN).is_some_and(|tenant| !tenant.is_empty() && tenant != "console")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = include_str!("../base/catalogue/en.txt");

    #[test]
    fn a_gitlab_is_dedicated_by_its_host_name_alone() {
        for (url, expected) in [
            ("https://acme.gitlab-dedicated.com", true),
            ("https://ACME.gitlab-dedicated.com:8443/gitlab", true),
            ("https://a.b.gitlab-dedicated.com", true),
            ("https://console.gitlab-dedicated.com", false),
            ("https://gitlab-dedicated.com", false),
            ("https://acme.gitlab-dedicated.com.example.com", false),
            ("https://acmegitlab-dedicated.com", false),
            ("https://gitlab.com", false),
            ("https://gitlab.example.com/acme.gitlab-dedicated.com", false),
        ] {
            assert_eq!(is_dedicated(&Instance::at(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn each_advice_has_its_own_words_there_and_stays_elsewhere() {
        let dedicated = Instance::at("https://acme.gitlab-dedicated.com");
        for (key, instead) in INSTEAD {
            let said = |instance: Option<&Instance>| advice(Text::new(key), instance);
            assert_eq!(said(dedicated.as_ref()).key(), instead);
            let there = said(dedicated.as_ref()).to_string();
            let names_who = there.contains("Switchboard") || there.contains("GitLab Support");
            assert!(
                names_who && there.contains("GitLab Dedicated") && !there.contains("self-managed"),
                "{there}"
            );
            for other in [None, Some(Instance::gitlab_com()), Instance::at("https://gitlab.example.com")] {
                assert_eq!(said(other.as_ref()).key(), key);
            }
        }
    }

    /// Advice that names a setting of the configuration file holds on GitLab Dedicated, too.
    #[test]
    fn no_advice_sends_an_administrator_of_gitlab_dedicated_to_a_file() {
        let settings = ["allowed_clock_drift", "idp_entity_id", "uid_attribute"];
        let mut found = 0;
        for (key, text) in CATALOGUE.lines().filter_map(|line| line.split_once(" = ")) {
            let is_advice = ["remedy.", "said."].iter().any(|start| key.starts_with(start));
            let is_of_file = settings.iter().any(|setting| text.contains(setting));
            if is_advice && is_of_file && !key.ends_with(".dedicated") {
                assert!(INSTEAD.iter().any(|(known, _)| *known == key), "{key}");
                found += 1;
            }
        }
        assert_eq!(found, 3);
    }
}
