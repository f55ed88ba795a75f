//! Variables of scripts that are credentials by what they are given to, whatever they are called.

use std::collections::BTreeSet;

use super::option::pair;
use crate::model::{ClassId, Models, Source};
use crate::syntax::{Command, Document, FactKind, Setting, Spanned, Value};

/// The option of commands that takes a credential.
const OPTION: &str = "--token";

/// The variables of a document that are given to what takes a credential: `export HF_TOKEN=$T`,
/// `hf auth login --token $T`.
#[derive(Debug, Default)]
pub(super) struct Given {
    variables: BTreeSet<(String, ClassId)>,
}

impl Given {
    pub(super) fn of(document: &Document, models: &Models) -> Self {
        let mut given = Self::default();
        for fact in &document.facts {
            match &fact.kind {
                FactKind::Setting(setting) => given.setting(setting, models),
                FactKind::Command(command) => given.command(command, models),
                FactKind::Call(_) => {}
            }
        }
        given
    }

    /// Whether a variable is given to what takes a credential of a class.
    pub(super) fn is(&self, class: ClassId, name: &str) -> bool {
        !self.variables.is_empty() && self.variables.contains(&(name.to_owned(), class))
    }

    fn setting(&mut self, setting: &Setting, models: &Models) {
        if let Some(key) = setting.path.last() {
            self.named(&key.value, &setting.value, models);
        }
    }

    fn command(&mut self, command: &Command, models: &Models) {
        for assignment in &command.assignments {
            self.setting(assignment, models);
        }
        for (name, value) in command.words.iter().filter_map(pair) {
            self.named(&name.value, &value, models);
        }
        for (words, source) in lines(models) {
            let mut texts = command.words.iter().map(|word| word.value.text());
            if words.iter().all(|word| texts.next() == Some(word)) {
                let options = command.words.windows(2);
                let mut values = options.filter(|pair| pair[0].value.text() == OPTION);
                if let Some(name) = values.next().and_then(|pair| variable(&pair[1].value)) {
                    self.variables.insert((name.to_owned(), source.class));
                }
            }
        }
    }

    /// Takes note of a variable that is given to a name.
    fn named(&mut self, name: &str, value: &Spanned<Value>, models: &Models) {
        let Some(variable) = variable(&value.value) else {
            return;
        };
        let classes = models.sources.iter().map(|source| source.class);
        for class in classes.filter(|class| models.names.is(*class, name)) {
            self.variables.insert((variable.to_owned(), class));
        }
    }
}

fn lines(models: &Models) -> impl Iterator<Item = (&Vec<String>, &Source)> {
    let sources = models.sources.iter();
    sources.flat_map(|source| source.given_in.iter().map(move |words| (words, source)))
}

/// The variable that a value is.
fn variable(value: &Value) -> Option<&str> {
    match value {
        Value::Variable(name, None) => Some(name),
        _ => None,
    }
}
