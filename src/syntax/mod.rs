//! Front-ends: what a file says, lowered to three kinds of fact with exact spans.
//!
//! A rule is written once, over [`Setting`], [`Call`] and [`Command`]; each format has one module
//! that lowers it. Documents nest (a shell script in a workflow in a Markdown fence): a nested
//! document is a `MappedText` that knows the bytes of the file that each of its own came from, so that
//! every span here is one of the real file. Nothing here knows of rules.

mod asked;
mod build;
mod command;
mod data;
mod escape;
mod fact_sink;
mod format;
mod mapped_text;
mod markup;
mod program;
mod template;
#[cfg(test)]
mod testing;
mod text_size;

use std::sync::Arc;

use crate::model::Models;
use crate::span::Span;

pub(crate) use asked::Asked;
pub(crate) use build::dockerfile::{Instruction, instructions};
pub(crate) use command::Invocation;
pub use format::Format;
pub(crate) use format::plain_name;

/// A text and the bytes of the file that it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    /// The thing.
    pub value: T,
    /// Its bytes in the file.
    pub span: Span,
}

/// All that a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    /// The facts, in order of place.
    pub facts: Vec<Fact>,
    /// What modules and names a program imports, under the names that it uses for them.
    pub imports: Vec<Import>,
    /// How much of the file was read. Facts of what was are there.
    pub coverage: Coverage,
    /// How much of it is no valid text of its format: the errors that parsers met.
    pub errors: usize,
}

/// How much of a file a front-end read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Coverage {
    /// All of it.
    #[default]
    Whole,
    /// All but what is no valid text of its format, or was made by a program and says nothing.
    Damaged,
    /// Not what exceeds a limit: of nesting, of the number of nodes or facts, of steps.
    Limited,
}

/// How much of a text a parser read, and how many errors it met.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub coverage: Coverage,
    pub errors: usize,
}

impl Reading {
    /// Of a text with so many errors, whose tree may have no more room.
    pub(crate) fn of(is_full: bool, errors: usize) -> Self {
        let coverage = match (is_full, errors) {
            (true, _) => Coverage::Limited,
            (false, 0) => Coverage::Whole,
            (false, _) => Coverage::Damaged,
        };
        Self { coverage, errors }
    }
}

impl From<Coverage> for Reading {
    fn from(coverage: Coverage) -> Self {
        let errors = usize::from(coverage == Coverage::Damaged);
        Self { coverage, errors }
    }
}

/// One thing that a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What it says.
    pub kind: FactKind,
    /// The whole of it in the file.
    pub span: Span,
    /// Where in the file's structure it stands, outermost first.
    pub place: Vec<Place>,
}

/// The three kinds of fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FactKind {
    /// A key path and its value.
    Setting(Setting),
    /// A callee and its arguments.
    Call(Call),
    /// An argv with its leading assignments.
    Command(Command),
}

/// A key path and its value: `services.tgi.environment.HF_TOKEN = …`.
///
/// Only leaves are settings, and maps or lists that are values in a program. A `name`/`value` pair
/// in a list (Kubernetes, Hugging Face Spaces) is lowered to one setting whose last key is the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The keys from the root of the document; list places are keys such as `0`.
    pub path: Vec<Spanned<String>>,
    /// The value.
    pub value: Spanned<Value>,
}

/// A call in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The callee as it is written, such as `api.run_job`, but with imported names replaced by
    /// what they stand for, such as `huggingface_hub.run_job`, and a receiver of known type by that
    /// type, such as `huggingface_hub.HfApi().run_job`.
    pub callee: Spanned<String>,
    /// The arguments in order; `**kwargs` whose content is known are listed one by one.
    pub arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    /// Its keyword; none if it is given by position.
    pub name: Option<Spanned<String>>,
    /// What is given.
    pub value: Spanned<Value>,
}

/// A command: an argv with its leading assignments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// `NAME=value` before the program.
    pub assignments: Vec<Setting>,
    /// The program and its arguments, each as the program gets it, without quotes.
    pub words: Vec<Spanned<Value>>,
    /// What the command reads and writes: `> file`, `< file`, `<<< text`, a pipe.
    pub redirections: Vec<Redirection>,
    /// The command whose output is piped into this one, by its place in the document's facts.
    pub piped_from: Option<usize>,
}

/// A redirection of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirection {
    /// The operator: `>`, `>>`, `<`, `<<`, `<<<`.
    pub operator: String,
    /// The file or the text.
    pub target: Spanned<Value>,
}

/// What kind of thing a value is. Most rules are about exactly that difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text, a number, a truth value as it is written, with escapes resolved.
    Literal(String),
    /// An environment variable read by a program: `os.environ["X"]`, `process.env.X`, `ENV['X']`.
    /// The second part is a default, if one is given.
    Environment(String, Option<Box<Spanned<Value>>>),
    /// A secret of the CI system: `${{ secrets.X }}`, `credentials('x')`.
    CiSecret(String),
    /// A plain variable of the CI system: `${{ vars.X }}`, `${{ env.X }}`.
    CiVariable(String),
    /// An input of a workflow: `${{ inputs.x }}`, `${{ github.event.inputs.x }}`.
    CiInput(String),
    /// A shell or template variable: `$X`, `${X}`, `${X:-default}`, `%X%`, `$env:X`, `${localEnv:X}`.
    Variable(String, Option<Box<Spanned<Value>>>),
    /// The output of a command: `$(cat /run/secrets/x)`, as its text.
    Substitution(String),
    /// The result of a call: `get_token()`, `userdata.get("X")`.
    Call(Box<Call>),
    /// A name whose value is not known, or an attribute of one: `token`, `args.token`.
    Name(String),
    /// A name that is given to what takes a credential: the class of that, and the name.
    Known(String, String),
    /// A whole environment handed on: `os.environ`, `dict(os.environ)`, `process.env`.
    WholeEnvironment,
    /// A map, as far as its entries are known.
    Map(Vec<(Spanned<String>, Spanned<Value>)>),
    /// A list or tuple.
    List(Vec<Spanned<Value>>),
    /// MappedText put together from parts: f-strings, concatenation, `"Bearer $X"`.
    Text(Vec<Spanned<Value>>),
    /// Nothing: `null`, `None`, an empty value.
    Null,
    /// Something else.
    Unknown,
}

impl Value {
    /// The text of a literal; empty if it is none.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Literal(text) => text,
            _ => "",
        }
    }
}

/// A part of a file's structure that gives facts their meaning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A file or nested document of this format.
    Document(Format),
    /// A Dockerfile instruction, such as `RUN`, in capitals.
    Instruction(String),
    /// A key path in a YAML, JSON or TOML document that holds a nested one, such as
    /// `jobs.build.steps.0.run`.
    Key(String),
    /// A cell of a notebook, from 1.
    Cell(usize),
    /// A fence of a Markdown document, with its language.
    Fence(String),
    /// A string in a program that holds a document, or an argument of a command (`bash -c`).
    Embedded,
}

/// A name that a program imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// What it stands for: `huggingface_hub.run_job`.
    pub target: String,
    /// The name in the program: `run_job`.
    pub name: String,
}

/// Lowers a file of a known format. Calls that are not asked for need not be among its facts.
#[must_use]
pub(crate) fn lower(format: Format, bytes: &[u8], models: &Arc<Models>, asked: Asked) -> Document {
    fact_sink::FactSink::file(format, bytes, models, asked)
}
