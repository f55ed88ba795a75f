use crate::syntax::testing::config::{self as testing, commands, settings};
use crate::syntax::testing::lower;
use crate::syntax::{Document, Format, Place};

fn hcl(file: &str) -> Document {
    let document = lower(Format::Hcl, file.as_bytes());
    testing::spans_lie_in(file.as_bytes(), &document);
    testing::literals_stand_in(file, &document);
    document
}

#[test]
fn blocks_attributes_and_expressions() {
    let file = "\u{feff}# c\nlocals {\n  a = \"b\" // c\n  d = var.e\r\n  f = \"g ${var.h[0].i} j\"\n  k = [1, true, null, \"l\",]\n\
        \x20 m = { n = \"o\", \"p q\": r.s, (t.u) = 1 } /* c */\n  v = w ? \"x\" : y\n  z = file(\"a/b\")\n}\n\
        resource \"aws\" \"x\" { b = \"c\\\"d\\u00e9$${E}\" }\nkey = data.x[\"HF_TOKEN\"].value\n\
        e = get_env(\"HF_TOKEN\", \"n\")\nl = [for x in y : { a = x }]\nt = string\n";
    let document = hcl(file);
    assert_eq!(
        settings(&document),
        [
            "locals.a = b",
            "locals.d = $var.e",
            "locals.f = <g +$var.h+ j>",
            "locals.k.0 = 1",
            "locals.k.1 = true",
            "locals.k.2 = null",
            "locals.k.3 = l",
            "locals.m.n = o",
            "locals.m.p q = $r.s",
            "locals.m.t.u = 1",
            "locals.v = ?",
            &format!("locals.z = {}", call(&document, "file")),
            "resource.aws.x.b = <c\"d\u{e9}+$E>",
            "key = $data.x.HF_TOKEN.value",
            &format!("e = {}", call(&document, "Environment(\"HF_TOKEN\"")),
            "l = ?",
            "t = Name(\"string\")",
        ]
    );
    assert!(!document.has_errors);
}

/// The value that holds a text, as it is shown.
fn call(document: &Document, text: &str) -> String {
    let all = settings(document);
    let found = all.iter().find(|line| line.contains(text)).unwrap();
    found.split_once(" = ").unwrap().1.to_owned()
}

#[test]
fn variables_and_pairs() {
    let file = "variable \"hf_token\" {\n  type = string\n  default = \"x\"\n  sensitive = true\n}\n\
        variable \"B\" { default = \"\" }\n\
        resource \"k\" \"y\" {\n  container {\n    env {\n      name = \"HF_TOKEN\"\n      value = var.hf_token\n    }\n\
        \x20   env {\n      name = \"A\"\n      value_from {\n        secret_key_ref { key = \"k\" }\n      }\n    }\n\
        \x20   environment { variables = { HF_TOKEN = \"v\" } }\n  }\n\
        \x20 defs = jsonencode([{ environment = [{ name = \"HF_TOKEN\", value = \"w\" }] }])\n\
        \x20 all = merge(local.a, { HF_TOKEN = \"z\" })\n}\n";
    let document = hcl(file);
    assert_eq!(
        settings(&document),
        [
            "variable.hf_token.type = Name(\"string\")",
            "variable.hf_token = x",
            "variable.hf_token.sensitive = true",
            "variable.B = null",
            "resource.k.y.container.env.HF_TOKEN = $var.hf_token",
            "resource.k.y.container.env.A = ?",
            "resource.k.y.container.env.A.value_from.secret_key_ref.key = k",
            "resource.k.y.container.environment.variables.HF_TOKEN = v",
            "resource.k.y.defs.0.environment.HF_TOKEN = w",
            "resource.k.y.all = $local.a",
            "resource.k.y.all.HF_TOKEN = z",
        ]
    );
    assert!(!document.has_errors);
}

#[test]
fn scripts_in_heredocs_and_lists() {
    let file = "resource \"a\" \"b\" {\n  user_data = base64encode(<<-EOF\n    #!/bin/bash\n    hf auth login --token ${var.hf_token}\n    echo $${A}\n  EOF\n  )\n\
        \x20 provisioner \"remote-exec\" {\n    inline = [\"hf download x\", \"export A=b\"]\n  }\n\
        \x20 provisioner \"local-exec\" {\n    command = \"hf upload y\"\n    environment = { HF_TOKEN = \"c\" }\n  }\n\
        \x20 entrypoint = [\"sh\", \"-c\", \"hf jobs\"]\n}\nvalues = <<YAML\nenv:\n  - name: HF_TOKEN\n    value: d\nYAML\nlast = 1\n";
    let document = hcl(file);
    assert_eq!(
        commands(&document),
        [
            "hf | auth | login | --token | $var.hf_token",
            "echo | $A",
            "hf | download | x",
            "export | A=b",
            "hf | upload | y",
            "sh | -c | hf jobs",
            "hf | jobs",
        ]
    );
    let found = settings(&document);
    for setting in ["env.HF_TOKEN = d", "last = 1", "A = b"] {
        assert!(
            found.contains(&setting.to_owned()),
            "{setting} in {found:?}"
        );
    }
    let yaml = |place: &Place| *place == Place::Document(Format::Yaml);
    assert!(
        document
            .facts
            .iter()
            .any(|fact| fact.place.iter().any(yaml))
    );
    assert!(!document.has_errors);
}

#[test]
fn kin() {
    let file = "hf {\n  token = ${?HF_TOKEN}\n  a.b : \"c\"\n  list += \"d\"\n}\nserver { listen 80; location ~ \\.x$ { set = 1; } }\n\
        e = {{ .f }}\ng = 2\n";
    let document = hcl(file);
    let found = settings(&document);
    for setting in ["hf.token = $HF_TOKEN", "hf.a.b = c", "hf.list = d", "g = 2"] {
        assert!(
            found.contains(&setting.to_owned()),
            "{setting} in {found:?}"
        );
    }
}

#[test]
fn damage_keeps_the_rest() {
    for (file, expected) in [
        (
            "a {\n  b = \"c\n  d = 1\n}\ne = 2\n",
            &["a.b = c", "a.d = 1", "e = 2"][..],
        ),
        (
            "a {\n  b = {\n    c = 1\n}\nd = 2\n",
            &["a.b.c = 1", "a.d = 2"],
        ),
        ("a = [1, 2\nb = 3\n}\n", &["a.0 = 1", "a.1 = 2"]),
        ("a = \nb = 1\n", &["a = null", "b = 1"]),
        ("a } b = 1\n", &["b = 1"]),
        ("a {\n b = f(\n}\nc = 1\n", &["a.b = ?", "c = 1"]),
        ("a = <<E\nb\n", &["a = b"]),
        ("a = \"${b\nc = 1\n", &["c = 1"]),
        ("= 1\na = 2", &["a = 2"]),
    ] {
        let document = hcl(file);
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
fn hostile_files_cost_little() {
    for unit in [
        "[",
        "a=[",
        "{",
        "a {",
        "(",
        "a=(",
        "\"",
        "a=\"${",
        "\"${\n",
        "\"${\"",
        "<<E\n",
        "a=<<E\n",
        "<<a",
        "/*",
        "#",
        "a=f(",
        "a=jsonencode(",
        "a=f(g(h(",
        "}",
        "]",
        ")",
        "a",
        "a.",
        "a ",
        "\\",
        "a=1\n",
        "a=\"b${c}\"\n",
        "a = [for ",
        "\"a\" ",
        "(a)",
        "$${",
        "a=\"$${",
        "a=\"\\",
        "[ ",
        "-",
        "a=f(1,",
        "a={b=",
        "variable \"a\" {default={",
        "${",
        "%{",
    ] {
        hcl(&unit.repeat(300_000 / unit.len()));
    }
    hcl(&format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000)));
    hcl(&format!(
        "a = f({}{})",
        "(".repeat(10_000),
        ")".repeat(10_000)
    ));
    hcl(&format!("a = \"{}\"", "b".repeat(1_000_000)));
}

#[test]
fn any_end() {
    let file = "a \"b\" {\n  c = \"d ${e(\"f\")} \\n\"\n  g = <<-E\n    h $${i}\n  E\n  env {\n name = \"j\"\n value = k[0] }\n}\n\
        l = jsonencode({ m = f({ n = \"o\" }, [p]) })\n";
    for end in 0..file.len() {
        let document = lower(Format::Hcl, &file.as_bytes()[..end]);
        testing::spans_lie_in(&file.as_bytes()[..end], &document);
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        testing::spans_lie_in(&bytes, &lower(Format::Hcl, &bytes));
    }

    #[test]
    fn mutated(at: usize, with in "[\\[\\]{}()=:,\"$\\\\ \n#<é-]{0,3}", length in 0..5_usize) {
        let mut file = "a \"b\" {\n  c = \"d ${e(\"f\")} \\n\"\n  g = <<-E\n    h $${i}\n  E\n  env {\n name = \"j\"\n value = k[0] }\n}\n\
            l = jsonencode({ m = f({ n = \"o\" }, [p]) })\n".as_bytes().to_vec();
        let at = at % file.len();
        let end = (at + length).min(file.len());
        file.splice(at..end, with.bytes());
        testing::spans_lie_in(&file, &lower(Format::Hcl, &file));
    }
}
