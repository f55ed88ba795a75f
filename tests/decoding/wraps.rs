//! Lines that were cut: by terminals, loggers and container runtimes.

use super::exactly;
use crate::support::token;

/// Cuts a line into lines of a width, each behind a prefix.
fn wrapped(text: &str, width: usize, prefix: impl Fn(usize) -> String) -> String {
    let letters: Vec<char> = text.chars().collect();
    let lines = letters.chunks(width).enumerate();
    lines
        .map(|(number, line)| format!("{}{}\n", prefix(number), line.iter().collect::<String>()))
        .collect()
}

/// Where the characters of a token stand in a text that may cut it.
#[track_caller]
fn found_whole(text: &str, token: &str) {
    let mut rest = text;
    let mut at = 0;
    // The token is the only text of its letters; its first piece begins it.
    let first = (1..=token.len())
        .rev()
        .find_map(|length| text.find(&token[..length]))
        .unwrap();
    rest = &rest[first..];
    at += first;
    let mut end = at;
    let mut letters = token.chars().peekable();
    let mut iter = rest.char_indices().peekable();
    // The last letters of the token end the last piece.
    while let Some((place, c)) = iter.next() {
        if letters.peek() == Some(&c) {
            letters.next();
            end = at + place + 1;
        } else if c == '\n' {
            // The prefix of the next line is skipped where the rest of the token follows.
            let tail: String = letters.clone().collect();
            let piece = (1..=tail.len()).rev().find_map(|length| {
                rest[place..]
                    .find(&tail[..length])
                    .filter(|_| length > 1 || tail.len() == 1)
            });
            let skip = piece.unwrap_or(1);
            while iter.peek().is_some_and(|(next, _)| *next < place + skip) {
                iter.next();
            }
        }
        if letters.peek().is_none() {
            break;
        }
    }
    exactly("job.log", text.as_bytes(), &[(first, end)]);
}

#[test]
fn a_token_may_be_cut_anywhere() {
    let token = token(700);
    type Prefix = fn(usize) -> String;
    let prefixes: [Prefix; 7] = [
        |_| String::new(),
        |n| format!("2026-11-22T20:31:{:02}.{}Z ", n + 10, n * 7919),
        |_| "[rank0]: ".to_owned(),
        |_| "web-1  | ".to_owned(),
        |n| format!("2026-11-22T20:31:10.{n}3Z stdout P "),
        |n| format!("build\tRun tests\t2026-11-22T20:31:1{n}.123Z "),
        |n| format!("I1122 20:31:1{n}.000123       1 main.go:{n}] "),
    ];
    for prefix in prefixes {
        for cut in 1..37 {
            let text = format!("{}{token} is it", "=".repeat(80 - cut));
            found_whole(&wrapped(&text, 80, prefix), &token);
        }
    }
}

#[test]
fn records_of_json_may_cut_a_token() {
    let token = token(701);
    let (head, tail) = token.split_at(20);
    for (open, close) in [
        (
            r#"{"log":""#,
            r#"","stream":"stdout","time":"2026-11-22T20:31:10Z"}"#,
        ),
        (r#"data: {"timestamp": 17, "data": ""#, r#""}"#),
    ] {
        let text = format!("{open}x {head}{close}\n{open}{tail} y{close}\n");
        let first = open.len() + 2;
        let second = text.rfind(tail).unwrap() + tail.len();
        exactly("job.log", text.as_bytes(), &[(first, second)]);
    }
}

#[test]
fn colours_may_part_a_token() {
    let token = token(702);
    for cut in [1, 2, 3, 10, 36] {
        let (head, tail) = token.split_at(cut);
        for code in [
            "\x1b[0m",
            "\x1b[0m\x1b[1;31m",
            "\x1b[K\x1b[m",
            "\x1b[38;5;4m",
        ] {
            let text = format!("x {head}{code}{tail} y\n");
            let end = 2 + token.len() + code.len();
            exactly("job.log", text.as_bytes(), &[(2, end)]);
        }
    }
}

#[test]
fn lines_that_only_follow_each_other_are_not_joined() {
    let body = token(703).replace("hf_", "");
    for text in [
        format!("hf_{}\n\n{}\n", &body[..20], &body[20..]),
        format!("hf_{}\n- {}\n", &body[..20], &body[20..]),
        format!("hf_{}\n{}x\n", &body[..20], &body[20..]),
        format!("path\nf_{body}\n"),
        format!("hf_{} and\n{}\n", &body[..20], &body[20..]),
        "uses hf_transfer\nDownloading\n".to_owned(),
        "hf_hub_download\nAutoModelForCausalLM\n".to_owned(),
    ] {
        exactly("job.log", text.as_bytes(), &[]);
    }
    // A whole token at the end of a line is one, whatever follows.
    let text = format!("{}\nnext line\n", token(704));
    exactly("job.log", text.as_bytes(), &[(0, 37)]);
}

#[test]
fn a_long_token_may_be_cut_over_many_lines() {
    let mut letters = crate::support::Letters::new(705);
    let token = format!(
        "hf_oauth_eyJ{}.eyJ{}.{}",
        letters.take(60),
        letters.take(700),
        letters.take(43)
    );
    for prefix in ["", "2026-11-22T20:31:10Z "] {
        let text = wrapped(&format!("token={token}"), 80, |_| prefix.to_owned());
        let text = format!("{text}{prefix}the next line\n");
        let end = text.find("the next").unwrap() - prefix.len() - 1;
        exactly("job.log", text.as_bytes(), &[(prefix.len() + 6, end)]);
    }
}
