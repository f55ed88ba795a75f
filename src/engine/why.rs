//! Why a rule finds nothing in a file, for those who write rules.

use super::Engine;
use super::facts::{File, Unparsed, one_of};
use crate::rule::Rule;
use crate::source::Origin;

impl Engine {
    /// Why a rule does not find what it should in a file, as far as the file as a whole tells.
    pub(crate) fn why_missed(&self, rule: &Rule, origin: &Origin, text: &[u8]) -> String {
        let token = rule.token.as_ref().map(|token| token.keywords.get_ref());
        let log = rule.log.as_ref().map(|log| log.keywords.get_ref());
        if let Some(keywords) = token.or(log) {
            let holds = |keyword: &String| memchr::memmem::find(text, keyword.as_bytes()).is_some();
            return match keywords.iter().any(holds) {
                true => "the pattern does not match there".to_owned(),
                false => {
                    let keywords = keywords.iter().map(String::as_str);
                    format!("the file lacks {}, a keyword", one_of(keywords))
                }
            };
        }
        let file = File { origin, text };
        if file.format().is_none() {
            return "no front-end reads such a file: `file` says of what kind it is".to_owned();
        }
        let unparsed = Unparsed {
            file,
            has_token: !self.masks(text, 0).is_empty(),
            models: self.facts.models(),
        };
        match unparsed.lack(&rule.facts) {
            Some(lacking) => format!("the file lacks {lacking}"),
            None => "no fact fits: `hfscan rules facts` prints those of a file".to_owned(),
        }
    }
}
