//! The address of a search engine, as a person may name it (RFC 3986).
//!
//! Left out on purpose: a user name and a password in it, which everybody on the machine could read in the
//! list of processes.

use crate::Problem;
use samlight::{base::redact, text};
use std::net::IpAddr;
use ureq::http::Uri;

/// An address without a slash at its end.
#[derive(Debug, PartialEq)]
pub(super) struct Address(String);

impl Address {
    /// The address that is named. `http:` leads to this machine, or to another one where `http_anywhere`.
    pub(super) fn of(named: &str, http_anywhere: bool) -> Result<Self, Problem> {
        // What stands before an @ can be a password: it is not repeated.
        if named.contains('@') {
            return Err(text!("cli.from.credential-in-url").into());
        }
        let not_one = || Problem::from(text!("cli.from.no-url", url = redact::url(named)));
        let uri: Uri = named.trim().parse().map_err(|_| not_one())?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(not_one)?;
        match scheme {
            _ if uri.query().is_some() || named.contains('#') => Err(not_one()),
            "https" => Ok(()),
            "http" if http_anywhere || is_loopback(host) => Ok(()),
            "http" => Err(text!("cli.from.http").into()),
            _ => Err(not_one()),
        }?;
        let path = uri.path().trim_end_matches('/');
        let authority = uri.authority().map(|it| it.as_str()).unwrap_or_default();
        Ok(Address(format!("{scheme}://{authority}{path}")))
    }

    /// Whether the connection is one of TLS.
    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The address of something below it.
    pub(super) fn below(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_ip = || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    host.eq_ignore_ascii_case("localhost") || is_ip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(named: &str, http_anywhere: bool) -> Result<String, String> {
        Address::of(named, http_anywhere).map(|it| it.below("x")).map_err(|problem| match problem {
            Problem::Said(text) => text,
            Problem::Unread => String::new(),
        })
    }

    #[test]
    fn https_leads_anywhere_and_http_only_to_this_machine() {
        for (named, below) in [
            ("https://logs.example.com", "https://logs.example.com/x"),
            ("https://logs.example.com:9243/es/", "https://logs.example.com:9243/es/x"),
            (" https://[2001:db8::1]:9200 ", "https://[2001:db8::1]:9200/x"),
            ("http://localhost:9200", "http://localhost:9200/x"),
            ("http://127.0.0.1:9200/", "http://127.0.0.1:9200/x"),
            ("http://127.1.2.3", "http://127.1.2.3/x"),
            ("http://[::1]:9200", "http://[::1]:9200/x"),
        ] {
            assert_eq!(of(named, false).as_deref(), Ok(below), "{named}");
        }
        for named in [
            "http://logs.example.com:9200",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://0.0.0.0",
        ] {
            assert!(of(named, false).is_err_and(|text| text.contains("--allow-http")), "{named}");
            assert!(of(named, true).is_ok(), "{named}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_a_password_is_not_repeated() {
        for named in [
            "",
            "logs.example.com",
            "ftp://logs.example.com",
            "https://",
            "https:///x",
            "https://logs.example.com/?x=1",
            "https://logs.example.com/#x",
            "https://a b",
        ] {
            assert!(of(named, true).is_err(), "{named}");
        }
        let refused = of("https://elastic:s3cr3t@logs.example.com", true);
        assert!(refused.is_err_and(|text| !text.contains("s3cr3t") && text.contains("SAMLIGHT_")));
    }
}
