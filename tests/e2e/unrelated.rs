//! 500 requests that have nothing to do with SAML, of the kinds that a browser sends to GitLab in a day. Each
//! carries a secret of its own: in its address, a header or its body.

use anyhow::{Context, Result};
use samlight_tests::browser::Page;
use samlight_tests::front::Front;
use serde_json::{Value, json};

/// The way in which a browser makes the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// By a script, with `fetch`.
    Script,
    /// In a frame of the page.
    Frame,
    /// In the tab itself.
    Tab,
}

/// The body that it sends. `{secret}` is where its secret is, here and in the address.
#[derive(Clone, Copy, Debug)]
enum Body {
    None,
    /// A form as browsers encode it.
    Form(&'static [(&'static str, &'static str)]),
    /// The same in parts, as with files.
    Parts(&'static [(&'static str, &'static str)]),
    Json(&'static str),
    Text(&'static str),
}

/// One kind of request, and how often it is made.
struct Kind {
    times: usize,
    how: How,
    method: &'static str,
    address: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: Body,
}

const fn kind(times: usize, how: How, method: &'static str, address: &'static str, body: Body) -> Kind {
    Kind { times, how, method, address, headers: &[], body }
}

const fn with_header(
    times: usize,
    address: &'static str,
    header: &'static [(&'static str, &'static str)],
) -> Kind {
    Kind { times, how: How::Script, method: "GET", address, headers: header, body: Body::None }
}

const KINDS: &[Kind] = &[
    // The API: secrets in the query, in headers, in JSON.
    kind(30, How::Script, "GET", "/api/v4/projects?private_token={secret}", Body::None),
    with_header(30, "/api/v4/projects", &[("PRIVATE-TOKEN", "{secret}")]),
    with_header(30, "/api/v4/projects", &[("Authorization", "Bearer {secret}")]),
    kind(
        30,
        How::Script,
        "POST",
        "/api/graphql",
        Body::Json(r#"{"query":"mutation","variables":{"password":"{secret}"}}"#),
    ),
    kind(
        30,
        How::Script,
        "POST",
        "/api/v4/session",
        Body::Json(r#"{"login":"somebody","password":"{secret}"}"#),
    ),
    kind(30, How::Script, "PUT", "/api/v4/application/settings", Body::Text("signing_key={secret}")),
    // GitLab's forms.
    kind(
        30,
        How::Script,
        "POST",
        "/users/sign_in",
        Body::Form(&[("user[login]", "somebody"), ("user[password]", "{secret}")]),
    ),
    kind(30, How::Script, "POST", "/-/profile", Body::Form(&[("user[name]", "{secret}")])),
    kind(
        30,
        How::Script,
        "POST",
        "/-/profile",
        Body::Parts(&[("user[name]", "{secret}"), ("token", "{secret}")]),
    ),
    kind(30, How::Script, "POST", "/users/verification", Body::Form(&[("token", "{secret}")])),
    kind(20, How::Script, "POST", "/groups/{group}/-/scim_oauth", Body::Json(r#"{"note":"{secret}"}"#)),
    kind(
        20,
        How::Frame,
        "POST",
        "/-/profile",
        Body::Form(&[("user[name]", "{secret}"), ("RelayState", "{secret}")]),
    ),
    kind(
        20,
        How::Frame,
        "POST",
        "/users/verification",
        Body::Form(&[("token", "{secret}"), ("Signature", "{secret}")]),
    ),
    kind(10, How::Tab, "POST", "/-/profile", Body::Form(&[("user[name]", "{secret}")])),
    kind(10, How::Tab, "POST", "/users/verification", Body::Form(&[("token", "{secret}")])),
    // Sign-ins of another kind: OAuth and OpenID Connect come back with codes and tokens.
    kind(
        20,
        How::Frame,
        "GET",
        "/users/auth/google_oauth2/callback?code={secret}&state={secret}",
        Body::None,
    ),
    kind(10, How::Tab, "GET", "/users/auth/google_oauth2/callback?code={secret}&state={secret}", Body::None),
    kind(
        20,
        How::Frame,
        "POST",
        "/users/auth/apple/callback",
        Body::Form(&[("code", "{secret}"), ("state", "{secret}")]),
    ),
    kind(
        10,
        How::Tab,
        "POST",
        "/users/auth/openid_connect/callback",
        Body::Form(&[("id_token", "{secret}"), ("state", "{secret}")]),
    ),
    kind(10, How::Tab, "GET", "/users/password/edit?reset_password_token={secret}", Body::None),
    // Fragments.
    kind(10, How::Frame, "GET", "/-/profile#access_token={secret}", Body::None),
    kind(10, How::Tab, "GET", "/-/profile#access_token={secret}", Body::None),
    // Nearly SAML.
    kind(
        10,
        How::Script,
        "GET",
        "/api/v4/projects?search=SAMLResponse%3D{secret}&samlresponse={secret}",
        Body::None,
    ),
    kind(10, How::Frame, "GET", "/-/profile#?SAMLResponse={secret}", Body::None),
    kind(10, How::Frame, "GET", "/-/profile?RelayState={secret}&Signature={secret}", Body::None),
];

/// The number of requests.
pub(crate) const COUNT: usize = 500;

/// The requests of one run.
pub(crate) struct Unrelated {
    /// The text that every secret begins with; long enough to be told from chance.
    pub(crate) marker: String,
    /// By which this run's requests are told from another's. It is no secret.
    run: u32,
}

impl Unrelated {
    pub(crate) fn new() -> Self {
        Unrelated { marker: format!("planted{:016x}n", fastrand::u64(..)), run: fastrand::u32(..) }
    }

    /// One secret; numbers from [`COUNT`] on are free for other uses.
    pub(crate) fn secret(&self, number: usize) -> String {
        format!("{}{number:04}", self.marker)
    }

    /// Sends all of them from `tab`, which must show a page of GitLab with an owner of the group signed in.
    pub(crate) fn send_all(&self, tab: &Page, group: &str) -> Result<()> {
        let kinds = KINDS.iter().flat_map(|kind| std::iter::repeat_n(kind, kind.times));
        let requests: Vec<_> =
            kinds.enumerate().map(|(number, kind)| (kind.how, self.request(kind, number, group))).collect();
        assert_eq!(requests.len(), COUNT);
        for how in [How::Script, How::Frame] {
            let together: Vec<_> = requests.iter().filter(|it| it.0 == how).map(|it| &it.1).collect();
            tab.evaluate(&format!(
                "{{ const postForm = {POST_FORM}; ({SEND_TOGETHER})({}) }}",
                json!(together)
            ))?;
        }
        for (_, request) in requests.iter().filter(|it| it.0 == How::Tab) {
            send_by_tab(tab, request).with_context(|| format!("sending {request}"))?;
        }
        Ok(())
    }

    /// The numbers of those that did not arrive at GitLab.
    pub(crate) fn missing(&self, front: &Front) -> Vec<usize> {
        let arrived = front.requests();
        let has_arrived = |number: &usize| arrived.iter().any(|it| it.target.ends_with(&self.name(*number)));
        (0..COUNT).filter(|number| !has_arrived(number)).collect()
    }

    /// The text at the end of a request's query.
    fn name(&self, number: usize) -> String {
        format!("run{}request{number}=", self.run)
    }

    fn request(&self, kind: &Kind, number: usize, group: &str) -> Value {
        let secret = self.secret(number);
        let filled = |text: &str| text.replace("{secret}", &secret).replace("{group}", group);
        let pairs = |pairs: &[(&str, &str)]| -> Vec<Value> {
            pairs.iter().map(|(name, value)| json!([name, filled(value)])).collect()
        };
        let (location, fragment) = kind.address.split_once('#').unwrap_or((kind.address, ""));
        let joint = if location.contains('?') { '&' } else { '?' };
        let address = format!("{}{joint}{}#{}", filled(location), self.name(number), filled(fragment));
        let (body_kind, body) = match kind.body {
            Body::None => ("none", Value::Null),
            Body::Form(fields) => ("form", pairs(fields).into()),
            Body::Parts(fields) => ("parts", pairs(fields).into()),
            Body::Json(text) => ("application/json", filled(text).into()),
            Body::Text(text) => ("text/plain", filled(text).into()),
        };
        json!({ "how": format!("{:?}", kind.how), "method": kind.method, "address": address.trim_end_matches('#'),
            "headers": pairs(kind.headers), "kind": body_kind, "body": body })
    }
}

/// Goes there and waits until the next document has been loaded.
fn send_by_tab(tab: &Page, request: &Value) -> Result<()> {
    tab.wait_for("document.readyState === 'complete'")?;
    tab.leave(&format!(
        "const request = {request};
         if (request.kind === 'none') location.assign(request.address);
         else ({POST_FORM})(request, '_self');"
    ))?;
    tab.wait_for("document.readyState === 'complete'")?;
    Ok(())
}

/// Posts a form as a page does, with the page's own `authenticity_token`.
const POST_FORM: &str = "({ address, body }, target) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: address, target });
    const csrf = document.querySelector('meta[name=csrf-token]')?.content;
    for (const [name, value] of [...body, ...(csrf ? [['authenticity_token', csrf]] : [])])
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    document.body.append(form);
    form.submit();
    form.remove();
}";

/// Makes requests by script and in frames, eight at a time, and waits for all answers.
const SEND_TOGETHER: &str = "async requests => {
    const csrf = document.querySelector('meta[name=csrf-token]').content;
    const pairs = ({ kind, body }) => {
        const form = kind === 'form' ? new URLSearchParams() : new FormData();
        body.forEach(([name, value]) => form.append(name, value));
        return form;
    };
    const send = {
        Script: async request => {
            const { address, method, kind } = request;
            const headers = new Headers(request.headers);
            if (method !== 'GET') headers.set('X-CSRF-Token', csrf);
            if (kind.includes('/')) headers.set('Content-Type', kind);
            const body = kind === 'none' ? undefined : Array.isArray(request.body) ? pairs(request) : request.body;
            await (await fetch(address, { method, headers, body })).text();
        },
        Frame: request => new Promise(done => {
            const frame = Object.assign(document.createElement('iframe'), { name: 'frame' + Math.random(), hidden: true });
            document.body.append(frame);
            frame.onload = () => { frame.remove(); done(); };
            if (request.kind === 'none') frame.src = request.address;
            else postForm(request, frame.name);
        }),
    };
    const waiting = [...requests];
    const one = async () => { for (let next; (next = waiting.shift()); ) await send[next.how](next); };
    await Promise.all(Array.from({ length: 8 }, one));
}";
