use crate::syntax::Format;
use crate::syntax::testing::bears;

#[test]
fn hostile_files_are_borne() {
    bears(Format::Jenkinsfile, 200_000, PIECES);
}

#[test]
fn other_groovy_is_none() {
    assert_eq!(Format::detect("build.groovy", b"def x = 1"), None);
    let pipeline = Format::detect("x.groovy", b"// a\nnode('gpu') {\n}");
    assert_eq!(pipeline, Some(Format::Jenkinsfile));
    let named = Format::detect("ci/Jenkinsfile.gpu", b"");
    assert_eq!(named, Some(Format::Jenkinsfile));
}

const PIECES: &[&str] = &[
    "sh(",
    "a = [",
    "environment {",
    "\"${",
    "'''",
    "/",
    "\"\\",
    "{\"a\":",
    "x = /a",
    "sh 'a' +\n",
    "a.",
    "x = \n",
    "withEnv([\"",
    "sh a,",
    "docker.build(",
    "\"\"\"",
    "${",
    "$x",
    "sh ",
    "bat ",
    "script: ",
    "environment ",
    "withEnv",
    "withCredentials",
    "variable: ",
    "credentialsId: ",
    "= ",
    "+",
    ".",
    "//",
    "/*",
    "*/",
    "params.",
    "credentials(",
    "defaultValue: ",
    "parameters ",
    "name: ",
];
