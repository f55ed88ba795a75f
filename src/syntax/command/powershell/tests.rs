use crate::syntax::Format;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::PowerShell, file), *expected, "{file}");
    }
}

#[test]
fn variables() {
    check(&[
        ("$env:HF_TOKEN = \"abc\"\r\nls", &["HF_TOKEN = abc", "ls"]),
        ("$Env:A='b''c'; ${env:D} += 'e'", &["A = b'c", "D = e"]),
        (
            "$x = \"a $env:T $($env:U)b\"",
            &["x = \"a \"+$T+\" \"+$U+b"],
        ),
        (
            "$t = hf auth token",
            &["t = $(hf auth token)", "hf auth token"],
        ),
        (
            "$t = $(hf auth token)",
            &["t = $(hf auth token)", "hf auth token"],
        ),
        ("[string]$x = $y + 'z'", &["x = $y+z"]),
        ("$a = $b -eq 'c'\n$d = $true", &["a = ?", "d = true"]),
        (
            "[System.Environment]::SetEnvironmentVariable(\"HF_TOKEN\", 'x', 'User')",
            &["HF_TOKEN = x"],
        ),
        (
            "setx HF_TOKEN x\nSet-Item -Path Env:\\A -Value $b",
            &[
                "HF_TOKEN = x",
                "setx HF_TOKEN x",
                "A = $b",
                "Set-Item -Path Env:\\A -Value $b",
            ],
        ),
        (
            "$h = @{ HF_TOKEN = \"x\"; 'A' = $b }",
            &["h = ?", "HF_TOKEN = x", "A = $b"],
        ),
        ("param([string]$Token = \"x\", $b)", &["Token = x"]),
        (
            "$x = @\"\na $b\nc\n\"@\nls",
            &["x = \"a \"+$b+\"\\nc\"", "ls"],
        ),
        ("$x = @'\na $b\n'@", &["x = \"a $b\""]),
    ]);
}

#[test]
fn commands() {
    check(&[
        (
            "hf jobs run --env HF_TOKEN=$env:HF_TOKEN `\r\n  --x=\"a b\" img # c\nls",
            &[
                "hf jobs run --env HF_TOKEN=+$HF_TOKEN \"--x=a b\" img",
                "ls",
            ],
        ),
        (
            "& \"C:\\x\\hf.exe\" a; . ./b.ps1",
            &["C:\\x\\hf.exe a", "./b.ps1"],
        ),
        (
            "echo $env:T | hf x > f 2>&1",
            &["echo $T", "hf x > f <- echo"],
        ),
        (
            "$env:T | hf x",
            &["Write-Output $T", "hf x <- Write-Output"],
        ),
        (
            "\"a $env:T\" > f; $x.y >> g\n$z = 'a' | hf x",
            &[
                "Write-Output \"a \"+$T > f",
                "Write-Output $x >> g",
                "z = a",
                "hf x",
            ],
        ),
        (
            "@'\nhf y\n'@ | bash\nif ($a) { $b | set-content -PATH c }",
            &[
                "Write-Output \"hf y\"",
                "bash <- Write-Output",
                "hf y",
                "Write-Output $b",
                "Set-Content -path c <- Write-Output",
            ],
        ),
        (
            "if ($a -and (hf x)) {\n hf y\n} else { hf z }\nfunction f($a) { ls }\nls",
            &["hf x", "hf y", "hf z", "ls", "ls"],
        ),
        (
            "a | ForEach-Object { hf x $_ }",
            &["a", "ForEach-Object ? <- a", "hf x $_"],
        ),
        ("a $x.y(1) | %{ hf x }", &["a $x+.y+1", "% ? <- a", "hf x"]),
        ("a (b $c) && d", &["a $(b $c)", "b $c", "d"]),
        ("a \"$([bool]$env:T) $($T.Length)\"", &["a ?+\" \"+?"]),
        (
            "hf x ${{ secrets.HF_TOKEN }} '${{ inputs.a }}'",
            &["hf x secret:HF_TOKEN input:a"],
        ),
        ("<# hf a #> hf b # hf c", &["hf b"]),
        (
            "git push \"https://a:$($env:HF_TOKEN)@h\" main",
            &["git push https://a:+$HF_TOKEN+@h main"],
        ),
        (
            "Write-Host \"a: $a: b\"",
            &["Write-Host \"a: \"+$a+\": b\""],
        ),
        ("x 'don\nhf y", &["x 'don", "hf y"]),
    ]);
}

#[test]
fn heads_end_where_no_block_follows() {
    check(&[
        (
            "param([string]$a = 'x')\nhf x\nhf y",
            &["a = x", "hf x", "hf y"],
        ),
        (
            "[CmdletBinding()]\r\nparam (\r\n  [switch]$a,\r\n  $b = 'y' # c\r\n)\r\nhf x",
            &["b = y", "hf x"],
        ),
        (
            "function f { param($a, $b) hf x $a; hf y }",
            &["hf x $a", "hf y"],
        ),
        (
            "function f\n{\n  [OutputType([string])]\n  param()\n  hf x\n}\nhf y",
            &["hf x", "hf y"],
        ),
        (
            "if ($a)\n\n# c\n<# d #>\n{ hf x }\nelse\n{ hf y }",
            &["hf x", "hf y"],
        ),
        ("do { hf x } while ($a)\nhf y", &["hf x", "hf y"]),
        (
            "function f {\n begin { hf x }\n process\n {\n hf y }\n end { hf z }\n}",
            &["hf x", "hf y", "hf z"],
        ),
        (
            "trap { hf x; continue }\nhf y",
            &["hf x", "continue", "hf y"],
        ),
        ("param\n(\n $a\n)\n\nhf x", &["hf x"]),
    ]);
}

#[test]
fn words_keep_their_places() {
    let file = "\u{feff}hf \"a $env:T\" --x=`$y\r\nls 'b'\r\n";
    assert_eq!(
        word_bytes(Format::PowerShell, file),
        ["hf", "a $env:T", "--x=`$y", "ls", "b"]
    );
}

#[test]
fn depth_and_length_are_bounded() {
    for piece in [
        "(",
        "{",
        "$(",
        "@{a=",
        "\"$(",
        "@\"\n",
        "@'\n",
        "'",
        "\"",
        "`",
        "a|",
        "$x=",
        "[",
        "<#",
        "if (",
        "${",
        "a ",
        "[a]$",
        "if\n",
        "param(",
        "param\n#\n",
        "if\n\n\n",
    ] {
        checked(Format::PowerShell, piece.repeat(20_000).as_bytes());
    }
}

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::PowerShell, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "$(",
    "@{",
    "@(",
    "'",
    "\"",
    "@\"\n",
    "\n\"@",
    "@'\n",
    "\n'@",
    "`",
    "\n",
    "\r\n",
    "$x",
    "$env:A",
    " = ",
    "=",
    "|",
    "&&",
    "& ",
    ";",
    ">",
    "2>&1",
    "#",
    "<#",
    "#>",
    "if ",
    "param",
    "a",
    " ",
    "${{ secrets.A }}",
    "{{",
    "é",
    "\u{feff}",
    "[Environment]::SetEnvironmentVariable(",
    ",",
    "setx ",
    "Set-Item ",
    "Env:A",
];
