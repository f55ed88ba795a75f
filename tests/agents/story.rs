//! The whole of it, as it happens.

use serde_json::{Value, json};

use crate::support::{Tree, token};

#[test]
fn an_agent_is_kept_from_leaking_and_its_traces_are_cleaned() {
    let tree = Tree::new();
    let home = tree.root().parent().unwrap().join("home");
    tree.run(["agent-hook", "install", "claude"]).expect(0);
    let settings: Value = serde_json::from_slice(&tree.read(".claude/settings.json")).unwrap();
    let command = settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"]
        .as_str()
        .unwrap();
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("hfscan"));
    let args: Vec<&str> = words.collect();
    let ask = |tool: &str, input: Value| {
        let event = json!({"session_id": "s", "cwd": tree.root(), "hook_event_name": "PreToolUse", "tool_name": tool,
                           "tool_input": input});
        let answer = tree
            .run_with(args.iter(), event.to_string())
            .expect(0)
            .json();
        let reason = answer["hookSpecificOutput"]["permissionDecisionReason"].clone();
        reason.as_str().map(str::to_owned)
    };
    // It hardcodes a token, and is told of the right form.
    let secret = token(1);
    let script = tree.path("push.py").to_string_lossy().into_owned();
    let wrong =
        format!("from huggingface_hub import HfApi\n\nHfApi(token=\"{secret}\").whoami()\n");
    let reason = ask("Write", json!({"file_path": script, "content": wrong})).unwrap();
    assert!(
        reason.contains("hf-user-token") && reason.contains("Instead"),
        "{reason}"
    );
    // It does as it is told.
    let right = "import os\n\nfrom huggingface_hub import HfApi\n\nHfApi(token=os.environ[\"HF_TOKEN\"]).whoami()\n";
    assert_eq!(
        ask("Write", json!({"file_path": script, "content": right})),
        None
    );
    tree.file("push.py", right);
    // It wants to see whether the token is there.
    let reason = ask("Bash", json!({"command": "echo $HF_TOKEN"})).unwrap();
    assert!(reason.contains("token-printed"), "{reason}");
    assert_eq!(ask("Bash", json!({"command": "python push.py"})), None);
    // What was refused stands in the transcript all the same.
    let line = json!({"type": "assistant", "timestamp": "2026-11-30T12:00:00.000Z", "message": {"content": [
        {"type": "tool_use", "name": "Write", "input": {"file_path": script, "content": wrong}}]}});
    let transcript = home.join(".claude/projects/-work/4f1e.jsonl");
    std::fs::create_dir_all(transcript.parent().unwrap()).unwrap();
    tree.file(
        "../home/.claude/projects/-work/4f1e.jsonl",
        format!("{line}\n{{\"type\": \"summary\"}}\n"),
    );
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let file = std::fs::File::options()
        .write(true)
        .open(&transcript)
        .unwrap();
    file.set_modified(time).unwrap();
    drop(file);
    let run = tree.run(["agents", "-f", "concise"]);
    let out = run.expect(1).out();
    assert!(
        out.contains("4f1e.jsonl:1:") && out.contains("hf-user-token"),
        "{out}"
    );
    assert!(
        std::fs::read_to_string(&transcript)
            .unwrap()
            .contains(&secret),
        "nobody asked to clean it"
    );
    tree.run(["agents", "--redact"])
        .expect(0)
        .says("1 credential");
    let cleaned = std::fs::read_to_string(&transcript).unwrap();
    assert!(!cleaned.contains(&secret));
    let lines: Vec<Value> = cleaned
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (lines.len(), &lines[0]["timestamp"]),
        (2, &line["timestamp"])
    );
    assert_eq!(transcript.metadata().unwrap().modified().unwrap(), time);
    tree.run(["agents"]).expect(0);
}
