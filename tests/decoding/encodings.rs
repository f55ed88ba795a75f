//! Base64, UTF-16, escapes, and literals in pieces.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::exactly;
use crate::support::{Tree, plant, token};

/// Replaces each `@` by a token and asserts that each is found.
#[track_caller]
fn found(name: &str, text: &str) {
    let (text, places) = plant(text, 100);
    exactly(name, text.as_bytes(), &places);
}

/// Asserts that the bytes from `«` to `»` are found.
#[track_caller]
fn marked(name: &str, text: &str) {
    let start = text.find('«').unwrap();
    let end = text.find('»').unwrap() - '«'.len_utf8();
    exactly(
        name,
        text.replace(['«', '»'], "").as_bytes(),
        &[(start, end)],
    );
}

#[test]
fn base64_at_every_alignment() {
    for lead in ["", ":", "a=", "user:", "Bearer ", "a b c d "] {
        for tail in ["", "\n", ":x", " and so on until the end"] {
            let plain = format!("{lead}{}{tail}", token(7));
            for encoded in [
                STANDARD.encode(&plain),
                STANDARD_NO_PAD.encode(&plain),
                URL_SAFE.encode(&plain),
            ] {
                marked("secret.yaml", &format!("data:\n  token: «{encoded}»\n"));
            }
        }
    }
}

#[test]
fn base64_in_lines() {
    let encoded = STANDARD.encode(format!(
        "{}{} {}",
        "x ".repeat(25),
        token(8),
        "y".repeat(90)
    ));
    let wrapped: Vec<&str> = (0..encoded.len())
        .step_by(76)
        .map(|at| &encoded[at..encoded.len().min(at + 76)])
        .collect();
    for feed in ["\n", "\r\n", "\n    "] {
        let tree = Tree::with("mail.eml", wrapped.join(feed));
        assert_eq!(tree.places(&[]).len(), 1, "{feed:?}");
    }
}

#[test]
fn a_long_base64_literal_is_reported_in_part() {
    let plain = format!("{}{} {}", "x ".repeat(1500), token(9), "y ".repeat(1500));
    let encoded = STANDARD.encode(&plain);
    let tree = Tree::with("a.env", format!("UV_SCRIPT_ENCODED={encoded}\n"));
    let places = tree.places(&[]);
    let [(_, start, end)] = places[..] else {
        panic!("{places:?}")
    };
    assert_eq!((start, end), (18 + 4000, 18 + 4000 + 50));
}

#[test]
fn basic_auth() {
    let encoded = STANDARD.encode(format!("user:{}", token(10)));
    marked(
        "curl.log",
        &format!("> Authorization: Basic «{encoded}»\r\n> Accept: */*\r\n"),
    );
}

#[test]
fn utf16_with_and_without_a_mark() {
    let text = format!("[hub]\r\nname = ü🤗\r\ntoken = {}\r\n", token(11));
    let at = text.encode_utf16().count() - 2 - 37;
    let units: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
    for (unit, mark) in units.into_iter().zip([[0xFF, 0xFE], [0xFE, 0xFF]]) {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
        exactly("a.ini", &bytes, &[(2 * at, 2 * (at + 37))]);
        let marked = [&mark[..], &bytes].concat();
        exactly("a.ini", &marked, &[(2 + 2 * at, 2 + 2 * (at + 37))]);
    }
}

#[test]
fn utf16_lines_and_columns_are_those_of_the_text() {
    for unit in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        let text = format!("\u{feff}one\n🤗 = {}\n", token(12));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
        let tree = Tree::with("a.ini", bytes);
        let finding = tree.run(["--output-format", "json"]).findings().remove(0);
        assert_eq!(finding["start"]["line"], 2);
        assert_eq!(finding["start"]["column"], 5);
        let snippet = finding["snippet"].as_str().unwrap();
        assert!(snippet.starts_with("🤗 = hf_"), "{snippet}");
    }
}

#[test]
fn utf16_inside_another_file() {
    for shift in [0, 1] {
        let mut bytes = vec![7; 101 + shift];
        bytes.extend([0, 0, 9, 9]);
        let at = bytes.len();
        bytes.extend(token(13).encode_utf16().flat_map(u16::to_le_bytes));
        bytes.extend([0, 0, 9, 9, 9]);
        exactly("a.dll", &bytes, &[(at, at + 74)]);
    }
}

#[test]
fn escapes_on_the_left_are_no_part_of_a_word() {
    for escape in [
        r"\n",
        r"\t",
        r"\r\n",
        r"\\n",
        r"\u0022",
        r"\u003d",
        r"\x22",
        r"\x3D",
        r"\042",
        r#"\""#,
        "%3D",
        "%20",
        "%22",
        "%253D",
        "=3D",
        "\x1b[1m",
        "\x1b[38;5;12m",
        r"\x1b[0m",
        r"\u001b[33m",
        r"\e[1m",
        r"\033[0m",
        "&#61;",
        "&quot;",
    ] {
        found("a.log", &format!("token{escape}@ and\nx"));
    }
}

#[test]
fn escapes_on_the_right_end_a_token() {
    for escape in [
        r"\n",
        r"\t",
        r"\u0022",
        r#"\""#,
        r"\'",
        "%26x=1",
        "%0A",
        "%22",
        "&amp;x",
        "&quot;",
        "\x1b[0m",
        r"\x1b[0m",
        "<br>",
        "</code>",
        "@huggingface.co",
        "`",
        "\"",
        "'",
        ")",
        "]",
        "}",
        ",",
        ";",
        ":",
        "|",
        "\r\n",
        ".",
        "…",
        "=",
        "/",
        "\0",
    ] {
        found(
            "a.log",
            &format!("token=#{escape} and\nx")
                .replace('@', "\u{1}")
                .replace('#', "@")
                .replace('\u{1}', "(at)"),
        );
    }
    let (text, places) = plant("https://user:@", 100);
    exactly(
        "a.log",
        format!("{text}@huggingface.co/x").as_bytes(),
        &places,
    );
}

#[test]
fn an_escaped_underscore_is_one() {
    let body = token(14).replace("hf_", "");
    for underscore in [r"\u005f", r"\u005F", r"\x5f", r"\x5F", "%5f", "%5F"] {
        marked("a.json", &format!("{{\"a\": \"«hf{underscore}{body}»\"}}"));
    }
}

#[test]
fn longer_words_are_no_tokens() {
    let (token, body) = (token(15), token(15).replace("hf_", ""));
    for text in [
        format!("x{token}"),
        format!("7{token}"),
        format!("_{token}"),
        format!("x_{token}"),
        format!("{token}x"),
        format!("{token}_prio"),
        format!("{token}9"),
        format!("HF_{body}"),
        format!("hf-{body}"),
        token[..36].to_owned(),
    ] {
        exactly("a.c", format!("a {text} b").as_bytes(), &[]);
    }
}

#[test]
fn pieces_that_the_program_joins() {
    let body = token(16).replace("hf_", "");
    let (a, b) = body.split_at(13);
    let (b, c) = b.split_at(9);
    for text in [
        format!("x = '«hf_{a}' + '{b}{c}»'"),
        format!("x = \"«hf_{a}\" \"{b}{c}»\""),
        format!("x = ('«hf_{a}'\n     '{b}'\n     '{c}»')"),
        format!("x = '«hf_{a}' +\n    '{b}' +\n    '{c}»';"),
        format!("x = '«hf_' + '{a}{b}{c}»'"),
        format!("x = \"«hf_{a}\\\n{b}{c}»\""),
        format!("x = \"«hf_{a}\\\r\n    {b}{c}»\""),
        format!("$x = '«hf_{a}' . '{b}{c}»';"),
        format!("x = \"«hf_{a}\" & \"{b}{c}»\""),
        format!("x = f\"«hf_{a}\" f\"{b}{c}»\""),
        format!("x = \"«hf_{a}\" .. \"{b}{c}»\""),
        format!("f(\"«hf_{a}\" \"{b}{c}»\", \"more\")"),
        format!("\x1b[31m«hf_{a}\x1b[0m\x1b[32m{b}{c}»\x1b[0m"),
    ] {
        marked("a.src", &text);
    }
}

#[test]
fn encodings_over_encodings() {
    let json = STANDARD.encode(format!("{{\"a\": \"x\\n{}\\n\"}}", token(18)));
    marked("a.yaml", &format!("data: «{json}»\n"));
}

/// Asserts that one token is found, that a copy of `redact` has none, and that the same without the token is
/// clean.
#[track_caller]
fn once(text: &str) {
    let tree = Tree::with("a.txt", text);
    let findings = tree
        .run([
            "--isolated",
            "--select",
            "tokens",
            "--output-format",
            "json",
        ])
        .findings();
    assert_eq!(findings.len(), 1, "{text}: {findings:?}");
    let copy = tree.run(["redact", "a.txt"]).expect(0).out();
    assert_ne!(copy, text);
    Tree::with("a.txt", copy)
        .run(["--isolated", "--select", "tokens"])
        .expect(0);
}

#[test]
fn base64_in_base64() {
    for lead in ["", ":", "a=", "HF_TOKEN=", "user: "] {
        let mut text = format!("{lead}{}", token(20));
        for layers in 1..5 {
            text = STANDARD.encode(&text);
            once(&format!("data:\n  env: {text}\n"));
            once(&format!("path/{layers}/{text}"));
            text = format!("{lead}{text}");
        }
    }
}

#[test]
fn base64_of_other_encodings() {
    let script = format!("$env:HF_TOKEN = '{}'; python train.py", token(21));
    for script in [script.clone(), format!(" {script}"), format!("# {script}")] {
        let units: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
        once(&format!("powershell -enc {}\n", STANDARD.encode(units)));
    }
    let escaped = format!("{{\"text\": \"it is hf\\u005f{} now\"}}", &token(22)[3..]);
    once(&STANDARD.encode(escaped));
    let inner = STANDARD.encode(format!("HF_TOKEN={}", token(23)));
    let wrapped = STANDARD.encode(format!("data:\n  token: {inner}\nkind: Secret\n"));
    let lines: Vec<&str> = (0..wrapped.len())
        .step_by(64)
        .map(|at| &wrapped[at..wrapped.len().min(at + 64)])
        .collect();
    once(&lines.join("\n    "));
}

#[test]
fn base64_of_text_in_a_long_line() {
    let mut plain = "some text ".repeat(40_000);
    plain.insert_str(
        200_000,
        &format!(" {} ", STANDARD.encode(format!("x {}", token(24)))),
    );
    once(&STANDARD.encode(plain));
}

#[test]
fn any_letter_of_a_prefix_may_be_an_escape() {
    let token = token(25);
    for at in 0..3 {
        let (before, rest) = token.split_at(at);
        let (code, after) = (rest.as_bytes()[0], &rest[1..]);
        for escape in [
            format!("%{code:02x}"),
            format!("%{code:02X}"),
            format!("\\x{code:02x}"),
            format!("\\u{code:04x}"),
            format!("\\u{code:04X}"),
            format!("\\u{{{code:x}}}"),
            format!("&#{code};"),
            format!("&#x{code:x};"),
            format!("={code:02X}"),
        ] {
            once(&format!("x = '{before}{escape}{after}'\n"));
        }
    }
}

#[test]
fn all_letters_may_be_escapes() {
    let forms: [fn(u8) -> String; 6] = [
        |code| format!("%{code:02x}"),
        |code| format!("%{code:02X}"),
        |code| format!("\\x{code:02x}"),
        |code| format!("\\u{code:04x}"),
        |code| format!("&#{code};"),
        |code| format!("&#x{code:X};"),
    ];
    for form in forms {
        let text: String = token(26).bytes().map(form).collect();
        once(&format!("x = \"{text}\"\n"));
    }
    // A letter of the body, and one of the prefix.
    let token = token(27);
    once(&format!(
        "x = \"\\u0068{}%{:02x}{}\"\n",
        &token[1..9],
        token.as_bytes()[9],
        &token[10..]
    ));
}
