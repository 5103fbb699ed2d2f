//! Any error text explained: what it means, who can fix it, what to do.
//!
//! Row R19 and the messages of gitlab-facts sections 1, 2 and 5 (E01 to E67, S01 to S18, "Verify SAML
//! Configuration"), with the identity providers' own. A text is unwrapped (`plain.rs`), cut into words
//! (`words.rs`), and every message in it is answered (`known.rs`). Where a message has two readings, what
//! stands around it decides: a text that names SAML is about signing in. Where nothing decides, both are
//! given, the likelier first. What is not known is said to be so, with what is nearest and what to bring
//! instead. Leaves out: what a message says of one person, which is compared where that person is known.

pub mod clues;
mod context;
mod entra;
mod gitlab;
mod known;
mod logged;
mod nearest;
mod plain;
mod provider;
mod words;

use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    encoding,
    gitlab::{docs, messages::Who},
    scim::{
        Statement,
        evidence::{self, Asked},
    },
    text,
};
use clues::Clues;
use context::Stands;
use known::{Found, Meaning};
use serde::Serialize;
use words::Word;

/// Characters of a text that are looked at. One message has some hundred, a page of HTML around it some
/// thousand.
const PASTED: usize = 256 * 1024;

/// The address that each request of SCIM has.
const OF_SCIM: &str = "/scim/v2";

/// The thing that a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A sign-in with SAML, or the linking of an account.
    Saml,
    /// Provisioning with SCIM.
    Scim,
    /// A page of GitLab, whatever led to it.
    Page,
    /// A page or a log of the identity provider.
    Provider,
}

/// The certainty that this is what the text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The message stands there and has one meaning.
    Certain,
    /// The message stands in a sentence of somebody's own, or has another meaning, too.
    Likely,
}

/// One message that is in a text, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// The message, as it stands in the text.
    pub said: String,
    /// The thing that it is about.
    pub reading: Reading,
    /// The certainty of that.
    pub certainty: Certainty,
    /// The weight of the problem.
    pub severity: Severity,
    /// The meaning in one sentence.
    pub means: String,
    /// The people who can fix it.
    pub who: Who,
    /// The steps to take, the safest first.
    pub steps: Vec<Step>,
    /// The public documentation of it.
    pub link: &'static str,
    /// The meaning's key in the catalogue.
    #[serde(skip)]
    pub key: &'static str,
}

/// The answer to a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Its messages; of those that have two readings, the likelier first.
    pub explained: Vec<Explained>,
    /// The sentence that says that none in it is known.
    pub unknown: String,
    /// Known messages with some of its words, where it has none that is known.
    pub nearest: Vec<String>,
    /// Texts and files to bring instead, where it has none that is known.
    pub bring: Vec<Step>,
}

/// Explains every known message in `whole`; of a log, all that it tells.
pub fn explain(whole: &str) -> Answer {
    let explained = messages(whole);
    if !explained.is_empty() {
        return Answer { explained, ..Answer::default() };
    }
    let text = plain_of(whole);
    let words = words::words(&text);
    let unknown = match logged::unknown(whole) {
        Some(of_log) => of_log,
        None if text.trim().is_empty() => text!("explain.empty"),
        None => text!("explain.unknown"),
    };
    let step = |text: Text, link: Option<&str>| Step {
        text: text.to_string(),
        link: link.map(str::to_owned),
        by: None,
    };
    let bring = vec![
        step(text!("explain.bring.whole"), Some(docs::TROUBLESHOOTING)),
        step(text!("explain.bring.trace"), None),
        step(text!("explain.bring.scim"), Some(docs::TROUBLESHOOTING_SCIM)),
    ];
    Answer { explained, unknown: unknown.to_string(), nearest: nearest::nearest(&words), bring }
}

/// The beginning of a text without what it is wrapped in.
fn plain_of(whole: &str) -> String {
    let pasted: String = whole.chars().take(PASTED).collect();
    let mut text = plain::plain(&pasted);
    // A status alone is that of an answer.
    const STATUSES: [&str; 9] = ["403", "404", "422", "429", "500", "501", "502", "503", "504"];
    if STATUSES.contains(&text.trim()) {
        text.insert_str(0, "HTTP ");
    }
    text
}

/// The messages in a text that are known, explained.
fn messages(whole: &str) -> Vec<Explained> {
    let text = plain_of(whole);
    let words = words::words(&text);
    let found = known::found(&text, &words);
    Explaining { text: &text, words: &words, about: About::of(&words, &text) }.all(found)
}

/// The text of a file that somebody saved a message in: UTF-8 or UTF-16, as Windows writes it.
pub fn text_of(octets: &[u8]) -> String {
    encoding::text::text_of(octets).0.into_owned()
}

/// Tells what `content` says: an address, a log or an export of provisioning, or else any message.
pub fn read(content: &str, asked: &Asked) -> Vec<Statement> {
    let of_logs = evidence::read(content, asked);
    if of_logs.is_empty() {
        return explain(content).statements();
    }
    let is_filtered = asked.group.is_some() || asked.value.is_some();
    let rest = if is_filtered { Vec::new() } else { besides(content, &of_logs).0 };
    of_logs.into_iter().chain(rest).collect()
}

/// The same of a file that may be anything, with the clues in it: nothing where nothing in it is known for
/// certain to be about sign-in or provisioning.
pub fn recognised(content: &str) -> Option<(Vec<Statement>, Clues)> {
    if let Some(of_logs) = evidence::recognised(content) {
        let (rest, clues) = besides(content, &of_logs);
        return Some((of_logs.into_iter().chain(rest).collect(), clues));
    }
    let answer = explain(content);
    let is_told = !answer.explained.is_empty() || is_report(content) || logged::unknown(content).is_some();
    let clues = Clues::with(&answer.explained, content);
    is_told.then(|| (answer.statements(), clues))
}

/// The messages of a sign-in that stand in a log or beside it, as in somebody's report with lines of a log:
/// those that its statements do not tell, and the clues of all of them.
fn besides(content: &str, told: &[Statement]) -> (Vec<Statement>, Clues) {
    if content.contains(OF_SCIM) {
        return (Vec::new(), Clues::default());
    }
    let is_certain = |it: &Explained| it.reading == Reading::Saml && it.certainty == Certainty::Certain;
    let mut explained = messages(content);
    explained.retain(is_certain);
    let clues = Clues::with(&explained, content);
    let is_told = |it: &Explained| {
        told.iter().flat_map(|one| &one.sentences).any(|sentence| sentence.text.contains(&it.means))
    };
    explained.retain(|it| !is_told(it));
    (explained.iter().map(Explained::statement).collect(), clues)
}

/// Whether `content` reads like somebody's words, and like no file: mostly words as people write them.
fn is_report(content: &str) -> bool {
    const MOST: usize = 4000;
    const WORD: usize = 20;
    let text = content.trim();
    if text.len() > MOST || text.starts_with(['<', '{', '[']) {
        return false;
    }
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        !word.is_empty() && word.len() <= WORD && word.chars().all(|c| c.is_alphabetic() || "'’-".contains(c))
    };
    let (words, all) = (text.split_whitespace().filter(is_word).count(), text.split_whitespace().count());
    words > 2 && words * 3 > all * 2
}

impl Answer {
    /// The answer as statements, as they may be printed.
    pub fn statements(&self) -> Vec<Statement> {
        if !self.explained.is_empty() {
            return self.explained.iter().map(Explained::statement).collect();
        }
        let sentence = Sentence { severity: Severity::Warning, text: self.unknown.clone() };
        let mut statement = Statement { sentences: vec![sentence], ..Statement::default() };
        let nearest = self.nearest.iter().map(|said| text!("explain.nearest", said = said).to_string());
        statement.sentences.extend(nearest.map(|text| Sentence { severity: Severity::Info, text }));
        statement.steps.clone_from(&self.bring);
        vec![statement.redacted()]
    }

    /// Whether there is something to do, or nothing is known.
    pub fn is_wrong(&self) -> bool {
        self.explained.is_empty() || self.explained.iter().any(|it| it.severity >= Severity::Warning)
    }
}

impl Explained {
    fn statement(&self) -> Statement {
        let reading = self.reading.text();
        let heading = match self.certainty {
            Certainty::Certain => text!("explain.heading", reading = reading, said = self.said),
            Certainty::Likely => text!("explain.heading-likely", reading = reading, said = self.said),
        };
        let who = text!("explain.who", who = who(self.who));
        let statement = Statement {
            heading: Some(heading.to_string()),
            sentences: vec![
                Sentence { severity: self.severity, text: self.means.clone() },
                Sentence { severity: Severity::Neutral, text: who.to_string() },
            ],
            steps: self.steps.clone(),
        };
        statement.redacted()
    }
}

impl Reading {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            Reading::Saml => text!("explain.reading.saml"),
            Reading::Scim => text!("explain.reading.scim"),
            Reading::Page => text!("explain.reading.page"),
            Reading::Provider => text!("explain.reading.provider"),
        }
    }
}

fn who(who: Who) -> Text {
    match who {
        Who::Person => text!("explain.who.person"),
        Who::Owner => text!("explain.who.owner"),
        Who::Administrator => text!("explain.who.administrator"),
        Who::Provider => text!("explain.who.provider"),
        Who::Nobody => text!("explain.who.nobody"),
    }
}

/// Beginnings of the names of providers of a sign-in without SAML (GitLab's OmniAuth providers).
const OTHER_PROVIDERS: [&str; 13] = [
    "ldap",
    "openid",
    "oauth",
    "google",
    "github",
    "gitlab",
    "bitbucket",
    "azure",
    "auth0",
    "kerberos",
    "jwt",
    "salesforce",
    "shibboleth",
];

/// The subject that a text names.
#[derive(Clone, Copy, Default)]
struct About {
    saml: bool,
    scim: bool,
    /// It has an answer of an API.
    api: bool,
}

impl About {
    fn of(words: &[Word], text: &str) -> Self {
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.folded.as_str()));
        let has_field = |name: &str| {
            words.iter().any(|word| {
                word.folded == name && text.get(word.end..).is_some_and(|rest| rest.starts_with("\":"))
            })
        };
        let api = has_field("detail") || has_field("message");
        About {
            saml: has(&["saml", "saml2", "sso", "nameid", "samlresponse", "rubysaml", "omniauth"]),
            scim: has_field("detail")
                || has(&["scim", "provisioning", "provision", "provisioned", "externalid", "schemas"])
                || words.iter().any(|word| word.folded.starts_with("systemforcrossdomain")),
            api,
        }
    }
}

/// A text whose messages are explained.
struct Explaining<'t> {
    text: &'t str,
    words: &'t [Word],
    about: About,
}

impl Explaining<'_> {
    fn all(&self, found: Vec<Found>) -> Vec<Explained> {
        let is_known = found.iter().any(|one| !one.wraps);
        let is_answer = |one: &Found| one.wraps != is_known && self.is_named(one);
        let mut found: Vec<Found> = found.into_iter().filter(is_answer).collect();
        if !is_known && found.len() > 1 {
            // Of frames round something that is not known the innermost says most.
            found.drain(..found.len() - 1);
        }
        let mut explained: Vec<Explained> = Vec::new();
        let mut rest = found.as_slice();
        while let Some(first) = rest.first() {
            // The readings of one message stand at the same words.
            let count = rest.iter().take_while(|one| one.range == first.range).count();
            let (same, after) = rest.split_at(count.max(1));
            rest = after;
            let mut read = self.readings(same);
            // Two rows or two spellings of one meaning are no two readings.
            let of = |one: &Found| (one.meaning.means("").key(), one.meaning.reading());
            let mut seen = Vec::new();
            read.retain(|one| {
                !seen.contains(&of(one)) && {
                    seen.push(of(one));
                    true
                }
            });
            let is_alone = read.len() == 1;
            for one in read {
                let new = self.explained(one, is_alone);
                if !explained.iter().any(|it| it.key == new.key && it.reading == new.reading) {
                    explained.push(new);
                }
            }
        }
        self.together(&mut explained);
        explained
    }

    /// Whether a message about a thing that it names does name one: "Resource 0a21 not found" is SCIM's,
    /// "Resource bundle not found" may be anybody's.
    fn is_named(&self, one: &Found) -> bool {
        let key = one.meaning.means("").key();
        let named = key == "scim-said.no-user";
        if key == "explain.refused" {
            // The same frame stands round the failures of other ways to sign in.
            let words = self.words.get(one.range.0..one.range.1).unwrap_or_default();
            let is_other = |word: &Word| OTHER_PROVIDERS.iter().any(|it| word.folded.starts_with(it));
            return !words.iter().any(is_other);
        }
        let middle = self.words.get(one.range.0 + 1..one.range.1.saturating_sub(2)).unwrap_or_default();
        let has_digit = || middle.iter().any(|word| word.folded.chars().any(|c| c.is_ascii_digit()));
        !named || self.about.scim || middle.len() > 1 || has_digit()
    }

    /// The readings that are possible, the likelier first.
    fn readings<'f>(&self, same: &'f [Found]) -> Vec<&'f Found> {
        let of = |reading| same.iter().filter(move |one| one.meaning.reading() == reading);
        let (saml, scim, page) =
            (of(Reading::Saml).next(), of(Reading::Scim).next(), of(Reading::Page).next());
        let others = of(Reading::Provider).chain(of(Reading::Page).skip(1));
        let about = same.first().map_or_else(About::default, |one| self.about_of(one.range));
        let first: Vec<&Found> = match (saml, scim, page) {
            (Some(saml), Some(scim), _) => match (about.saml, about.scim) {
                (true, false) => vec![saml],
                (false, true) => vec![scim],
                _ if saml.meaning.means("").key() == "said.uid-blank" => vec![saml, scim],
                _ => vec![scim, saml],
            },
            (None, Some(scim), Some(page)) => match (about.scim, about.api) {
                (true, _) => vec![scim],
                (false, true) => vec![scim, page],
                (false, false) => vec![page, scim],
            },
            (saml, scim, page) => saml.into_iter().chain(scim).chain(page).collect(),
        };
        first.into_iter().chain(others).collect()
    }

    /// The subject of what stands beside a message, in its line; of the whole text where that leaves it open.
    fn about_of(&self, (start, end): (usize, usize)) -> About {
        const BESIDE: usize = 40;
        let is_line_end = |one: Option<&Word>, two: Option<&Word>| match (one, two) {
            (Some(one), Some(two)) => self.text.get(one.end..two.start).is_none_or(|gap| gap.contains('\n')),
            _ => true,
        };
        let mut from = start;
        while from > start.saturating_sub(BESIDE)
            && !is_line_end(from.checked_sub(1).and_then(|at| self.words.get(at)), self.words.get(from))
        {
            from -= 1;
        }
        let mut to = end;
        while to < end + BESIDE
            && !is_line_end(to.checked_sub(1).and_then(|at| self.words.get(at)), self.words.get(to))
        {
            to += 1;
        }
        let before = self.words.get(from..start).unwrap_or_default();
        // GitLab's own frame decides, whatever brought it here.
        let is_framed = before.windows(3).any(|three| {
            let folded = three.iter().map(|word| word.folded.as_str());
            folded.clone().eq(["saml", "authentication", "failed"]) || folded.eq(["group", "with", "saml"])
        });
        let line = About::of(self.words.get(from..to).unwrap_or_default(), self.text);
        match line {
            _ if is_framed => About { saml: true, scim: false, api: false },
            About { saml, scim, .. } if saml != scim => line,
            _ => self.about,
        }
    }

    /// Whether the words fit much else, and nothing in the text is about provisioning.
    fn is_guess(&self, one: &Found) -> bool {
        let fits_much = matches!(one.meaning.means("").key(), "scim-said.no-user" | "scim-said.no-group");
        fits_much && !self.about.scim && !self.about.api
    }

    fn explained(&self, one: &Found, is_alone: bool) -> Explained {
        let (start, end) = one.range;
        let from = self.words.get(start).map_or(0, |word| word.start);
        let to = end.checked_sub(1).and_then(|last| self.words.get(last)).map_or(from, |word| word.end);
        let certainty = match one.stands {
            Stands::Alone if is_alone && !self.is_guess(one) => Certainty::Certain,
            _ => Certainty::Likely,
        };
        self.of_meaning(one.meaning, certainty, from, to)
    }

    fn of_meaning(&self, meaning: Meaning, certainty: Certainty, from: usize, to: usize) -> Explained {
        const SHOWN: usize = 160;
        const READ: usize = 600;
        let joined = |text: &str, most: usize| {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            joined.chars().take(most).collect::<String>()
        };
        let behind: String = self.text.get(from..).unwrap_or_default().chars().take(2 * READ).collect();
        let means = meaning.means(&joined(&behind, READ));
        Explained {
            said: joined(self.text.get(from..to).unwrap_or_default(), SHOWN),
            reading: meaning.reading(),
            certainty,
            severity: meaning.severity(),
            key: means.key(),
            means: means.to_string(),
            who: meaning.who(),
            steps: meaning.steps(self.text),
            link: meaning.link(self.text),
        }
    }

    /// Two messages that mean something of their own together (E33).
    fn together(&self, explained: &mut Vec<Explained>) {
        let place = |key: &str| explained.iter().position(|it| it.key == key);
        let (Some(user), Some(uid)) = (place("said.user-taken"), place("said.uid-taken")) else { return };
        let said = [uid.min(user), uid.max(user)].map(|at| explained.get(at).map(|it| it.said.clone()));
        let said: Vec<String> = said.into_iter().flatten().collect();
        let is_certain = |it: &Explained| it.certainty == Certainty::Certain;
        let certain = [uid, user].iter().all(|at| explained.get(*at).is_some_and(is_certain));
        let certainty = if certain { Certainty::Certain } else { Certainty::Likely };
        let mut both = self.of_meaning(Meaning::Own(gitlab::CASE_CHANGED), certainty, 0, 0);
        both.said = said.join(", ");
        explained.retain(|it| !matches!(it.key, "said.user-taken" | "said.uid-taken"));
        explained.insert(0, both);
    }
}

#[cfg(test)]
mod tests;
