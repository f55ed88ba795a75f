//! Answering an event in the words of its protocol.

use serde_json::{Map, Value};

use super::event::{Event, text_of};
use super::protocol::Protocol;

/// What becomes of an event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Nothing is wrong with it.
    Pass,
    /// It passes, and the user is told something.
    Say(String),
    /// It is refused, for a reason.
    Deny(String),
    /// What a tool put out is replaced, for a reason.
    Redact(String, Value),
}

impl Protocol {
    /// The JSON that the agent gets on standard output.
    pub(crate) fn answer(&self, event: Option<&Event<'_>>, answer: &Answer) -> Value {
        let (template, words) = match (answer, event) {
            (Answer::Deny(reason), Some(event)) => (event.kind.deny.as_ref(), Some(reason)),
            (Answer::Redact(reason, _), Some(event)) => (event.kind.redact.as_ref(), Some(reason)),
            (Answer::Say(words), _) => (Some(&self.say), Some(words)),
            (_, event) => (event.map(|event| &event.kind.pass), None),
        };
        let Some(template) = template else {
            return Value::Object(Map::new());
        };
        let mut map = template.clone();
        // What passes still has to say so.
        if let (Answer::Say(_), Some(event)) = (answer, event) {
            map.extend(event.kind.pass.clone());
        }
        let filling = Filling {
            reason: words.map_or("", String::as_str),
            event: event.map_or("", |event| event.name.as_str()),
            output: match answer {
                Answer::Redact(_, output) => Some(output),
                _ => None,
            },
        };
        filling.fill(&Value::Object(map))
    }
}

impl Event<'_> {
    /// Whether it can be refused.
    pub(crate) fn can_be_denied(&self) -> bool {
        self.kind.deny.is_some()
    }
}

/// What takes the place of names in a template.
struct Filling<'a> {
    reason: &'a str,
    event: &'a str,
    output: Option<&'a Value>,
}

impl Filling<'_> {
    fn fill(&self, template: &Value) -> Value {
        match template {
            Value::String(text) if text == "$output" => self.output.cloned().unwrap_or_default(),
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => list.iter().map(|item| self.fill(item)).collect(),
            Value::Object(map) => {
                let filled = map
                    .iter()
                    .map(|(key, value)| (key.clone(), self.fill(value)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    /// A text in one go, so that what is put in is not looked at again.
    fn text(&self, template: &str) -> String {
        let mut pieces = template.split('$');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let names = ["reason", "event", "text"];
            let name = names.into_iter().find(|name| piece.starts_with(name));
            match name {
                Some("reason") => text.push_str(self.reason),
                Some("event") => text.push_str(self.event),
                Some("text") => text.push_str(&self.output.map_or_else(String::new, text_of)),
                _ => text.push('$'),
            }
            let rest = name.and_then(|name| piece.strip_prefix(name));
            text.push_str(rest.unwrap_or(piece));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_filled_again() {
        let output = serde_json::json!("$reason 2");
        let filling = Filling {
            reason: "$text 1",
            event: "E",
            output: Some(&output),
        };
        let template =
            serde_json::json!({"a": ["$reason: $text"], "b": "$output", "c": "$event$5"});
        let filled = filling.fill(&template);
        let wanted = serde_json::json!({"a": ["$text 1: $reason 2"], "b": "$reason 2", "c": "E$5"});
        assert_eq!(filled, wanted);
    }
}
