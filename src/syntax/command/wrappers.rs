//! The programs that only start another one, as a table.

/// A program that starts another one. Lists are words with spaces between them.
pub(crate) struct Wrapper {
    names: &'static str,
    /// The words after the name that make it one, if it has other uses.
    pub(crate) verb: &'static str,
    pub(crate) options: Options,
    /// How many operands stand before the inner program: a container, a duration.
    pub(crate) operands: usize,
}

/// Which options of a wrapper take the next word as their value.
pub(crate) enum Options {
    /// These do, all others stand alone.
    Valued(&'static str),
    /// These stand alone, all others take a value.
    Alone(&'static str),
    /// The inner program comes after `--`.
    Dashes,
}

impl Options {
    /// Whether an option takes the next word as its value.
    pub(crate) fn takes_value(&self, option: &str) -> bool {
        match self {
            Self::Valued(valued) => has(valued, option),
            Self::Alone(alone) => {
                // `-n4` holds its value; `-n` does not.
                let short = !option.starts_with("--");
                let holds = option.contains('=') || (short && option.len() > 2);
                !holds && !has(alone, option)
            }
            Self::Dashes => false,
        }
    }
}

const DOCKER: &str = "docker podman nerdctl";
const COMPOSE: &str = "docker-compose podman-compose";
const EXEC: &str = "-e --env --env-file -u --user -w --workdir --detach-keys --index";
const RUN: &str = "-d -i -t -P -q -T --rm --init --privileged --detach --interactive --tty \
    --publish-all --read-only --no-healthcheck --quiet --no-deps --service-ports --build";
const SRUN: &str = "-l -u -v -Q -O -X -s -K -k -E --pty --exclusive --label --unbuffered \
    --verbose --overlap --oversubscribe --no-kill --preserve-env --container-writable \
    --no-container-mount-home --quiet";
const UV: &str = "--from --with --with-requirements --with-editable --python -p --extra --group \
    --env-file --index --index-url --project --directory --package --only-group --no-group \
    --extra-index-url -w -P";
const RUNNERS: &str = "poetry pdm pipenv hatch rye pixi conda mamba micromamba pipx";
const RUNNER: &str = "-n --name -p --prefix --spec --cwd -e --environment --python -C";
const SUDO: &str = "-u -g -h -p -C -T -U -r -t -D -R --user --group";
const PLAIN: &str = "time nohup command builtin setsid chronic unbuffer exec nice ionice stdbuf \
    tini dumb-init catchsegv numactl";
const SINGULARITY: &str = "-B --bind --env --env-file --pwd -H --home --overlay";

/// The first that fits counts.
pub(crate) const WRAPPERS: &[Wrapper] = &[
    verb("sudo doas", "", Options::Valued(SUDO), 0),
    verb("env", "", Options::Valued("-u -C --unset --chdir"), 0),
    verb(PLAIN, "", Options::Valued("-a -n -c -f -o -i -e"), 0),
    verb(
        "timeout gtimeout",
        "",
        Options::Valued("-s -k --signal --kill-after"),
        1,
    ),
    verb("flock", "", Options::Valued("-w -E --timeout"), 1),
    verb("gosu su-exec chroot", "", Options::Valued(""), 1),
    verb("xargs", "", Options::Valued("-n -P -I -d -L -s -E -a"), 0),
    verb("xvfb-run", "", Options::Valued("-n -s -f -e -p -w"), 0),
    verb("taskset", "", Options::Valued("-c -p --cpu-list"), 0),
    verb("parallel", "", Options::Valued("-j -n -N -a -I -C"), 0),
    verb("srun jsrun", "", Options::Alone(SRUN), 0),
    verb("uv", "run", Options::Valued(UV), 0),
    verb("uv", "tool run", Options::Valued(UV), 0),
    verb("uvx", "", Options::Valued(UV), 0),
    verb("npx bunx", "", Options::Valued("-p --package"), 0),
    verb(RUNNERS, "run", Options::Valued(RUNNER), 0),
    verb("pnpm yarn", "dlx", Options::Valued(""), 0),
    verb(DOCKER, "exec", Options::Valued(EXEC), 1),
    verb(DOCKER, "container exec", Options::Valued(EXEC), 1),
    verb(DOCKER, "compose exec", Options::Valued(EXEC), 1),
    verb(DOCKER, "compose run", Options::Alone(RUN), 1),
    verb(DOCKER, "run", Options::Alone(RUN), 1),
    verb(DOCKER, "container run", Options::Alone(RUN), 1),
    verb(COMPOSE, "exec", Options::Valued(EXEC), 1),
    verb(COMPOSE, "run", Options::Alone(RUN), 1),
    verb("kubectl oc", "exec", Options::Dashes, 0),
    verb("kubectl oc", "run", Options::Dashes, 0),
    verb("op doppler infisical dotenv", "run", Options::Dashes, 0),
    verb("aws-vault chamber", "exec", Options::Dashes, 0),
    verb(
        "singularity apptainer",
        "exec",
        Options::Valued(SINGULARITY),
        1,
    ),
];

const fn verb(
    names: &'static str,
    verb: &'static str,
    options: Options,
    operands: usize,
) -> Wrapper {
    Wrapper {
        names,
        verb,
        options,
        operands,
    }
}

impl Wrapper {
    /// Whether a program of this name is one.
    pub(crate) fn is(&self, name: &str) -> bool {
        has(self.names, name)
    }
}

fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}
