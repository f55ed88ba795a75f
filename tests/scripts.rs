//! Scripts, and the files that run them.

use crate::support::Tree;

const LOGIN: &str = "#!/bin/sh\nhf auth login --token \"$HF_TOKEN\"\n";

/// What is found in a tree: paths and rules, notes among them.
fn found(tree: &Tree) -> Vec<(String, String)> {
    let args = [".", "--exit-zero", "--output-format", "json"];
    tree.run(args).expect(0).rules()
}

fn at(path: &str, rule: &str) -> (String, String) {
    (path.to_owned(), rule.to_owned())
}

#[test]
fn a_script_is_run_by_the_file_that_its_path_leads_to() {
    let tree = Tree::with("one/start.sh", LOGIN);
    tree.file("two/docker/start.sh", "#!/bin/sh\nexec serve\n");
    tree.file("two/Dockerfile", "FROM python\nRUN sh docker/start.sh\n");
    let note = at("one/start.sh", "login-in-script");
    assert_eq!(found(&tree), [note]);
    // Where it is the one that is meant, the severer finding is enough.
    tree.file("one/Dockerfile", "FROM python\nRUN ./start.sh\n");
    let error = at("one/start.sh", "login-in-dockerfile");
    assert_eq!(found(&tree), [error]);
}

#[test]
fn a_name_alone_means_the_only_script_nearby() {
    let tree = Tree::with("one/scripts/start.sh", LOGIN);
    tree.file("one/Dockerfile", "FROM python\nRUN sh /opt/start.sh\n");
    let error = at("one/scripts/start.sh", "login-in-dockerfile");
    assert_eq!(found(&tree), [error]);
    tree.file("one/other/start.sh", "#!/bin/sh\nexec serve\n");
    let note = at("one/scripts/start.sh", "login-in-script");
    assert_eq!(found(&tree), [note]);
}

#[test]
fn what_an_image_runs_is_what_was_copied_into_it() {
    let tree = Tree::with("one/start.sh", LOGIN);
    tree.file(
        "two/Dockerfile",
        "FROM python\nCOPY front/start.sh /app/\nRUN /app/start.sh\n",
    );
    assert_eq!(found(&tree), [at("one/start.sh", "login-in-script")]);
    tree.file("two/front/start.sh", LOGIN);
    assert_eq!(
        found(&tree),
        [
            at("one/start.sh", "login-in-script"),
            at("two/front/start.sh", "login-in-dockerfile"),
        ]
    );
}

#[test]
fn a_script_is_traced_by_what_starts_it() {
    let tree = Tree::with(
        "ci/train.sh",
        "#!/bin/sh\npython train.py --hub_token \"$HF_TOKEN\"\n",
    );
    tree.file("Makefile", "train:\n\tbash ci/train.sh # HF_TOKEN\n");
    assert_eq!(found(&tree), []);
    tree.file(
        "Makefile",
        "train:\n\tHF_TOKEN=$(HF_TOKEN) bash -x ci/train.sh\n",
    );
    assert_eq!(found(&tree), [at("ci/train.sh", "token-printed")]);
}
