//! A story as statements, as the terminal and the panel show it.

use super::{Entry, Story, Told, Valued};
use crate::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity},
    },
    scim::Statement,
    text,
};

impl Told {
    /// The answer in words.
    pub fn statements(&self) -> Vec<Statement> {
        let sum = text!("story.sum", records = self.records, people = self.known);
        let mut first = Statement::of(Severity::Neutral, &sum);
        let add = |first: &mut Statement, severity, text: Text| {
            first.sentences.push(Sentence { severity, text: redact::prose(&text.to_string()) });
        };
        match self.people.len() {
            0 => add(&mut first, Severity::Warning, text!("story.nobody", value = self.asked)),
            1 => {}
            count => {
                add(&mut first, Severity::Warning, text!("story.several", count = count, value = self.asked))
            }
        }
        for near in &self.nearest {
            add(&mut first, Severity::Info, text!("story.nearest", value = near));
        }
        let problems =
            self.problems.iter().map(|text| Sentence { severity: Severity::Warning, text: text.clone() });
        first.sentences.extend(problems);
        let mut all = vec![first];
        self.people.iter().for_each(|story| story.tell(&self.asked, &mut all));
        all
    }
}

impl Story {
    /// The person, then the conclusions, then each entry. Of one of whom nothing is left, `asked` is the
    /// name.
    fn tell(&self, asked: &str, all: &mut Vec<Statement>) {
        let person = &self.person;
        let lists = [
            (text!("story.person.scim"), &person.scim_identifiers),
            (text!("story.person.saml"), &person.saml_identifiers),
            (text!("story.person.emails"), &person.emails),
            (text!("story.person.user-ids"), &person.user_ids),
            (text!("story.person.names"), &person.names),
        ];
        let lists = lists.iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| Sentence {
            severity: Severity::Neutral,
            text: text!("story.person.line", name = name, values = list.join(", ")).to_string(),
        });
        let label = Some(person.label()).filter(|label| !label.is_empty());
        let label = label.unwrap_or_else(|| asked.to_owned());
        let person = Statement {
            heading: Some(text!("story.person", label = label).to_string()),
            sentences: lists.chain(self.remarks.iter().cloned()).collect(),
            ..Statement::default()
        };
        let mut conclusions = self.conclusions.clone();
        if let Some(first) = conclusions.first_mut().filter(|it| it.heading.is_none()) {
            first.heading = Some(text!("story.conclusions").to_string());
        }
        all.push(person);
        all.append(&mut conclusions);
        all.extend(self.entries.iter().map(Entry::statement));
    }
}

impl Entry {
    fn statement(&self) -> Statement {
        let status = self.status.map(|status| status.to_string());
        let action = Some(self.action.clone()).filter(|action| !action.is_empty());
        let action: Vec<String> = action.into_iter().chain(status).collect();
        let source = self.source.text().to_string();
        let action = if action.is_empty() { source } else { format!("{source}: {}", action.join(" ")) };
        let place = self.source.place(self.line, Some(&self.file));
        let when = self.when.as_ref().map(|(first, _)| first.clone());
        let when = when.unwrap_or_else(|| text!("story.no-time").to_string());
        let heading =
            text!("story.entry", when = when, what = self.what.text(), action = action, place = place);
        let values: Vec<String> = self.values.iter().map(shown).collect();
        let neutral = |text: Text| Sentence { severity: Severity::Neutral, text: text.to_string() };
        let often = self.when.as_ref().filter(|_| self.count > 1);
        let often = often
            .map(|(first, last)| text!("provider-log.often", times = self.count, first = first, last = last));
        let often = often.or((self.count > 1).then(|| text!("story.times", times = self.count)));
        let values = (!values.is_empty()).then(|| text!("story.values", values = values.join(", ")));
        let said = self.said.as_ref().map(|said| text!("provider-log.said", said = said));
        let meaning = Sentence { severity: self.severity, text: self.meaning.clone() };
        let rest = values.into_iter().chain(said).chain(often).map(neutral);
        Statement {
            heading: Some(heading.to_string()),
            sentences: std::iter::once(meaning).chain(rest).collect(),
            steps: Vec::new(),
        }
    }
}

fn shown(it: &Valued) -> String {
    match &it.before {
        Some(before) => {
            text!("story.value.changed", name = it.name, before = before, value = it.value).to_string()
        }
        None => format!("{} “{}”", it.name, it.value),
    }
}
