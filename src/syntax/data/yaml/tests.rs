use crate::syntax::testing::config::{self as testing, commands, settings};
use crate::syntax::testing::lower;
use crate::syntax::{Document, FactKind, Format, Place, Value};

fn yaml(file: &str) -> Document {
    let document = lower(Format::Yaml, file.as_bytes());
    testing::spans_lie_in(file.as_bytes(), &document);
    testing::literals_stand_in(file, &document);
    document
}

/// The settings of a file that is sound.
fn sound(file: &str) -> Vec<String> {
    let document = yaml(file);
    assert!(!document.has_errors, "{file}");
    settings(&document)
}

#[test]
fn scalars_of_every_style() {
    let file = "# c\na: plain # c\nb: 'sin''gle'\nc: \"dou\\tble\\u00e9\" # c\n'd': \"x\"\n\u{e9}: \u{e9}x\n\
        e: |\n  line1\n    line2\n\n  line3\nf: >-\n   folded\n   text\n\n   para\n\
        g: [h, \"i\", {j: k}]\nl:\n- m\n- n: o\n  p:\nq: multi\n  line\nr: ~\ns: &t u\nv: *t\n\
        w: ${X}\ny: \"\"\nz: !!str 1\n";
    assert_eq!(
        sound(file),
        [
            "a = plain",
            "b = sin'gle",
            "c = dou\tble\u{e9}",
            "d = x",
            "\u{e9} = \u{e9}x",
            "e = line1\n  line2\n\nline3\n",
            "f = folded text\npara",
            "g.0 = h",
            "g.1 = i",
            "g.2.j = k",
            "l.0 = m",
            "l.1.n = o",
            "l.1.p = null",
            "q = multi line",
            "r = null",
            "s = u",
            "v = u",
            "w = $X",
            "y = null",
            "z = 1",
        ]
    );
}

#[test]
fn documents_line_ends_and_marks() {
    assert_eq!(
        sound("\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: \"d\"\r\n...\r\n"),
        ["a = 1", "b = x\ny\n", "c = d"]
    );
    assert_eq!(sound("\ta: 1\n\tb: 2\n"), ["a = 1", "b = 2"]);
    assert_eq!(sound("just text\n"), [" = just text"]);
    assert_eq!(sound(""), [""; 0]);
}

#[test]
fn aliases_and_merges() {
    let file = "base: &base\n  A: 1\n  B: 2\nenv:\n  <<: *base\n  C: 3\nmore:\n  <<: [*base]\nlist: *base\n";
    assert_eq!(
        sound(file),
        [
            "base.A = 1",
            "base.B = 2",
            "env.A = 1",
            "env.B = 2",
            "env.C = 3",
            "more.A = 1",
            "more.B = 2",
            "list.A = 1",
            "list.B = 2",
        ]
    );
    // A few lines that stand for billions.
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in b'b'..b'k' {
        let (name, of) = (char::from(n), char::from(n - 1));
        let aliases = vec![format!("*{of}"); 10].join(", ");
        bomb.push_str(&format!("{name}: &{name} [{aliases}]\n"));
    }
    assert!(yaml(&bomb).facts.len() < 50_000);
    yaml("a: &a [*a, b]\n");
}

#[test]
fn templates_are_unknown_and_the_rest_is_read() {
    let file = "{{- if .Values.on }}\nenv:\n  {{- include \"x\" . | nindent 2 }}\n  - name: HF_TOKEN\n    \
        value: {{ .Values.token | quote }}\n  - name: B\n    value: \"a{{ .Values.b }}\"\n{{- end }}\n\
        {% if x %}\nc: d\n{% endif %}\ne: ${{ secrets.F }}\n";
    assert_eq!(
        sound(file),
        [
            "env.HF_TOKEN = ?",
            "env.B = <a+?>",
            "c = d",
            "e = CiSecret(\"F\")"
        ]
    );
}

#[test]
fn pairs_items_and_lines() {
    let file = "spec:\n  containers:\n  - name: main\n    env:\n    - name: HF_TOKEN\n      value: abc\n\
        \x20   - name: SECRET\n      valueFrom:\n        secretKeyRef: {name: s, key: k}\n\
        environment:\n  - A=b\n  - C\nbuild:\n  args:\n    - D=${E}\nvariables:\n  F:\n    value: g\n    description: h\n\
        with:\n  build-args: |\n    I=j\n    K=${{ secrets.L }}\n";
    assert_eq!(
        sound(file),
        [
            "spec.containers.0.name = main",
            "spec.containers.0.env.HF_TOKEN = abc",
            "spec.containers.0.env.SECRET = ?",
            "spec.containers.0.env.SECRET.valueFrom.secretKeyRef.name = s",
            "spec.containers.0.env.SECRET.valueFrom.secretKeyRef.key = k",
            "environment.A = b",
            "environment.C = null",
            "build.args.D = $E",
            "variables.F = g",
            "variables.F.description = h",
            "with.build-args = <I=j\nK=+CiSecret(\"L\")+\n>",
            "with.build-args.I = j",
            "with.build-args.K = CiSecret(\"L\")",
        ]
    );
}

/// Where nested documents were found: place and format.
fn nested(file: &str, format: Format) -> Vec<String> {
    let document = lower(Format::Yaml, file.as_bytes());
    let mut places: Vec<String> = Vec::new();
    for fact in &document.facts {
        if let [.., Place::Key(key), Place::Document(last)] = fact.place.as_slice()
            && *last == format
            && places.last() != Some(key)
        {
            places.push(key.clone());
        }
    }
    places
}

#[test]
fn commands_as_lists() {
    let file = "containers:\n- command: [huggingface-cli, login]\n  args: [\"--token\", $T]\n\
        entrypoint: [\"bash\", \"-lc\"]\ncommand: [\"A=1 run\"]\nruncmd:\n- [hf, auth, login]\n- echo x\n";
    assert_eq!(
        commands(&yaml(file)),
        [
            "bash | -lc | A=1 run",
            "run",
            "huggingface-cli | login | --token | $T",
            "hf | auth | login",
            "echo | x",
        ]
    );
    // A list of lines is no command, but a script.
    assert_eq!(
        commands(&yaml("command:\n- pip install x\n- hf login\n")),
        ["pip | install | x", "hf | login"]
    );
}

#[test]
fn nested_documents_keep_their_spans() {
    let file = "data:\n  .env: |\n    A=b\n    C=\"d\"\n  conf.json: |\n    {\"e\": \"f\"}\n\
        annotation: '{\"g\": \"h\"}'\n";
    let document = yaml(file);
    let found = settings(&document);
    for setting in ["A = b", "C = d", "e = f", "g = h"] {
        assert!(
            found.contains(&setting.to_owned()),
            "{setting} in {found:?}"
        );
    }
    assert_eq!(nested(file, Format::Dotenv), ["data..env"]);
    assert_eq!(nested(file, Format::Json), ["data.conf.json", "annotation"]);
}

#[test]
fn damage_keeps_what_is_before_and_after() {
    for (file, expected) in [
        ("a: 1\nb: \"x\" y\nc: 3\n", &["a = 1", "b = x", "c = 3"][..]),
        ("a: 1\nb: [1, 2\nc: 3\n---\nd: 4\n", &["a = 1", "d = 4"]),
        (
            "jobs:\n  one:\n    a: @x\n    b: 2\n  two:\n    c: 3\nend: 4\n",
            &["jobs.one.b = 2", "jobs.two.c = 3", "end = 4"],
        ),
        (
            "l:\n- a: 1\n- b: `x\n- c: 3\nd: 4\n",
            &["l.0.a = 1", "d = 4"],
        ),
        ("a: 'x\nb: 1\n", &[][..]),
        ("a: *none\nb: 1\n", &["b = 1"]),
    ] {
        let document = yaml(file);
        let found = settings(&document);
        for setting in expected {
            assert!(
                found.contains(&(*setting).to_owned()),
                "{setting} in {found:?} of {file}"
            );
        }
        assert!(document.has_errors, "{file}");
    }
}

#[test]
fn tags_of_applications() {
    assert_eq!(
        sound("a: !secret hf\nb: !env HF_TOKEN\nc: !Ref Token\nd: !x y\n"),
        [
            "a = CiSecret(\"hf\")",
            "b = Environment(\"HF_TOKEN\", None)",
            "c = ?",
            "d = y"
        ]
    );
}

#[test]
fn spans_of_settings_hold_key_and_value() {
    let file = "env:\n- name: A\n  value: \"b\"  # c\nd: 'e' # f\ng: |\n  h\n\ni: 1\n";
    let document = yaml(file);
    let spans: Vec<&str> = document
        .facts
        .iter()
        .map(|fact| file.get(fact.span.clone()).unwrap())
        .collect();
    assert_eq!(
        spans,
        ["name: A\n  value: \"b\"", "d: 'e'", "g: |\n  h\n", "i: 1"].map(|s| s.trim_end())
    );
}

#[test]
fn decoded_values_lead_back() {
    let file = "a: \"x\\\"y\\\n   z\"\nb: >\n  c\n  d\n";
    let document = lower(Format::Yaml, file.as_bytes());
    let FactKind::Setting(setting) = &document.facts[0].kind else {
        panic!("no setting");
    };
    assert_eq!(setting.value.value, Value::Literal("x\"yz".into()));
    assert_eq!(&file[setting.value.span.clone()], "x\\\"y\\\n   z");
    let FactKind::Setting(setting) = &document.facts[1].kind else {
        panic!("no setting");
    };
    assert_eq!(setting.value.value, Value::Literal("c d\n".into()));
}

#[test]
fn hostile_files_end() {
    for unit in [
        "- ", "[", "{", "a: ", "? ", "\"", "'", "&a ", "*a ", "!t ", "{{", "{% ", "|\n", "- - a\n",
        "a: [\n", "\n", "\t", "%", "---\n", "a: \"b\n", "x", " ", "a:\n", "#", "${{", ": ", "- {",
    ] {
        let size = 200_000 / unit.len();
        let file = unit.repeat(size);
        testing::spans_lie_in(file.as_bytes(), &lower(Format::Yaml, file.as_bytes()));
    }
    let nested: String = (0..10_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    let nested = nested.get(..5_000_000).unwrap().as_bytes();
    testing::spans_lie_in(nested, &lower(Format::Yaml, nested));
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        testing::spans_lie_in(&bytes, &lower(Format::Yaml, &bytes));
    }

    #[test]
    fn mutated(at: usize, with in "[\\[\\]{}:,\"'\\\\ \n\t$a&*|>#%é-]{0,3}", length in 0..5_usize) {
        let mut file = "a: &x {b: [c, 'd']}\nenv:\n- name: N\n  value: \"v\\n\"\n- *x\ncommand: [sh, -c, y]\n\
            run: |\n  l1\n\n   l2\nf: >\n  t\n  u\n{{ if z }}\ng: {{ h }}\n---\ni: é\n".as_bytes().to_vec();
        let at = at % file.len();
        let end = (at + length).min(file.len());
        file.splice(at..end, with.bytes());
        testing::spans_lie_in(&file, &lower(Format::Yaml, &file));
    }
}

#[test]
fn one_deep_line_costs_little() {
    for unit in ["- ", "? ", ": ", "- - - ", "<<", "<<E\n", "a: &a [*a]\n"] {
        let file = unit.repeat(400_000 / unit.len());
        testing::spans_lie_in(file.as_bytes(), &lower(Format::Yaml, file.as_bytes()));
    }
}

#[test]
fn the_language_of_a_project_is_not_that_of_its_scripts() {
    let travis = "language: python\nbefore_script:\n- hf x\nscript: hf y\nafter_success:\n- hf z\n";
    assert_eq!(commands(&yaml(travis)), ["hf | x", "hf | y", "hf | z"]);
    let included = "jobs:\n  include:\n  - language: python\n    script:\n    - hf x\n";
    assert_eq!(commands(&yaml(included)), ["hf | x"]);
    let step =
        "steps:\n- language: python\n  script: import os\n- shell: python\n  run: import os\n";
    assert_eq!(commands(&yaml(step)), [""; 0]);
}
