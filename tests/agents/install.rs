//! Hooks in the settings of agents: put there beside what is there, and taken out again.

use std::fs;

use crate::support::Tree;

const SETTINGS: [(&str, &str); 5] = [
    ("claude", ".claude/settings.json"),
    ("codex", ".codex/hooks.json"),
    ("cursor", ".cursor/hooks.json"),
    ("copilot", ".github/hooks/hfscan.json"),
    ("gemini", ".gemini/settings.json"),
];

#[test]
fn hooks_are_installed_once_and_removed() {
    for (agent, file) in SETTINGS {
        let tree = Tree::new();
        let run = tree.run(["agent-hook", "install", agent]);
        let out = run.expect(0).out();
        assert!(
            out.starts_with(&format!("Installed {file}")) && out.contains("it fails open"),
            "{out}"
        );
        let text = String::from_utf8(tree.read(file)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(
            text.contains(&format!("hfscan agent-hook {agent}")),
            "{text}"
        );
        assert!(json["hooks"].as_object().unwrap().len() >= 3);
        let run = tree.run(["agent-hook", "install", agent, "--project"]);
        assert!(run.expect(0).out().starts_with("In place already"));
        assert_eq!(tree.read(file), text.as_bytes());
        let run = tree.run(["agent-hook", "install", agent, "--fail-closed"]);
        assert!(run.expect(0).out().contains("it fails closed"));
        let closed = String::from_utf8(tree.read(file)).unwrap();
        assert_eq!(
            closed.matches("agent-hook").count(),
            text.matches("agent-hook").count()
        );
        assert_eq!(
            closed.matches("--fail-closed").count(),
            text.matches("agent-hook").count()
        );
        tree.run(["agent-hook", "uninstall", agent]).expect(0);
        assert!(!tree.path(file).exists());
        let run = tree.run(["agent-hook", "uninstall", agent]);
        assert!(run.expect(0).out().starts_with("There is no"));
    }
}

#[test]
fn the_settings_of_a_user_call_this_very_program() {
    let tree = Tree::new();
    tree.run(["agent-hook", "install", "claude", "--user"])
        .expect(0);
    let file = tree
        .root()
        .parent()
        .unwrap()
        .join("home/.claude/settings.json");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(env!("CARGO_BIN_EXE_hfscan")), "{text}");
    tree.run(["agent-hook", "uninstall", "claude", "--user"])
        .expect(0);
    assert!(!file.exists());
}

#[test]
fn what_is_there_stays_byte_for_byte() {
    let before = "{\n\t// a comment\n\t\"permissions\": {\"allow\": [\"Bash(ls:*)\"]},\n\t\"hooks\": {\n\t\t\"PreToolUse\": [\n\t\t\t\
                  {\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"./lint.sh\"}]}\n\t\t],\n\t\t\
                  \"Stop\": []\n\t}\n}\n";
    let tree = Tree::with(".claude/settings.json", before);
    tree.run(["agent-hook", "install", "claude"]).expect(0);
    let after = String::from_utf8(tree.read(".claude/settings.json")).unwrap();
    for kept in ["// a comment", "Bash(ls:*)", "./lint.sh", "\"Stop\": []"] {
        assert!(after.contains(kept), "{after}");
    }
    tree.run(["agent-hook", "uninstall", "claude"]).expect(0);
    assert_eq!(tree.read(".claude/settings.json"), before.as_bytes());
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for before in ["{", "[]", "{\"hooks\": []}"] {
        let tree = Tree::with(".gemini/settings.json", before);
        let run = tree.run(["agent-hook", "install", "gemini"]);
        run.expect(2).says("stays as it is").says("geminicli.com");
        assert_eq!(tree.read(".gemini/settings.json"), before.as_bytes());
    }
    let tree = Tree::new();
    tree.run(["agent-hook", "install", "hal"])
        .expect(2)
        .says("claude, codex, cursor, copilot, gemini");
    tree.run(["agent-hook"]).expect(2);
}
