//! The life of one person in a year: what their identity provider sends, what GitLab does with it by
//! gitlab-facts 3.7, what both log, and what the story must say of it.

use crate::{
    generated::{Chance, Happened, Line},
    lines::{self, Provider, identifier},
};
use serde_json::{Value, json};

const FIRST: [&str; 12] =
    ["Ada", "Bob", "Eve", "Kim", "Lea", "Max", "Noa", "Oda", "Pia", "Rik", "Sol", "Uma"];
const LAST: [&str; 10] = ["Low", "Roe", "Day", "Fox", "Gil", "Hay", "Ito", "Kay", "Lim", "Moe"];
const EMAIL: &str = "emails[type eq \"work\"].value";
const TAKEN: &str = "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"detail\":\"Error saving user with {}: User has already been taken\",\"status\":409}";

pub(crate) struct Life {
    number: usize,
    provider: Provider,
    /// The identifier that the identity provider has.
    id: String,
    /// The one that GitLab has; empty where nothing is stored.
    stored: String,
    is_active: bool,
    saml: String,
    email: String,
    user_name: String,
    name: (String, String),
    at: u64,
    happened: Vec<Happened>,
}

type Named = (String, String, Option<String>);

fn named(name: &str, value: &str) -> Named {
    (name.to_owned(), value.to_owned(), None)
}

impl Life {
    pub(crate) fn new(number: usize, chance: &mut Chance) -> Life {
        let provider = if number.is_multiple_of(2) { Provider::Entra } else { Provider::Okta };
        let first = FIRST[chance.below(FIRST.len())];
        let last = LAST[chance.below(LAST.len())];
        Life {
            number,
            provider,
            id: identifier(provider, chance),
            stored: String::new(),
            is_active: false,
            saml: String::new(),
            email: format!("{first}.{last}.{number}@example.com").to_lowercase(),
            // Two people can have the same; a user name that is an address is theirs alone.
            user_name: format!("{first}{last}").to_lowercase(),
            name: (first.to_owned(), last.to_owned()),
            at: chance.below(20 * 86_400) as u64 * 1_000 + number as u64 % 1_000,
            happened: Vec::new(),
        }
    }

    /// A value by which the story is asked for: another kind of value from one to the next.
    pub(crate) fn asked(&self, at: usize) -> String {
        match at % 4 {
            0 => self.email.clone(),
            1 => self.id.clone(),
            2 if !self.stored.is_empty() => self.user_id(),
            _ => self.email.to_uppercase(),
        }
    }

    fn user_id(&self) -> String {
        (100_000 + self.number).to_string()
    }

    /// All that happened, in the order of time, and the identities that GitLab has stored in the end.
    pub(crate) fn happened(&self) -> Vec<Happened> {
        let mut all = self.happened.clone();
        let stored = |values: Vec<Named>| Happened {
            at: None,
            source: "gitlab-answer",
            action: String::new(),
            what: "stored",
            status: None,
            values,
            is_change: false,
        };
        if !self.stored.is_empty() {
            let id = named("user id", &self.user_id());
            all.push(stored(vec![id.clone(), named("SAML extern_uid", &self.saml)]));
            let active = named("SCIM active", &self.is_active.to_string());
            all.push(stored(vec![id, named("SCIM extern_uid", &self.stored), active]));
        }
        all
    }

    /// The entries of this person in GitLab's lists of SAML and of SCIM identities.
    pub(crate) fn stored(&self) -> [String; 2] {
        if self.stored.is_empty() {
            return ["{}".to_owned(), "{}".to_owned()];
        }
        let id = 100_000 + self.number;
        [
            json!({"extern_uid": self.saml, "user_id": id}).to_string(),
            json!({"extern_uid": self.stored, "user_id": id, "active": self.is_active}).to_string(),
        ]
    }

    pub(crate) fn live(&mut self, lines_most: usize, chance: &mut Chance, out: &mut Vec<Line>) {
        let begins = out.len();
        let share = 340 * 86_400_000 / (lines_most as u64 + 10);
        while out.len() - begins < lines_most {
            self.wait(share, chance);
            match (self.stored.is_empty(), self.is_active) {
                (true, _) => match chance.below(6) {
                    0 => self.refused_before(chance, out),
                    1 if self.provider == Provider::Entra => self.skipped(out),
                    _ => self.provision(out),
                },
                (false, false) => match chance.below(3) {
                    0 => self.sign_in(false, out),
                    1 => self.switch(true, out),
                    _ => self.wake(out),
                },
                (false, true) => match chance.below(20) {
                    0 => self.switch(false, out),
                    1 => self.remove(out),
                    2 => self.change(chance, out),
                    3 | 4 => self.taken(chance, out),
                    5 => self.unknown(chance, out),
                    6 => self.not_allowed(chance, out),
                    7 => self.busy(chance, out),
                    8 => self.filter(out),
                    9 => self.delete(412, "refused", out),
                    10 => self.put(out),
                    11 | 12 => self.in_capitals(out),
                    13..=15 => self.sign_in(true, out),
                    _ => self.update(chance, out),
                },
            }
        }
        if self.stored.is_empty() {
            self.wait(share, chance);
            self.provision(out);
        }
    }

    fn wait(&mut self, most: u64, chance: &mut Chance) {
        self.at += 60_000 + (chance.next() % most.max(1)) / 1_000 * 1_000;
    }

    /// The next moment of what belongs together.
    fn tick(&mut self) -> u64 {
        self.at += 1_037;
        self.at
    }

    fn note(
        &mut self,
        at: u64,
        (source, action): (&'static str, &str),
        what: &'static str,
        status: Option<u16>,
        values: Vec<Named>,
    ) {
        let changes = ["provisioned", "changed", "deactivated", "activated", "removed", "sent"];
        self.happened.push(Happened {
            at: Some(lines::time(at)),
            source,
            action: action.to_owned(),
            what,
            status,
            values,
            is_change: changes.contains(&what),
        });
    }

    fn path(&self, id: &str) -> String {
        format!("/api/scim/v2/groups/acme/Users/{id}")
    }

    fn look_up(&mut self, status: u16, out: &mut Vec<Line>) {
        let at = self.tick();
        let (attribute, value) = match self.provider {
            Provider::Entra => ("externalId", self.id.clone()),
            Provider::Okta => ("userName", self.email.clone()),
        };
        let filter = json!(format!("{attribute} eq \"{value}\""));
        out.push(lines::scim(at, "GET", "/api/scim/v2/groups/acme/Users", status, &[("filter", filter)]));
        let what = if status == 200 { "looked-up" } else { "refused" };
        self.note(at, ("gitlab-log", "GET Users"), what, Some(status), vec![named(attribute, &value)]);
    }

    fn user(&self, has_email: bool) -> (Vec<(&'static str, Value)>, Vec<Named>) {
        let user_name = match self.provider {
            Provider::Entra => &self.user_name,
            Provider::Okta => &self.email,
        };
        let (first, last) = &self.name;
        let whole = format!("{first} {last}");
        let mut params = vec![
            ("schemas", json!(["urn:ietf:params:scim:schemas:core:2.0:User"])),
            ("externalId", json!(self.id)),
            ("userName", json!(user_name)),
            ("active", json!(true)),
        ];
        let mut values = vec![named("externalId", &self.id), named("userName", user_name)];
        if has_email {
            params.push(("emails", json!([{"primary": true, "type": "work", "value": self.email}])));
            values.push(named(EMAIL, &self.email));
        }
        match self.provider {
            Provider::Entra => {
                let name = json!({"formatted": whole, "familyName": last, "givenName": first});
                params.push(("name", name));
                values.push(named("name.formatted", &whole));
            }
            Provider::Okta => params.extend([
                ("name", json!({"familyName": last, "givenName": first})),
                ("displayName", json!(whole)),
                ("password", json!("[FILTERED]")),
            ]),
        }
        values.extend([named("name.givenName", first), named("name.familyName", last)]);
        if self.provider == Provider::Okta {
            values.push(named("displayName", &whole));
        }
        (params, values)
    }

    fn post(&mut self, status: u16, has_email: bool, out: &mut Vec<Line>) {
        let at = self.tick();
        let (params, values) = self.user(has_email);
        out.push(lines::scim(at, "POST", "/api/scim/v2/groups/acme/Users", status, &params));
        let what = match status {
            201 => "provisioned",
            500.. => "failed",
            _ => "refused",
        };
        self.note(at, ("gitlab-log", "POST Users"), what, Some(status), values);
    }

    fn patch(
        &mut self,
        id: &str,
        changes: &[(&str, &str)],
        status: u16,
        what: &'static str,
        out: &mut Vec<Line>,
    ) {
        let at = self.tick();
        let operations: Vec<Value> = changes
            .iter()
            .map(|(path, value)| match self.provider {
                Provider::Entra => json!({"op": "Replace", "path": path, "value": value}),
                Provider::Okta if *path == "active" => {
                    json!({"op": "replace", "value": {"active": *value == "True"}})
                }
                Provider::Okta => json!({"op": "replace", "path": path, "value": value}),
            })
            .collect();
        out.push(lines::scim(at, "PATCH", &self.path(id), status, &[("Operations", json!(operations))]));
        let mut values = vec![named("id", id)];
        values.extend(changes.iter().map(|(path, value)| {
            let before = (what == "changed" && *path == "externalId").then(|| id.to_owned());
            let is_small = self.provider == Provider::Okta && *path == "active";
            let value = if is_small { value.to_lowercase() } else { (*value).to_owned() };
            ((*path).to_owned(), value, before)
        }));
        self.note(at, ("gitlab-log", "PATCH Users"), what, Some(status), values);
    }

    /// The identity provider's own event of what it did.
    fn told(
        &mut self,
        action: (&str, &str),
        result: Result<(), &str>,
        changed: &[(&str, &str, &str)],
        out: &mut Vec<Line>,
    ) {
        let at = self.tick();
        let (what, status) = match result {
            Ok(()) => ("sent", None),
            Err(reason) => ("not-done", reason.contains("409").then_some(409)),
        };
        let whole = format!("{} {}", self.name.0, self.name.1);
        match self.provider {
            Provider::Entra => {
                let details = json!({"userPrincipalName": self.email});
                let who =
                    json!({"identityType": "user", "id": self.id, "displayName": whole, "details": details});
                let modified = changed.iter().map(|(name, old, new)| {
                    json!({"displayName": name, "newValue": format!("\"{new}\""),
                        "oldValue": if old.is_empty() { Value::Null } else { json!(format!("\"{old}\"")) }})
                });
                let modified: Vec<Value> = modified.collect();
                let result_name = if result.is_ok() { "success" } else { "failure" };
                let reason = result.err().unwrap_or_default();
                out.push(lines::entra(at, action.0, result_name, reason, &who, &json!(modified)));
                let values = changed.iter().map(|(name, old, new)| {
                    ((*name).to_owned(), (*new).to_owned(), (!old.is_empty()).then(|| (*old).to_owned()))
                });
                let values = values.collect();
                self.note(at, ("entra", action.0), what, status, values);
            }
            Provider::Okta => {
                let target =
                    json!({"id": "0ua1", "type": "AppUser", "alternateId": self.email, "displayName": whole});
                let actor = json!({"id": "0oa1", "type": "SystemPrincipal", "displayName": "Okta System"});
                let (name, reason) = match result {
                    Ok(()) => ("SUCCESS", ""),
                    Err(reason) => ("FAILURE", reason),
                };
                out.push(lines::okta(at, action.1, name, reason, &actor, &target));
                self.note(at, ("okta", action.1), what, status, Vec::new());
            }
        }
    }

    fn provision(&mut self, out: &mut Vec<Line>) {
        self.look_up(200, out);
        self.post(201, true, out);
        if self.stored.is_empty() {
            self.saml = self.id.clone();
        }
        self.stored = self.id.clone();
        self.is_active = true;
        let (id, email) = (self.id.clone(), self.email.clone());
        let changed = [("externalId", "", id.as_str()), (EMAIL, "", email.as_str())];
        self.told(("create", "application.provision.user.push"), Ok(()), &changed, out);
    }

    fn refused_before(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        match chance.below(4) {
            0 => self.look_up(401, out),
            1 => self.post(412, false, out),
            2 => self.post(429, true, out),
            _ => self.post(500, true, out),
        }
    }

    fn skipped(&mut self, out: &mut Vec<Line>) {
        let at = self.tick();
        let whole = format!("{} {}", self.name.0, self.name.1);
        let details = json!({"userPrincipalName": self.email});
        let who = json!({"identityType": "user", "id": self.id, "displayName": whole, "details": details});
        out.push(lines::entra(at, "create", "skipped", "User is not in scope", &who, &json!([])));
        self.note(at, ("entra", "create"), "skipped", None, Vec::new());
    }

    /// Names and addresses are taken and ignored (15.0).
    fn update(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        let id = self.stored.clone();
        self.look_up(200, out);
        let names = ["displayName", "name.familyName", "title"];
        let attribute = names[chance.below(names.len())];
        let value = format!("New {}", chance.below(3));
        self.patch(&id, &[(attribute, &value)], 204, "ignored", out);
        let action = ("update", "application.provision.user.push_profile");
        self.told(action, Ok(()), &[(attribute, "Old", &value)], out);
    }

    /// GitLab finds a SCIM identity whatever its case.
    fn in_capitals(&mut self, out: &mut Vec<Line>) {
        let id = self.stored.to_uppercase();
        self.patch(&id, &[("displayName", "Capitals")], 204, "ignored", out);
    }

    fn switch(&mut self, on: bool, out: &mut Vec<Line>) {
        let id = self.stored.clone();
        self.patch(
            &id,
            &[("active", if on { "True" } else { "False" })],
            204,
            if on { "activated" } else { "deactivated" },
            out,
        );
        self.is_active = on;
        let action = match on {
            true => ("update", "application.provision.user.reactivate"),
            false => ("disable", "application.provision.user.deactivate"),
        };
        self.told(
            action,
            Ok(()),
            &[("active", if on { "False" } else { "True" }, if on { "True" } else { "False" })],
            out,
        );
    }

    /// Any PATCH of an inactive identity activates it, and does nothing else.
    fn wake(&mut self, out: &mut Vec<Line>) {
        let id = self.stored.clone();
        self.patch(
            &id,
            &[("externalId", "ignored-for-it-is-inactive"), ("displayName", "x")],
            204,
            "activated",
            out,
        );
        self.is_active = true;
    }

    fn remove(&mut self, out: &mut Vec<Line>) {
        if self.provider == Provider::Okta {
            return self.switch(false, out);
        }
        self.delete(204, "removed", out);
        self.is_active = false;
        self.told(("delete", ""), Ok(()), &[], out);
    }

    /// The app gives the identity another identifier, in time.
    fn change(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        let (old, new) = (self.stored.clone(), identifier(self.provider, chance));
        self.patch(&old, &[("externalId", &new)], 204, "changed", out);
        self.stored = new.clone();
        self.id = new.clone();
        self.told(
            ("update", "application.provision.user.push_profile"),
            Ok(()),
            &[("externalId", &old, &new)],
            out,
        );
    }

    /// The identity provider has another identifier, and GitLab does not take it; again and again. In the end
    /// the identifier is the old one again.
    fn taken(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        let old = std::mem::replace(&mut self.id, identifier(self.provider, chance));
        for _ in 0..=chance.below(8) {
            self.look_up(200, out);
            self.post(409, true, out);
            let (id, email) = (self.id.clone(), self.email.clone());
            let changed = [("externalId", "", id.as_str()), (EMAIL, "", email.as_str())];
            self.told(("create", "application.provision.user.push"), Err(TAKEN), &changed, out);
            self.at += 40 * 60_000;
        }
        self.id = old;
    }

    fn unknown(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        // Nobody knows whose it is, but for the address that is sent with it.
        let gone = identifier(self.provider, chance);
        let email = self.email.clone();
        self.patch(&gone, &[(EMAIL, &email)], 404, "refused", out);
    }

    /// 403 for switching off, which the group's IP restriction does.
    fn not_allowed(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        let id = self.stored.clone();
        for _ in 0..=chance.below(3) {
            self.patch(&id, &[("active", "False")], 403, "refused", out);
            self.at += 60 * 60_000;
        }
    }

    fn busy(&mut self, chance: &mut Chance, out: &mut Vec<Line>) {
        let id = self.stored.clone();
        let (status, what) =
            [(401, "refused"), (429, "refused"), (500, "failed"), (502, "failed")][chance.below(4)];
        self.patch(&id, &[("displayName", "Busy")], status, what, out);
        self.patch(&id, &[("displayName", "Busy")], 204, "ignored", out);
    }

    fn filter(&mut self, out: &mut Vec<Line>) {
        let at = self.tick();
        let filter = json!(format!("emails.value eq \"{}\"", self.email));
        out.push(lines::scim(at, "GET", "/api/scim/v2/groups/acme/Users", 412, &[("filter", filter)]));
        let values = vec![named("emails.value", &self.email)];
        self.note(at, ("gitlab-log", "GET Users"), "refused", Some(412), values);
    }

    fn delete(&mut self, status: u16, what: &'static str, out: &mut Vec<Line>) {
        let (at, id) = (self.tick(), self.stored.clone());
        out.push(lines::scim(at, "DELETE", &self.path(&id), status, &[]));
        self.note(at, ("gitlab-log", "DELETE Users"), what, Some(status), vec![named("id", &id)]);
    }

    fn put(&mut self, out: &mut Vec<Line>) {
        let (at, id) = (self.tick(), self.stored.clone());
        let (params, mut values) = self.user(true);
        out.push(lines::scim(at, "PUT", &self.path(&id), 405, &params));
        values.insert(0, named("id", &id));
        self.note(at, ("gitlab-log", "PUT Users"), "refused", Some(405), values);
    }

    /// Okta logs who signs in to an app, with what the app calls them.
    fn sign_in(&mut self, is_let_in: bool, out: &mut Vec<Line>) {
        if self.provider == Provider::Entra {
            return if self.is_active { self.in_capitals(out) } else { self.wake(out) };
        }
        let at = self.tick();
        let whole = format!("{} {}", self.name.0, self.name.1);
        let actor = json!({"id": self.id, "type": "User", "alternateId": self.email, "displayName": whole});
        let target = json!({"id": "0ua1", "type": "AppUser", "alternateId": self.saml, "displayName": whole});
        let (result, what) =
            if is_let_in { ("SUCCESS", "signed-in") } else { ("FAILURE", "sign-in-refused") };
        let reason = if is_let_in { "" } else { "User is not assigned to the app" };
        out.push(lines::okta(at, "user.authentication.sso", result, reason, &actor, &target));
        self.note(at, ("okta", "user.authentication.sso"), what, None, vec![named("NameID", &self.saml)]);
    }
}
