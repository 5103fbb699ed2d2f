//! A GitLab instance: its origin and relative URL root.
//!
//! An origin that was never named a GitLab is never treated as one. GitLab.com is named from the start; others are
//! named by the person, in [`Settings`](super::settings::Settings). An instance can live under a relative URL root
//! (`gon.relative_url_root`): `https://host/gitlab`.

use crate::address::Address;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A GitLab instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// `https://gitlab.com`.
    pub origin: String,
    /// `/gitlab`, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub root: String,
}

impl Instance {
    /// GitLab.com.
    pub fn gitlab_com() -> Self {
        Instance { origin: "https://gitlab.com".into(), root: String::new() }
    }

    /// The instance at `url`: its origin, and its path as the relative URL root. `None` when it is no http(s) URL.
    pub fn at(url: &str) -> Option<Self> {
        let address = Address::parse(url)?;
        Some(Instance {
            origin: address.origin.to_ascii_lowercase(),
            root: address.path.trim_end_matches('/').to_owned(),
        })
    }

    /// The path of `address` below this instance's root, beginning with `/`; `None` when it lies elsewhere.
    pub fn path_of<'a>(&self, address: &Address<'a>) -> Option<&'a str> {
        if !address.origin.eq_ignore_ascii_case(&self.origin) {
            return None;
        }
        match address.path.strip_prefix(self.root.as_str())? {
            "" => Some("/"),
            path if path.starts_with('/') => Some(path),
            _ => None,
        }
    }

    /// The address of `path` (with its leading `/`) on this instance.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.root)
    }

    /// Whether this is GitLab.com, where group SAML is the rule and there is no administrator to ask.
    pub fn is_gitlab_com(&self) -> bool {
        *self == Instance::gitlab_com()
    }
}

impl fmt::Display for Instance {
    /// `gitlab.com`, `gitlab.example.com/gitlab`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        write!(f, "{host}{}", self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_the_relative_root_is_found_and_a_neighbour_is_not() {
        let instance = Instance::at("https://Host.example.com/gitlab/").unwrap();
        let path = |url| instance.path_of(&Address::parse(url).unwrap()).map(str::to_owned);
        assert_eq!(path("https://host.example.com/gitlab/groups/acme").as_deref(), Some("/groups/acme"));
        assert_eq!(path("https://host.example.com/gitlab").as_deref(), Some("/"));
        assert_eq!(path("https://host.example.com/gitlabber/groups"), None);
        assert_eq!(path("https://other.example.com/gitlab/groups"), None);
        assert_eq!(instance.to_string(), "host.example.com/gitlab");
    }
}
