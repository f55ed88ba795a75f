//! The match language of rules over facts: settings, calls and commands.

use serde::Deserialize;

use super::class::ValueClass;
use super::context::{ContextSet, Contexts};
use super::find::{Find, FindTable, paths};
use super::fix::FixRule;
use super::text::{TextOr, Texts};
use crate::finding::{Confidence, Runner, Severity};
use crate::model::{Models, Names, PathPattern, Shape, any_fits};

/// One `[[match]]` of a rule file. A rule has any number, and matches where one does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct MatchFile {
    call: Texts,
    command: Texts,
    setting: FindList,
    find: FindList,
    #[serde(rename = "in")]
    shape: Option<TextOr<Shape>>,
    within: Option<Texts>,
    not_within: Option<Texts>,
    with: Texts,
    without: Texts,
    beside: Texts,
    not_beside: Texts,
    around_holds: Texts,
    given: Texts,
    later: Texts,
    traces: bool,
    traced: bool,
    shown: bool,
    kept: bool,
    run_by: Option<Runner>,
    single: bool,
    once: bool,
    lacks: Texts,
    needs: Vec<Texts>,
    credential: bool,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    message: Option<String>,
    help: Option<String>,
    fix: Vec<FixRule>,
}

/// What to find: one text or table, or a list of them.
#[derive(Clone, Debug, Default)]
pub(super) struct FindList(Vec<TextOr<FindTable>>);

impl<'de> Deserialize<'de> for FindList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::one_or_many(deserializer).map(Self)
    }
}

/// What the matches of a rule have in common, unless they say otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Defaults {
    pub(super) message: Option<String>,
    pub(super) within: Texts,
    pub(super) not_within: Texts,
}

/// What a pattern is over.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Settings.
    Setting,
    /// Calls of one of these.
    Call(Vec<PathPattern>),
    /// Commands of one of these programs with their subcommands: `hf auth login`; `**` is any.
    Command(Vec<String>),
}

/// A pattern over one kind of fact.
#[derive(Clone, Debug)]
pub(crate) struct FactPattern {
    /// What it is over.
    pub(crate) target: Target,
    /// Entries of which one must be there, and is reported. If there are none, the whole fact is.
    pub(crate) find: Vec<Find>,
    /// Names beside the map that holds the entry: `flavor` in `{"flavor": …, "env": {"HF_TOKEN": …}}`.
    pub(crate) shape: Option<Shape>,
    /// Where the fact must stand: one of these; anywhere, if it is empty.
    pub(crate) within: ContextSet,
    /// Whether that is in files of data alone.
    pub(crate) is_of_data: bool,
    /// Where it must not stand.
    pub(crate) not_within: ContextSet,
    /// Entries of the same call or command, or settings of the same document, of which one must be there.
    pub(crate) with: Vec<PathPattern>,
    /// The same, of which none may be there.
    pub(crate) without: Vec<PathPattern>,
    /// Names of which one must stand in the same map as the entry.
    pub(crate) beside: Vec<PathPattern>,
    /// Names of which none may.
    pub(crate) not_beside: Vec<PathPattern>,
    /// Texts of which some setting must hold one that stands beside the map that holds the entry, or below:
    /// `git push` in the `run` of a step.
    pub(crate) around_holds: Vec<String>,
    /// Of calls and commands, settings of which the file must give one to them: in the same script, or in a
    /// map above it.
    pub(crate) given: Vec<PathPattern>,
    /// Of a command, what some word of a later command of the same script must be.
    pub(crate) later: Vec<ValueClass>,
    /// Of a command, whether it has the shell print each command after it (`set -x`), one of which has a
    /// word like `later` before `set +x`.
    pub(crate) traces: bool,
    /// Of a command, whether its shell was started so that it prints each command: by the first line of the
    /// script, by `bash -xc`, by `bash -x` in another file.
    pub(crate) traced: bool,
    /// Whether what a command, or a call in a program that a command runs, prints must be seen: not piped
    /// into another program that takes it or leaves the value out, not captured, not written to a file.
    pub(crate) shown: bool,
    /// Of a command, whether what it prints goes to a file that stays.
    pub(crate) kept: bool,
    /// What must run the file, which is a script, or has one in it.
    pub(crate) run_by: Option<Runner>,
    /// Whether one finding of the rule is enough for a call or command, of whatever pattern.
    pub(crate) single: bool,
    /// Whether one finding a file is enough of those that say the same.
    pub(crate) once: bool,
    /// Texts of which the file must hold none.
    pub(crate) lacks: Vec<String>,
    /// Groups of texts of which the file must hold one each.
    pub(crate) needs: Vec<Vec<String>>,
    /// Whether the value is a credential: then it is hidden, and a token rule that knows it reports in place
    /// of this.
    pub(crate) credential: bool,
    /// How bad it is, where that differs from the rule.
    pub(crate) severity: Option<Severity>,
    /// How sure it is, where that differs from the rule.
    pub(crate) confidence: Option<Confidence>,
    /// What to say after the rule's summary. `{key}`, `{path}`, `{name}`, `{subject}` stand for the user's
    /// own names.
    pub(crate) message: Option<String>,
    /// What to do, where that differs from the rule; with the same names.
    pub(crate) help: Option<String>,
    /// How to mend it.
    pub(crate) fixes: Vec<FixRule>,
}

impl FactPattern {
    /// Whether it is over calls of this callee.
    pub(crate) fn is_over(&self, callee: &str, names: &Names) -> bool {
        match &self.target {
            Target::Call(callees) => any_fits(callees, callee, names),
            Target::Setting | Target::Command(_) => false,
        }
    }
}

/// What patterns are resolved with.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) models: &'k Models,
    pub(super) contexts: &'k Contexts,
    pub(super) defaults: &'k Defaults,
}

impl MatchFile {
    /// How to mend what it finds.
    pub(super) fn fixes(&self) -> &[FixRule] {
        &self.fix
    }

    /// The same, to be resolved.
    pub(super) fn fixes_mut(&mut self) -> &mut [FixRule] {
        &mut self.fix
    }

    /// The patterns that this stands for: one for each kind of fact that it names.
    ///
    /// # Errors
    ///
    /// If it names nothing, or something that does not exist.
    pub(super) fn patterns(&self, known: Known<'_>) -> Result<Vec<FactPattern>, String> {
        let Known { models, .. } = known;
        let mut patterns = Vec::new();
        if !self.call.0.is_empty() {
            let callees = all_paths(&self.call, &[], models)?;
            let find = self.find(&self.find, &[], models)?;
            patterns.push(self.pattern(Target::Call(callees), find, known)?);
        }
        if !self.command.0.is_empty() {
            let programs = self.command.expanded(models)?;
            let find = self.find(&self.find, &programs, models)?;
            patterns.push(self.pattern(Target::Command(programs), find, known)?);
        }
        if !self.setting.0.is_empty() {
            let find = self.find(&self.setting, &[], models)?;
            patterns.push(self.pattern(Target::Setting, find, known)?);
        }
        match patterns.as_slice() {
            [] => Err("a match needs `call`, `command` or `setting`".to_owned()),
            [only] if matches!(only.target, Target::Setting) && !self.find.0.is_empty() => {
                Err("`find` belongs to calls and commands: `setting` says what to find".to_owned())
            }
            _ => Ok(patterns),
        }
    }

    fn find(
        &self,
        list: &FindList,
        programs: &[String],
        models: &Models,
    ) -> Result<Vec<Find>, String> {
        let found = list.0.iter().map(|find| Find::read(find, programs, models));
        Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
    }

    fn pattern(
        &self,
        target: Target,
        find: Vec<Find>,
        known: Known<'_>,
    ) -> Result<FactPattern, String> {
        let Known {
            models,
            contexts,
            defaults,
        } = known;
        let programs: &[String] = match &target {
            Target::Command(programs) => programs,
            Target::Setting | Target::Call(_) => &[],
        };
        let all_paths = |texts: &Texts| all_paths(texts, programs, models);
        let place = |own: &Option<Texts>, default: &Texts| {
            contexts.set(&own.as_ref().unwrap_or(default).expanded(models)?)
        };
        let within = place(&self.within, &defaults.within)?;
        let needs = self.needs.iter().map(|group| group.expanded(models));
        let later = self.later.0.iter();
        let later = later.map(|class| ValueClass::parse(class, &models.names));
        let shape = match &self.shape {
            None => None,
            Some(TextOr::Table(shape)) => Some(shape.clone()),
            Some(TextOr::Text(name)) => {
                let name = name.strip_prefix('@').unwrap_or(name);
                Some(models.shape(name)?.clone())
            }
        };
        Ok(FactPattern {
            with: all_paths(&self.with)?,
            without: all_paths(&self.without)?,
            beside: all_paths(&self.beside)?,
            not_beside: all_paths(&self.not_beside)?,
            given: all_paths(&self.given)?,
            target,
            find,
            shape,
            is_of_data: within == contexts.of("config"),
            within,
            not_within: place(&self.not_within, &defaults.not_within)?,
            around_holds: self.around_holds.expanded(models)?,
            later: later.collect::<Result<_, _>>()?,
            traces: self.traces,
            traced: self.traced,
            shown: self.shown,
            kept: self.kept,
            run_by: self.run_by,
            single: self.single,
            once: self.once,
            lacks: self.lacks.expanded(models)?,
            needs: needs.collect::<Result<_, _>>()?,
            credential: self.credential,
            severity: self.severity,
            confidence: self.confidence,
            message: self.message.clone().or_else(|| defaults.message.clone()),
            help: self.help.clone(),
            fixes: self.fix.clone(),
        })
    }
}

fn all_paths(
    texts: &Texts,
    programs: &[String],
    models: &Models,
) -> Result<Vec<PathPattern>, String> {
    let read = texts.0.iter().map(|text| paths(text, programs, models));
    Ok(read.collect::<Result<Vec<_>, _>>()?.concat())
}
