//! No whole secret leaves hfscan, in any format and from any corner, unless it was asked for.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::support::{FORMATS, Letters, Run, Tree, token};

/// A credential of another kind, which is made up too.
fn other(prefix: &str, seed: u64) -> String {
    format!("{prefix}{}", Letters::new(seed).take(34))
}

/// All that must not be seen of a secret: its letters, as they are and in other clothes.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let wide = |unit: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let body = secret.rsplit('_').next().unwrap();
    let mut forms = vec![
        body.as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ];
    for lead in ["", ":", "::"] {
        // Without the first and last characters, which depend on what stands beside it.
        let coded = STANDARD_NO_PAD.encode(format!("{lead}{secret}"));
        forms.push(coded.as_bytes()[4..coded.len() - 2].to_vec());
    }
    forms
}

/// Asserts that no secret is in these bytes.
#[track_caller]
fn no_secret(bytes: &[u8], secrets: &[String], what: &str) {
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        let place = bytes.windows(form.len()).position(|window| window == form);
        if let Some(at) = place {
            let from = at.saturating_sub(100);
            panic!(
                "{what}: a secret at {at}: {}",
                String::from_utf8_lossy(&bytes[from..at + form.len()])
            );
        }
    }
}

/// Asserts that no secret is in what a run wrote.
#[track_caller]
fn silent(run: &Run, secrets: &[String], what: &str) {
    no_secret(&run.stdout, secrets, &format!("{what}, stdout"));
    no_secret(&run.stderr, secrets, &format!("{what}, stderr"));
}

/// A tree with secrets in every corner, and the secrets.
fn hostile() -> (Tree, Vec<String>) {
    let tree = Tree::new();
    let s: Vec<String> = (1..=24).map(token).collect();
    tree.file("a.py", format!("login('{}'); x = '{}'\n", s[0], s[1]));
    tree.file(
        "one-line.txt",
        format!("{} {}@x {}:{}\n", s[2], s[3], s[0], s[4]),
    );
    let coded = STANDARD.encode(format!("user:{}", s[5]));
    tree.file("secret.yaml", format!("auth: {coded}\nplain: {}\n", s[6]));
    let wide: Vec<u8> = format!("\u{feff}a = {} b = {}\n", s[7], s[8])
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    tree.file("wide.ini", wide);
    let (head, tail) = s[9].split_at(12);
    tree.file(
        "split.py",
        format!("t = '{head}' + '{tail}'  # {}\n", s[10]),
    );
    tree.file(
        "hidden.py",
        format!(
            "t = '{}'  # hfscan: ignore[hf-user-token] was {}\n",
            s[11], s[12]
        ),
    );
    tree.file(
        "allowed.py",
        format!("t = '{}'  # gitleaks:allow {}\n", s[13], s[14]),
    );
    tree.file(
        "unused.py",
        format!("x = 1  # hfscan: ignore[{}] {}\n", s[15], s[16]),
    );
    tree.file("bare.py", format!("x = 1  # hfscan: ignore {}\n", s[17]));
    tree.file(format!("{}.txt", s[18]), format!("{}\n", s[19]));
    tree.file(
        format!("folder-{}/broken.gz", s[20]),
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF],
    );
    tree.file(
        "a.ipynb",
        format!(
            "{{\"cells\": [{{\"source\": [\"t = \\\"{}\\\"\\n\"]}}]}}",
            s[21]
        ),
    );
    tree.file(
        "long.js",
        format!(
            "{}'{}'{}'{}'{}",
            "x=1;".repeat(900),
            s[22],
            "y".repeat(200),
            s[23],
            "z".repeat(9000)
        ),
    );
    let org = other("api_org_", 50);
    let jws = format!(
        "hf_oauth_eyJ{}.{}.{}",
        Letters::new(51).take(40),
        Letters::new(52).take(80),
        Letters::new(53).take(86)
    );
    let refresh = other("hf_oauth__refresh_", 54);
    tree.file("more.env", format!("A={org}\nB={jws}\nC={refresh} {org}\n"));
    let (id, key) = (other("HFAK", 55), Letters::new(56).take(40));
    tree.file(
        "aws.ini",
        format!("aws_access_key_id = {id}\naws_secret_access_key = {key}\n"),
    );
    let mut secrets = s;
    secrets.extend([
        org,
        refresh,
        key,
        jws.rsplit('.').next().unwrap().to_owned(),
    ]);
    (tree, secrets)
}

#[test]
fn no_format_shows_a_secret() {
    let (tree, secrets) = hostile();
    let missing = format!("missing-{}", token(1));
    for format in FORMATS {
        for flags in [
            &[][..],
            &["-v"],
            &["-q"],
            &["--statistics", "-v", "--min-confidence", "low"],
            &["--ignore-suppressions", "--no-ignore"],
            &["--color", "always"],
            &["--select", "hygiene"],
            &["--select", "hf-org-token,hf-s3-key"],
            &["--ignore", "hf-user-token"],
            &[missing.as_str()],
        ] {
            let mut args = vec![".", "--output-format", format];
            args.extend(flags);
            let run = tree.run(&args);
            silent(run.expect(2), &secrets, &format!("{args:?}"));
            assert!(
                run.stdout.len() + run.stderr.len() > 40,
                "{args:?} says nothing"
            );
            args.extend(["-o", "../home/report"]);
            let run = tree.run(&args);
            silent(run.expect(2), &secrets, &format!("{args:?}"));
            no_secret(
                &tree.read("../home/report"),
                &secrets,
                &format!("{args:?}, file"),
            );
        }
    }
}

/// The test above would pass if nothing were ever shown.
#[test]
fn the_secrets_are_there_to_be_shown() {
    let (tree, secrets) = hostile();
    let run = tree.run([
        ".",
        "--output-format",
        "json",
        "--show-secrets",
        "--ignore-suppressions",
    ]);
    let out = run.expect(2).out();
    let shown = secrets
        .iter()
        .filter(|secret| out.contains(secret.rsplit('_').next().unwrap()));
    assert!(shown.count() >= 20, "{out}");
}

#[test]
fn standard_input_shows_no_secret() {
    let secrets = [token(1), token(2)];
    let tree = Tree::new();
    for format in FORMATS {
        let name = format!("{}.log", token(2));
        let args = ["-", "--stdin-filename", &name, "--output-format", format];
        let run = tree.run_with(args, format!("a {} b", token(1)));
        silent(run.expect(1), &secrets, format);
        silent(tree.run(args).expect(2), &secrets, format);
    }
}

#[test]
fn errors_of_usage_and_configuration_show_no_secret() {
    let secret = token(1);
    let secrets = [secret.clone()];
    let tree = Tree::with("a.py", "x");
    tree.file(format!("{secret}.toml"), "select = [");
    tree.file(format!("rules-{secret}/x.md"), "x");
    tree.file(format!("bad-{secret}/bad.toml"), "summary = 1");
    let file = format!("{secret}.toml");
    let (folder, bad) = (format!("rules-{secret}"), format!("bad-{secret}"));
    let output = format!("no/{secret}");
    for args in [
        &["--select", &secret][..],
        &["--ignore", &secret],
        &["--config", &file],
        &["--config", &secret],
        &["--rules", &folder],
        &["--rules", &bad],
        &["--rules", &secret],
        &["rules", "test", &bad],
        &["explain", &secret],
        &["-o", &output],
        &["a.py", "--exclude", &format!("{{{secret}")],
        &[&secret],
        &[&folder, "--exclude", "*"],
        &["--token", &secret],
        &[&format!("--{secret}")],
        &["--fail-on", &secret],
        &["--threads", &secret],
        &["completions", &secret],
    ] {
        silent(tree.run(args).expect(2), &secrets, &format!("{args:?}"));
    }
    for config in [
        format!("select = ['{secret}']"),
        format!("{secret} = 1"),
        format!("fail-on = '{secret}'"),
        format!("exclude = ['{{{secret}']"),
        format!("min-severity = ['{secret}']"),
        format!("rules = ['{secret}']"),
        format!("severity = {{{secret} = 'note'}}"),
        format!("x = '{secret}"),
        format!("per-path-ignores = {{'a' = ['{secret}']}}"),
    ] {
        tree.file("hfscan.toml", &config);
        silent(tree.run(["."]).expect(2), &secrets, &config);
    }
}

#[test]
fn verbosity_shows_no_secret_of_a_path() {
    let secret = token(1);
    let tree = Tree::with(format!("{secret}/hfscan.toml"), "");
    tree.file(format!("{secret}/a.py"), "x");
    let run = tree.run([secret.as_str(), "-v"]);
    // The name of the folder is a leak of its own.
    silent(run.expect(1), &[secret], "-v");
    run.says("configuration: ");
}

#[test]
fn a_rule_with_a_secret_in_its_words_shows_none() {
    let secrets = [token(1), token(2), token(3), token(4)];
    let tree = Tree::with("a.py", "x = acme_abcdefghijkl\n");
    let [a, b, c, d] = &secrets;
    tree.file(
        format!("rules/{d}/acme-key.toml"),
        format!(
            "summary = 'Acme key, not {a}'\nseverity = 'error'\nhelp = 'not {b}'\nwhy = 'x {c}'\n\
             remedy = 'x {c}'\nreferences = ['https://example.com/{c}']\n\
             [token]\nkeywords = ['acme_']\npattern = 'acme_[a-z]{{12}}'\n\
             [[example]]\ntext = '«acme_abcdefghijkl»'\n[[example]]\ntext = 'x'\n"
        ),
    );
    for format in FORMATS {
        let run = tree.run(["a.py", "--rules", "rules", "--output-format", format]);
        silent(run.expect(1), &secrets, format);
    }
}

/// What could steer a terminal, from a file and from its name.
#[test]
fn no_control_character_reaches_a_terminal() {
    let tree = Tree::new();
    let steer = "\x1b]0;title\x07 \x1b[2J \u{9b}31m \u{202e} \u{200b}\x08\x7f\r";
    tree.file("a.py", format!("{steer} x = '{}' {steer}\n", token(1)));
    tree.file("b.py", format!("x = 1  {steer}# hfscan: ignore {steer}\n"));
    tree.file(format!("{steer}.py"), token(2));
    tree.file(
        format!("folder\n::error::x{steer}/broken.gz"),
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF],
    );
    let control = |c: char| {
        c.is_control()
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
    };
    for format in FORMATS {
        for flags in [&[][..], &["-v"], &["missing\x1b[31m\u{202e}"]] {
            let mut args = vec![".", "--output-format", format];
            args.extend(flags);
            let run = tree.run(&args);
            for text in [run.expect(2).out(), run.err()] {
                let bad: Vec<char> = text
                    .chars()
                    .filter(|c| control(*c) && !"\n\t".contains(*c))
                    .collect();
                // Formats for machines quote them; a terminal would not see them quoted.
                let raw = bad.iter().filter(|c| **c < ' ').count();
                let wanted = if ["text", "github"].contains(&format) {
                    bad.len()
                } else {
                    raw
                };
                assert_eq!(wanted, 0, "{args:?}: {bad:?} in {text}");
                assert!(!text.contains("\n::error::x"), "{text}");
            }
        }
    }
    for args in [
        &["--select", "\x1b[31m"][..],
        &["explain", "\x1b[31m"],
        &["--config", "\x1b[31m"],
        &["--\x1b[31m"],
    ] {
        let run = tree.run(args);
        assert!(
            !run.expect(2).err().contains('\x1b'),
            "{args:?}: {:?}",
            run.err()
        );
    }
}

#[test]
fn hashes_are_given_of_random_secrets_only() {
    let tree = Tree::with("a.py", format!("x = '{}'\n", token(1)));
    tree.file("b.sh", "curl -H 'X-Webhook-Secret: hunter2horse' x\n");
    let findings = tree.run(["--output-format", "json"]).findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(findings[0]["secret"]["sha256"].as_str().unwrap().len(), 64);
    assert!(findings[1]["secret"]["sha256"].is_null());
    for format in FORMATS {
        let out = tree.run(["--output-format", format]).out();
        assert!(!out.contains("hunter2"), "{format}: {out}");
    }
}
