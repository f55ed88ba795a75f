use crate::syntax::testing::config::{self as testing, commands, settings};
use crate::syntax::testing::lower;
use crate::syntax::{Document, Format};

fn ini(file: &str) -> Document {
    let document = lower(Format::Ini, file.as_bytes());
    testing::spans_lie_in(file.as_bytes(), &document);
    testing::literals_stand_in(file, &document);
    document
}

#[test]
fn sections_names_and_values() {
    let file = "\u{feff}top = 1\r\n# c\n; d\n[a b]\nkey = value ; comment\nurl: http://x:80/y#z\n\
        quoted = \"a # b\"\nsingle = 'c'\nempty =\npath = C:\\new\n[c \"https://hf.co\"] # c\n\
        \thelper = store\n\tname = \"a\\\"b\"\nhf.token=${HF_TOKEN:none}\nequals = a=b==\nb\u{e9} = \u{e9}\n";
    let document = ini(file);
    assert_eq!(
        settings(&document),
        [
            "top = 1",
            "a b.key = value",
            "a b.url = http://x:80/y#z",
            "a b.quoted = a # b",
            "a b.single = c",
            "a b.empty = null",
            "a b.path = C:\\new",
            "c.https://hf.co.helper = store",
            "c.https://hf.co.name = a\"b",
            "c.https://hf.co.hf.token = $HF_TOKEN",
            "c.https://hf.co.equals = a=b==",
            "c.https://hf.co.b\u{e9} = \u{e9}",
        ]
    );
    assert!(!document.has_errors);
}

#[test]
fn values_go_on() {
    let file = "[testenv]\nsetenv =\n    HF_TOKEN = x\n    # c\n    B = y\npassenv = HF_TOKEN\n    C\n\
        commands =\n    pip install -e .\n    hf auth login\n[aws]\ns3 = a\n  b = c\n[x]\na = b \\\n  c\nd = e\\\nf = g\n";
    let document = ini(file);
    assert_eq!(
        settings(&document),
        [
            "testenv.setenv = HF_TOKEN = x\n    # c\n    B = y",
            "testenv.setenv.HF_TOKEN = x",
            "testenv.setenv.B = y",
            "testenv.passenv = HF_TOKEN\n    C",
            "testenv.commands = pip install -e .\n    hf auth login",
            "aws.s3 = a",
            "aws.b = c",
            "x.a = b \\\n  c",
            "x.d = e\\",
            "x.f = g",
        ]
    );
    assert_eq!(
        commands(&document),
        ["pip | install | -e | .", "hf | auth | login"]
    );
}

#[test]
fn units_and_programs() {
    let file = "[Service]\nEnvironment=\"HF_TOKEN=a b\" B=c\nEnvironment=D=e\nExecStart=-/bin/tgi --token $HF_TOKEN \\\n  --port 80\n\
        [program:x]\nenvironment=HF_TOKEN=\"f\",G='h',I=j\ncommand=hf auth login --token %(ENV_HF_TOKEN)s\n\
        token = %(ENV_HF_TOKEN)s\nother = %(base)s\n";
    let document = ini(file);
    assert_eq!(
        settings(&document),
        [
            "Service.Environment.HF_TOKEN = a b",
            "Service.Environment.B = c",
            "Service.Environment.D = e",
            "Service.ExecStart = </bin/tgi --token +$HF_TOKEN+ \\\n  --port 80>",
            "program:x.environment.HF_TOKEN = f",
            "program:x.environment.G = h",
            "program:x.environment.I = j",
            "program:x.command = hf auth login --token %(ENV_HF_TOKEN)s",
            "program:x.token = Environment(\"HF_TOKEN\", None)",
            "program:x.other = $base",
        ]
    );
    assert_eq!(
        commands(&document).first().map(String::as_str),
        Some("/bin/tgi | --token | $HF_TOKEN | --port | 80")
    );
}

#[test]
fn machines_of_netrc() {
    let file = "# c\nmachine huggingface.co login me password x\nmachine b.com\n  login c\n  password d\n\
        macdef init\n cd /\n\ndefault login e password f\n";
    let document = ini(file);
    assert_eq!(
        settings(&document),
        [
            "huggingface.co.login = me",
            "huggingface.co.password = x",
            "b.com.login = c",
            "b.com.password = d",
            "default.login = e",
            "default.password = f",
        ]
    );
    assert_eq!(settings(&ini("machine = x\n")), ["machine = x"]);
}

#[test]
fn names_without_a_sign_and_damage() {
    let file = "requirepass foo\n<xml>\nKEY\n\\Ugly\nline = 1\n[open\nx = 2\n";
    let document = ini(file);
    assert_eq!(
        settings(&document),
        ["requirepass = foo", "KEY = null", "line = 1", "x = 2"]
    );
    assert!(document.has_errors);
}

#[test]
fn hostile_files_cost_little() {
    for unit in [
        "[",
        "a=\n ",
        "a=\\\n",
        "=",
        "a",
        "\"",
        "a=\"",
        "[a]\n",
        "a=b\n",
        "#\n",
        "a=\n#\n\n",
        "\n",
        "environment=\"",
        "environment=A=b,",
        "machine a login b ",
        "machine\n",
        "x {\n",
        "a=%(",
        "a=\n\n\n",
        " a=b\n",
        "\r",
        "\0",
    ] {
        ini(&unit.repeat(300_000 / unit.len()));
    }
}

#[test]
fn any_end() {
    let file = "[a \"b\"]\nc = \"d\n e\" \\\n f\nenvironment=A=\"b\",C=d\nExecStart=-/x\n%(a)s\n";
    for end in 0..file.len() {
        ini(&file[..end]);
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        testing::spans_lie_in(&bytes, &lower(Format::Ini, &bytes));
    }

    #[test]
    fn mutated(at: usize, with in "[\\[\\]=:\"'\\\\ \n\r#;é-]{0,3}", length in 0..5_usize) {
        let mut file = "[a \"b\"]\nc = \"d\n e\" \\\n f\nenvironment=A=\"b\",C=d\nmachine x\n".as_bytes().to_vec();
        let at = at % file.len();
        let end = (at + length).min(file.len());
        file.splice(at..end, with.bytes());
        testing::spans_lie_in(&file, &lower(Format::Ini, &file));
    }
}
