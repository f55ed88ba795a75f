use crate::syntax::Format;
use crate::syntax::testing::bears;

#[test]
fn hostile_files_are_borne() {
    bears(Format::PowerShell, 100_000, PIECES);
}

const PIECES: &[&str] = &[
    "$(",
    "@{a=",
    "\"$(",
    "@\"\n",
    "@'\n",
    "a|",
    "$x=",
    "<#",
    "if (",
    "${",
    "a ",
    "[a]$",
    "if\n",
    "param(",
    "param\n#\n",
    "if\n\n\n",
    "@{",
    "@(",
    "\n\"@",
    "\n'@",
    "$x",
    "$env:A",
    " = ",
    "|",
    "&&",
    "& ",
    ";",
    ">",
    "2>&1",
    "#>",
    "if ",
    "param",
    "${{ secrets.A }}",
    "{{",
    "[Environment]::SetEnvironmentVariable(",
    "setx ",
    "Set-Item ",
    "Env:A",
];
