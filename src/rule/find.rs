//! What a rule looks for in a fact: `env.{hf-token} != empty`.

use serde::Deserialize;

use super::class::ValueClass;
use super::text::{TextOr, Texts};
use crate::finding::{Confidence, Severity};
use crate::model::{Models, PathPattern};

/// What to look for with what is said of that alone, as a rule file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FindTable {
    entry: Texts,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    help: Option<String>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    confidence: Option<Confidence>,
}

/// An entry that must be there; it is what is reported.
///
/// A fact is looked at as a target (the callee, the program with its subcommands) and entries: the
/// arguments or options by name or place, and the entries of maps in them. `run(env={"A": 1})` has the
/// entries `env` and `env.A`; `run -e A=1 x` has `-e`, `-e.A` and `0`. A setting is one entry.
#[derive(Clone, Debug)]
pub(crate) struct Find {
    /// Its names, outermost first.
    pub(crate) path: PathPattern,
    /// What its value must be, one of these; anything, if there are none.
    pub(crate) is: Vec<ValueClass>,
    /// What it must not be.
    pub(crate) is_not: Vec<ValueClass>,
    /// Texts of which its value must hold one; anything, if there are none.
    pub(crate) holds: Vec<String>,
    /// What to say after the rule's summary, if that differs from the pattern.
    pub(crate) message: Option<String>,
    /// What to do, if that differs.
    pub(crate) help: Option<String>,
    /// How bad it is, if that differs.
    pub(crate) severity: Option<Severity>,
    /// How sure it is, if that differs.
    pub(crate) confidence: Option<Confidence>,
}

/// What may stand after the path.
const OPERATORS: [&str; 3] = ["=", "!=", "~"];

impl Find {
    /// Reads what a rule file says. `programs` are those of the pattern, for the roles of their options.
    ///
    /// # Errors
    ///
    /// If it is not of the form, or names something that does not exist.
    pub(super) fn read(
        file: &TextOr<FindTable>,
        programs: &[String],
        models: &Models,
    ) -> Result<Vec<Self>, String> {
        let table = match file {
            TextOr::Text(text) => return Self::parse(text, programs, models),
            TextOr::Table(table) => table,
        };
        let mut found = Vec::new();
        for text in &table.entry.0 {
            let parsed = Self::parse(text, programs, models)?;
            found.extend(parsed.into_iter().map(|find| Self {
                message: table.message.clone(),
                help: table.help.clone(),
                severity: table.severity,
                confidence: table.confidence,
                ..find
            }));
        }
        Ok(found)
    }

    fn parse(text: &str, programs: &[String], models: &Models) -> Result<Vec<Self>, String> {
        let form =
            || format!("`{text}` is not `path`, `path = class`, `path != class` or `path ~ text`");
        let words: Vec<&str> = text.split_whitespace().collect();
        let (path, mut rest) = words.split_first().ok_or_else(form)?;
        let (mut is, mut is_not, mut holds) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((operator, after)) = rest.split_first() {
            let length = after
                .iter()
                .take_while(|word| !OPERATORS.contains(word))
                .count();
            let (operand, more) = after.split_at(length);
            let operand = operand.join(" ");
            if operand.is_empty() {
                return Err(form());
            }
            let classes = || -> Result<Vec<ValueClass>, String> {
                let names = operand.split('|').map(str::trim);
                names
                    .map(|name| ValueClass::parse(name, &models.names))
                    .collect()
            };
            match *operator {
                "=" => is.extend(classes()?),
                "!=" => is_not.extend(classes()?),
                "~" => holds.extend(models.lists.expand(&operand)?),
                _ => return Err(form()),
            }
            rest = more;
        }
        let paths = paths(path, programs, models)?.into_iter();
        Ok(paths
            .map(|path| Self {
                path,
                is: is.clone(),
                is_not: is_not.clone(),
                holds: holds.clone(),
                message: None,
                help: None,
                severity: None,
                confidence: None,
            })
            .collect())
    }
}

/// The patterns that a text stands for. `option:env` is each option that the programs have for that.
///
/// # Errors
///
/// If something is named that does not exist, or a pattern is none.
pub(super) fn paths(
    text: &str,
    programs: &[String],
    models: &Models,
) -> Result<Vec<PathPattern>, String> {
    let mut parts = Vec::new();
    for part in text.split('.') {
        let choices = match (part.strip_prefix('@'), part.strip_prefix("option:")) {
            (Some(list), _) => models.lists.get(list).to_vec(),
            (_, Some(role)) => {
                let options = models.programs.options(programs, role);
                if options.is_empty() {
                    return Err(format!(
                        "`{text}`: none of the programs has an option for `{role}`"
                    ));
                }
                options.into_iter().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        // Names alone make one pattern; paths, one each.
        let names = choices
            .iter()
            .all(|choice| !choice.contains(['.', '{', ',']));
        parts.push(match choices.as_slice() {
            [only] if names => only.clone(),
            [_, ..] if names => format!("{{{}}}", choices.join(",")),
            _ => part.to_owned(),
        });
    }
    let texts = models.lists.expand(&parts.join("."))?;
    let paths = texts
        .iter()
        .map(|text| PathPattern::parse(text, &models.names));
    paths.collect()
}
