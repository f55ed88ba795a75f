//! The words in which rules speak of values.

use crate::model::{ClassId, Names};
use crate::tomlfile::suggestion;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ValueClass {
    /// `literal`: a literal text that is no placeholder and no reference.
    Literal,
    /// `credential`: a literal that may be a credential: not empty, no word, no path.
    Credential,
    /// `placeholder`: a stand-in for a credential.
    Placeholder,
    /// `unexpanded`: a literal that looks like a reference which nothing resolves here: `"$HF_TOKEN"`.
    Unexpanded,
    /// `empty`: nothing.
    Empty,
    /// `reference`: any of the references below.
    Reference,
    /// `environment`: an environment variable that a program reads.
    Environment,
    /// `ci-secret`: a secret of the CI system.
    CiSecret,
    /// `ci-variable`: a plain variable of the CI system.
    CiVariable,
    /// `ci-input`: an input of a workflow.
    CiInput,
    /// `variable`: a shell or template variable.
    Variable,
    /// `substitution`: the output of a command.
    Substitution,
    /// `call`: the result of a call.
    Call,
    /// `name`: a name of unknown value.
    Name,
    /// `whole-environment`: all variables.
    WholeEnvironment,
    /// `map`
    Map,
    /// `list`
    List,
    /// `true`
    True,
    /// `masking`: a text that tells a CI system what to mask from then on: `::add-mask::$HF_TOKEN`.
    Masking,
    /// `credential-file`: a path of a file, or of a folder, that holds credentials.
    CredentialFile,
    /// `credential-volume`: a volume that shows such a folder to a container.
    CredentialVolume,
    /// `{hf-token}`: a text that a token rule of the class knows, or a reference that yields one:
    /// `os.environ["HF_TOKEN"]`, `get_token()`, `$HF_TOKEN`; also as a part of a text.
    Yields(ClassId),
    /// `{hf-token}.name`: the name of one, as a text: of a key, of a variable.
    NameOf(ClassId),
    /// `{hf-token}.file`: a path of a file that one is kept in.
    FileOf(ClassId),
    /// `{hf-token}.in-file`: a path of a file with the key of one in it. The file is looked into later.
    InFile(ClassId),
    /// `{hf-token}.variable`: an environment variable of such a name, also as a part of a value.
    VariableOf(ClassId),
    /// `{hf-token}.ci-variable`: a plain variable of the CI system of such a name; also as a part of a text.
    CiVariableOf(ClassId),
    /// `{hf-token}.ci-input`: an input of a workflow of such a name.
    CiInputOf(ClassId),
    /// `{hf-token}.interpolated`: a CI expression that yields one, put into a script before any shell sees
    /// it.
    Interpolated(ClassId),
}

/// What the classes of values without a class of credentials are called.
const PLAIN: [(&str, ValueClass); 21] = [
    ("literal", ValueClass::Literal),
    ("credential", ValueClass::Credential),
    ("placeholder", ValueClass::Placeholder),
    ("unexpanded", ValueClass::Unexpanded),
    ("empty", ValueClass::Empty),
    ("reference", ValueClass::Reference),
    ("environment", ValueClass::Environment),
    ("ci-secret", ValueClass::CiSecret),
    ("ci-variable", ValueClass::CiVariable),
    ("ci-input", ValueClass::CiInput),
    ("variable", ValueClass::Variable),
    ("substitution", ValueClass::Substitution),
    ("call", ValueClass::Call),
    ("name", ValueClass::Name),
    ("whole-environment", ValueClass::WholeEnvironment),
    ("map", ValueClass::Map),
    ("list", ValueClass::List),
    ("true", ValueClass::True),
    ("masking", ValueClass::Masking),
    ("credential-file", ValueClass::CredentialFile),
    ("credential-volume", ValueClass::CredentialVolume),
];

/// A class of values, for a class of credentials.
type OfClass = fn(ClassId) -> ValueClass;

/// What a class of values is called after the class of credentials: `{hf-token}.name`.
const OF_CREDENTIALS: [(&str, OfClass); 8] = [
    ("", ValueClass::Yields),
    (".name", ValueClass::NameOf),
    (".file", ValueClass::FileOf),
    (".in-file", ValueClass::InFile),
    (".variable", ValueClass::VariableOf),
    (".ci-variable", ValueClass::CiVariableOf),
    (".ci-input", ValueClass::CiInputOf),
    (".interpolated", ValueClass::Interpolated),
];

impl ValueClass {
    /// The class that a rule calls by this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) fn parse(text: &str, names: &Names) -> Result<Self, String> {
        if let Some((class, what)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let class = names.class(class)?;
            let found = OF_CREDENTIALS.iter().find(|(name, _)| *name == what);
            return found.map(|(_, of)| of(class)).ok_or_else(|| {
                let known: Vec<&str> = OF_CREDENTIALS.iter().map(|(name, _)| *name).collect();
                format!(
                    "`{text}` is no class of values: use one of{}",
                    known.join(" ")
                )
            });
        }
        let found = PLAIN.iter().find(|(name, _)| *name == text);
        found.map(|(_, class)| *class).ok_or_else(|| {
            let known = PLAIN.iter().map(|(name, _)| *name);
            let close = suggestion(text, known, str::to_owned);
            format!("there is no class of values `{text}`{close}")
        })
    }
}
