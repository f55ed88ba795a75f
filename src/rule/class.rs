//! The words in which rules speak of values and of places.

use serde::Deserialize;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueClass {
    /// A literal text that is no placeholder and no reference.
    Literal,
    /// The name of a Hugging Face credential, as a text: of a key, of a variable.
    CredentialName,
    /// A variable that a build puts into what it sends to browsers: `VITE_HF_TOKEN`.
    ClientToken,
    /// A file that Hugging Face tools or git keep a token in.
    TokenFile,
    /// A file or folder that holds credentials.
    CredentialFile,
    /// The folder of Hugging Face caches with the token in it, as a volume.
    TokenCache,
    /// A literal that may be a credential: not empty, no word, no path.
    Credential,
    /// A stand-in for a credential.
    Placeholder,
    /// A literal that looks like a reference which nothing resolves here: `"$HF_TOKEN"`.
    Unexpanded,
    /// Nothing.
    Empty,
    /// Any of the references below.
    Reference,
    /// An environment variable that a program reads.
    Environment,
    /// A secret of the CI system.
    CiSecret,
    /// A plain variable of the CI system.
    CiVariable,
    /// A plain variable of the CI system that holds a Hugging Face token; also as a part of a text.
    CiTokenVariable,
    /// An input of a workflow.
    CiInput,
    /// An input of a workflow that is a Hugging Face token by its own name.
    CiTokenInput,
    /// A shell or template variable.
    Variable,
    /// The output of a command.
    Substitution,
    /// The result of a call.
    Call,
    /// A name of unknown value.
    Name,
    /// The whole environment.
    WholeEnvironment,
    /// A map.
    Map,
    /// A list.
    List,
    /// A text that a token rule knows, or a reference that yields a Hugging Face token:
    /// `os.environ["HF_TOKEN"]`, `get_token()`, `$HF_TOKEN`; also as a part of a text.
    Token,
    /// A CI expression that yields a token, which is put into a script before any shell sees it.
    Interpolated,
    /// A text that tells a CI system what to mask from then on: `::add-mask::$HF_TOKEN`.
    Masking,
    /// True.
    True,
}

/// Where a fact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// A configuration of any CI system, and scripts in it.
    Ci,
    /// A GitHub workflow or action.
    GithubWorkflow,
    /// A GitHub action.
    GithubAction,
    /// A GitLab CI file.
    GitlabCi,
    /// A pipeline of Jenkins.
    Jenkins,
    /// A Dockerfile.
    Dockerfile,
    /// `RUN` in a Dockerfile.
    Run,
    /// `CMD` or `ENTRYPOINT` in a Dockerfile.
    Start,
    /// `ENV` in a Dockerfile.
    Env,
    /// `ARG` in a Dockerfile.
    Arg,
    /// `COPY` or `ADD` in a Dockerfile.
    Copy,
    /// A section of an Apptainer definition that runs when the image is built.
    ApptainerBuild,
    /// The arguments of an Apptainer build.
    ApptainerArgument,
    /// A compose file.
    Compose,
    /// A Kubernetes manifest or Helm values.
    Kubernetes,
    /// A Hugging Face job in JSON.
    Job,
    /// The configuration of an MCP client.
    Mcp,
    /// A shell script, or one in another document.
    Shell,
    /// A script file, run by no person: `.sh`, Slurm, cloud-init, a Makefile; scripts of a package.
    Script,
    /// Python.
    Python,
    /// JavaScript or TypeScript.
    Javascript,
    /// A notebook.
    Notebook,
    /// A Markdown document.
    Markdown,
    /// A file of settings: YAML, TOML, JSON, INI, `.env`, HCL.
    Config,
    /// A test, or an example of documentation, by its path.
    Test,
}
