//! Events as agents send them, after their documentation, and the answers that it asks for.

use serde_json::{Value, json};

use crate::support::{Run, Tree, token};

/// How an agent words an event.
struct Dialect {
    agent: &'static str,
    /// Options that the installed hook has for an event of this name.
    options: fn(&str) -> Vec<String>,
    /// The names of the events before a tool is used, after it was, and for a prompt.
    events: [&'static str; 3],
    tool: fn(event: &str, tool: &str, input: Value) -> Value,
    output: fn(event: &str, text: &str) -> Value,
    prompt: fn(event: &str, text: &str) -> Value,
    /// Tools that write a file, change one, and run a command.
    write: fn(path: &str, text: &str) -> (&'static str, Value),
    edit: fn(path: &str, old: &str, new: &str) -> (&'static str, Value),
    run: fn(command: &str) -> (&'static str, Value),
    /// The reason for which an answer refuses; none if it lets pass.
    denied: fn(&Value) -> Option<&str>,
    /// The same for a prompt.
    stopped: fn(&Value) -> Option<&str>,
    /// What takes the place of an output.
    redacted: fn(&Value) -> Option<&str>,
}

fn no_options(_: &str) -> Vec<String> {
    Vec::new()
}

fn pre_tool_use(answer: &Value) -> Option<&str> {
    let own = &answer["hookSpecificOutput"];
    assert!(own.is_null() || own["hookEventName"] == "PreToolUse");
    (own["permissionDecision"] == "deny").then(|| own["permissionDecisionReason"].as_str().unwrap())
}

fn blocked(answer: &Value) -> Option<&str> {
    (answer["decision"] == "block").then(|| answer["reason"].as_str().unwrap())
}

const CLAUDE: Dialect = Dialect {
    agent: "claude",
    options: no_options,
    events: ["PreToolUse", "PostToolUse", "UserPromptSubmit"],
    tool: |event, tool, input| {
        json!({"session_id": "4f1e", "transcript_path": "/home/a/.claude/projects/p/4f1e.jsonl", "cwd": "CWD",
               "permission_mode": "default", "hook_event_name": event, "tool_name": tool, "tool_input": input,
               "tool_use_id": "toolu_01"})
    },
    output: |event, text| {
        json!({"session_id": "4f1e", "transcript_path": "/home/a/.claude/projects/p/4f1e.jsonl", "cwd": "CWD",
               "hook_event_name": event, "tool_name": "Bash", "tool_input": {"command": "./run.sh"},
               "tool_response": {"stdout": text, "stderr": "", "interrupted": false, "isImage": false}})
    },
    prompt: |event, text| {
        json!({"session_id": "4f1e", "transcript_path": "/home/a/.claude/projects/p/4f1e.jsonl", "cwd": "CWD",
               "hook_event_name": event, "prompt": text})
    },
    write: |path, text| ("Write", json!({"file_path": path, "content": text})),
    edit: |path, old, new| {
        (
            "Edit",
            json!({"file_path": path, "old_string": old, "new_string": new, "replace_all": false}),
        )
    },
    run: |command| {
        (
            "Bash",
            json!({"command": command, "description": "x", "timeout": 120_000}),
        )
    },
    denied: pre_tool_use,
    stopped: blocked,
    redacted: |answer| {
        let own = &answer["hookSpecificOutput"];
        let output = &own["updatedToolOutput"];
        assert!(
            output.is_null()
                || output["interrupted"] == false && own["hookEventName"] == "PostToolUse"
        );
        output["stdout"].as_str()
    },
};

const CODEX: Dialect = Dialect {
    agent: "codex",
    options: no_options,
    events: ["PreToolUse", "PostToolUse", "UserPromptSubmit"],
    tool: |event, tool, input| {
        json!({"session_id": "4f1e", "turn_id": "1", "transcript_path": null, "cwd": "CWD", "model": "m",
               "permission_mode": "default", "hook_event_name": event, "tool_name": tool, "tool_input": input,
               "tool_use_id": "c"})
    },
    output: |event, text| {
        json!({"session_id": "4f1e", "turn_id": "1", "transcript_path": null, "cwd": "CWD", "model": "m",
               "permission_mode": "default", "hook_event_name": event, "tool_name": "Bash",
               "tool_input": {"command": "./run.sh"}, "tool_response": text, "tool_use_id": "c"})
    },
    prompt: |event, text| {
        json!({"session_id": "4f1e", "turn_id": "1", "transcript_path": null, "cwd": "CWD", "model": "m",
               "permission_mode": "default", "hook_event_name": event, "prompt": text})
    },
    write: |path, text| {
        let lines: String = text.lines().map(|line| format!("+{line}\n")).collect();
        let patch = format!("*** Begin Patch\n*** Add File: {path}\n{lines}*** End Patch\n");
        ("apply_patch", json!({"command": patch}))
    },
    edit: |path, old, new| {
        let patch = format!(
            "*** Begin Patch\n*** Update File: {path}\n@@\n-{old}\n+{new}\n*** End Patch\n"
        );
        ("apply_patch", json!({"command": patch}))
    },
    run: |command| ("Bash", json!({"command": command})),
    denied: pre_tool_use,
    stopped: blocked,
    redacted: blocked,
};

const CURSOR: Dialect = Dialect {
    agent: "cursor",
    options: no_options,
    events: ["preToolUse", "postToolUse", "beforeSubmitPrompt"],
    tool: |event, tool, input| {
        json!({"conversation_id": "c", "generation_id": "g", "model": "m", "hook_event_name": event,
               "cursor_version": "2.4.0", "workspace_roots": ["CWD"], "user_email": null, "tool_name": tool,
               "tool_input": input, "tool_use_id": "t"})
    },
    output: |event, text| {
        json!({"conversation_id": "c", "generation_id": "g", "model": "m", "hook_event_name": event,
               "cursor_version": "2.4.0", "workspace_roots": ["CWD"], "tool_name": "MCP:logs",
               "tool_input": {}, "tool_output": json!({"stdout": text}).to_string()})
    },
    prompt: |event, text| {
        json!({"conversation_id": "c", "generation_id": "g", "model": "m", "hook_event_name": event,
               "cursor_version": "2.4.0", "workspace_roots": ["CWD"], "prompt": text, "attachments": []})
    },
    write: |path, text| ("Write", json!({"file_path": path, "content": text})),
    edit: |path, old, new| {
        (
            "Write",
            json!({"file_path": path, "old_string": old, "new_string": new}),
        )
    },
    run: |command| {
        (
            "Shell",
            json!({"command": command, "working_directory": "CWD"}),
        )
    },
    denied: |answer| {
        assert_eq!(answer["user_message"], answer["agent_message"]);
        (answer["permission"] == "deny").then(|| answer["agent_message"].as_str().unwrap())
    },
    stopped: |answer| {
        let continues = answer["continue"].as_bool().unwrap();
        (!continues).then(|| answer["user_message"].as_str().unwrap())
    },
    redacted: |answer| answer["updated_mcp_tool_output"]["stdout"].as_str(),
};

const COPILOT: Dialect = Dialect {
    agent: "copilot",
    options: |event| vec!["--event".to_owned(), event.to_owned()],
    events: ["preToolUse", "postToolUse", "userPromptSubmitted"],
    tool: |_, tool, input| {
        // Arguments may be JSON in a text.
        json!({"sessionId": "s", "timestamp": 1_764_500_000_000_u64, "cwd": "CWD", "toolName": tool,
               "toolArgs": input.to_string()})
    },
    output: |_, text| {
        json!({"sessionId": "s", "timestamp": 1_764_500_000_000_u64, "cwd": "CWD", "toolName": "bash",
               "toolArgs": {"command": "./run.sh"},
               "toolResult": {"resultType": "success", "textResultForLlm": text}})
    },
    prompt: |_, text| json!({"sessionId": "s", "timestamp": 1_764_500_000_000_u64, "cwd": "CWD", "prompt": text}),
    write: |path, text| ("create", json!({"path": path, "file_text": text})),
    edit: |path, old, new| {
        (
            "edit",
            json!({"path": path, "old_str": old, "new_str": new}),
        )
    },
    run: |command| ("bash", json!({"command": command, "description": "x"})),
    denied: |answer| {
        assert_eq!(
            answer["permissionDecision"].is_null(),
            pre_tool_use(answer).is_none()
        );
        (answer["permissionDecision"] == "deny")
            .then(|| answer["permissionDecisionReason"].as_str().unwrap())
    },
    stopped: blocked,
    redacted: |answer| {
        let result = &answer["modifiedResult"];
        assert!(result.is_null() || result["resultType"] == "success");
        result["textResultForLlm"].as_str()
    },
};

const GEMINI: Dialect = Dialect {
    agent: "gemini",
    options: no_options,
    events: ["BeforeTool", "AfterTool", "BeforeAgent"],
    tool: |event, tool, input| {
        json!({"session_id": "s", "transcript_path": "/home/a/.gemini/tmp/x/chats/s.json", "cwd": "CWD",
               "hook_event_name": event, "timestamp": "2026-11-30T12:00:00Z", "tool_name": tool, "tool_input": input})
    },
    output: |event, text| {
        json!({"session_id": "s", "transcript_path": "x", "cwd": "CWD", "hook_event_name": event,
               "timestamp": "2026-11-30T12:00:00Z", "tool_name": "run_shell_command",
               "tool_input": {"command": "./run.sh"}, "tool_response": {"llmContent": text, "returnDisplay": text}})
    },
    prompt: |event, text| {
        json!({"session_id": "s", "transcript_path": "x", "cwd": "CWD", "hook_event_name": event,
               "timestamp": "2026-11-30T12:00:00Z", "prompt": text})
    },
    write: |path, text| ("write_file", json!({"file_path": path, "content": text})),
    edit: |path, old, new| {
        (
            "replace",
            json!({"file_path": path, "instruction": "x", "old_string": old, "new_string": new}),
        )
    },
    run: |command| {
        (
            "run_shell_command",
            json!({"command": command, "description": "x"}),
        )
    },
    denied: |answer| (answer["decision"] == "deny").then(|| answer["reason"].as_str().unwrap()),
    stopped: |answer| (answer["decision"] == "deny").then(|| answer["reason"].as_str().unwrap()),
    redacted: |answer| (answer["decision"] == "deny").then(|| answer["reason"].as_str().unwrap()),
};

const DIALECTS: [Dialect; 5] = [CLAUDE, CODEX, CURSOR, COPILOT, GEMINI];

impl Dialect {
    /// Hands an event to the hook, and returns the JSON that it answers.
    #[track_caller]
    fn ask(&self, tree: &Tree, event: &str, body: &Value) -> Value {
        let run = self.send(tree, event, &body.to_string(), &[]);
        run.expect(0).json()
    }

    fn send(&self, tree: &Tree, event: &str, body: &str, more: &[&str]) -> Run {
        let mut args = vec!["agent-hook".to_owned(), self.agent.to_owned()];
        args.extend((self.options)(event));
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let here = tree.root().to_string_lossy().into_owned();
        tree.run_with(args, body.replace("CWD", &here))
    }

    #[track_caller]
    fn use_tool(&self, tree: &Tree, (tool, input): (&str, Value)) -> Value {
        let [before, ..] = self.events;
        self.ask(tree, before, &(self.tool)(before, tool, input))
    }
}

#[test]
fn a_file_that_is_written_is_looked_at_as_it_would_be() {
    for dialect in &DIALECTS {
        let tree = Tree::new();
        let secret = token(1);
        let leak = format!("from huggingface_hub import login\nlogin(\"{secret}\")\n");
        let answer = dialect.use_tool(&tree, (dialect.write)("train.py", &leak));
        let reason = (dialect.denied)(&answer).expect(dialect.agent);
        assert!(
            reason.contains("train.py:2") && reason.contains("[hf-user-token]"),
            "{reason}"
        );
        assert!(
            reason.contains("Instead: ") && !reason.contains(&secret),
            "{reason}"
        );
        let right =
            "import os\nfrom huggingface_hub import login\nlogin(os.environ[\"HF_TOKEN\"])\n";
        let answer = dialect.use_tool(&tree, (dialect.write)("train.py", right));
        assert_eq!(
            (dialect.denied)(&answer),
            None,
            "{}: {answer}",
            dialect.agent
        );
    }
}

#[test]
fn an_edit_is_judged_by_what_it_changes() {
    for dialect in &DIALECTS {
        // The shape of a mistake may be in two pieces, of which the edit is one; and what was there is not its fault.
        let job = "from huggingface_hub import run_job\n\n\nrun_job(\n    image=\"python\",\n    command=[\"x\"],\n    \
                   flavor=\"cpu\",\n)\n";
        let tree = Tree::with("job.py", format!("old = \"{}\"\n{job}", token(7)));
        let edit =
            |new| dialect.use_tool(&tree, (dialect.edit)("job.py", "    flavor=\"cpu\",", new));
        let answer = edit("    env={\"HF_TOKEN\": token},");
        let reason = (dialect.denied)(&answer).expect(dialect.agent);
        assert!(
            reason.contains("job-token-in-env") && !reason.contains("hf-user-token"),
            "{reason}"
        );
        let answer = edit("    secrets={\"HF_TOKEN\": token},");
        assert_eq!(
            (dialect.denied)(&answer),
            None,
            "{}: {answer}",
            dialect.agent
        );
    }
}

#[test]
fn a_command_is_looked_at_as_a_script() {
    for dialect in &DIALECTS {
        let tree = Tree::new();
        for (command, rule) in [
            (
                "hf jobs run -e HF_TOKEN=$HF_TOKEN python:3.12 python train.py",
                "job-token-in-env",
            ),
            ("cd x && echo $HF_TOKEN", "token-printed"),
            ("printenv HF_TOKEN", "token-printed"),
            ("hf auth token", "token-printed"),
            ("hf auth token | head -c 9", "token-printed"),
            ("cat ~/.cache/huggingface/token", "token-printed"),
            ("ls && base64 \"$HF_HOME/token\"", "token-printed"),
            ("declare -p HF_TOKEN", "token-printed"),
            ("echo \"HF_TOKEN=$HF_TOKEN\" > .env", "token-saved-to-disk"),
            (
                &*format!(
                    "curl -H 'Authorization: Bearer {}' https://huggingface.co",
                    token(3)
                ),
                "hf-user-token",
            ),
        ] {
            let answer = dialect.use_tool(&tree, (dialect.run)(command));
            let reason =
                (dialect.denied)(&answer).unwrap_or_else(|| panic!("{}: {command}", dialect.agent));
            assert!(
                reason.contains(rule) && reason.contains("the command, line 1"),
                "{reason}"
            );
            assert!(!reason.contains(&token(3)));
        }
        for command in [
            "hf jobs run --secrets HF_TOKEN python:3.12 python train.py",
            "git status && ls -la",
            "HF_TOKEN=$(hf auth token) python train.py",
            "test -s ~/.cache/huggingface/token && hf auth whoami",
            "curl -H \"Authorization: Bearer $HF_TOKEN\" https://huggingface.co/api/whoami-v2",
            "git push",
        ] {
            // There is no repository, so that Git will say what is wrong.
            let body = (dialect.tool)(dialect.events[0], "Bash", (dialect.run)(command).1);
            let run = dialect.send(&tree, dialect.events[0], &body.to_string(), &[]);
            let answer = run.expect(0).json();
            assert_eq!(
                (dialect.denied)(&answer),
                None,
                "{}: {answer}",
                dialect.agent
            );
        }
    }
}

#[test]
fn what_a_tool_puts_out_reaches_the_model_without_credentials() {
    for dialect in &DIALECTS {
        let tree = Tree::new();
        let [_, after, _] = dialect.events;
        let secret = token(5);
        let text = format!("step 1\nusing {secret}\n\u{1f917} done\n");
        let answer = dialect.ask(&tree, after, &(dialect.output)(after, &text));
        let shown = (dialect.redacted)(&answer).expect(dialect.agent);
        assert!(
            shown.contains("step 1\nusing hf_") && shown.contains("\u{1f917} done\n"),
            "{shown}"
        );
        assert!(!answer.to_string().contains(&secret), "{answer}");
        assert!(
            answer.to_string().contains("hfscan replaced credentials"),
            "{answer}"
        );
        let answer = dialect.ask(&tree, after, &(dialect.output)(after, "step 1\n"));
        assert_eq!((dialect.redacted)(&answer), None);
        assert_eq!(answer, json!({}), "{}", dialect.agent);
    }
}

#[test]
fn no_configuration_lets_a_credential_through_to_the_model() {
    let [_, after, _] = CLAUDE.events;
    for config in [
        "ignore = [\"tokens\"]\n",
        "select = [\"jobs\"]\n",
        "exclude = [\"*\"]\n",
    ] {
        let tree = Tree::with("hfscan.toml", config);
        let secret = token(4);
        let answer = CLAUDE.ask(&tree, after, &(CLAUDE.output)(after, &secret));
        let shown = (CLAUDE.redacted)(&answer).expect(config);
        assert!(!shown.contains(&secret), "{config}");
    }
}

#[test]
fn a_prompt_with_a_credential_is_stopped() {
    for dialect in &DIALECTS {
        let tree = Tree::new();
        let [.., prompt] = dialect.events;
        let secret = token(6);
        let text = format!("my token is {secret}, log me in");
        let answer = dialect.ask(&tree, prompt, &(dialect.prompt)(prompt, &text));
        let reason = (dialect.stopped)(&answer).expect(dialect.agent);
        assert!(
            reason.contains("the prompt, line 1") && !reason.contains(&secret),
            "{reason}"
        );
        // To speak of a mistake is none.
        let text = "why is hf jobs run -e HF_TOKEN=$HF_TOKEN wrong?";
        let answer = dialect.ask(&tree, prompt, &(dialect.prompt)(prompt, text));
        assert_eq!((dialect.stopped)(&answer), None);
    }
}

#[test]
fn what_is_not_understood_passes_or_not_as_it_was_set() {
    for dialect in &DIALECTS {
        let tree = Tree::new();
        let [before, ..] = dialect.events;
        for body in [
            "",
            "{",
            "[]",
            "{\"hook_event_name\": 1}",
            &format!("{{\"hook_event_name\": \"{before}\"}}"),
            "\u{feff}{}",
        ] {
            let run = dialect.send(&tree, before, body, &[]);
            run.expect(0)
                .says("could not check this, and the hook fails open");
            assert!(run.json().is_object());
            let run = dialect.send(&tree, before, body, &["--fail-closed"]);
            run.expect(2)
                .says("the hook fails closed, so it is refused");
            assert_eq!(run.out(), "");
        }
        let event = json!({"hook_event_name": "SomethingNew", "cwd": "CWD"}).to_string();
        for more in [&[][..], &["--fail-closed"]] {
            let run = dialect.send(&tree, "SomethingNew", &event, more);
            run.expect(0)
                .says("hfscan lets this pass: the event `SomethingNew` is not known");
            assert!((dialect.denied)(&run.json()).is_none());
        }
    }
}

#[test]
fn a_broken_configuration_is_no_reason_to_stand_still_nor_a_pass() {
    let tree = Tree::with("hfscan.toml", "selcet = []\n");
    let (tool, input) = (CLAUDE.run)("ls");
    let body = (CLAUDE.tool)("PreToolUse", tool, input).to_string();
    let run = CLAUDE.send(&tree, "PreToolUse", &body, &[]);
    run.expect(0).says("fails open");
    assert!(
        run.json()["systemMessage"]
            .as_str()
            .unwrap()
            .contains("selcet")
    );
    CLAUDE
        .send(&tree, "PreToolUse", &body, &["--fail-closed"])
        .expect(2);
}

#[test]
fn the_configuration_holds_for_agents_too() {
    let leak = format!("t = \"{}\"\n", token(9));
    for config in [
        "exclude = [\"/third/\"]\n",
        "[per-path-ignores]\n\"/third/\" = [\"hf-user-token\"]\n",
        "fail-on = \"never\"\n",
    ] {
        let tree = Tree::with("hfscan.toml", config);
        let answer = CLAUDE.use_tool(&tree, (CLAUDE.write)("third/a.py", &leak));
        assert_eq!(pre_tool_use(&answer), None, "{config}");
    }
    let tree = Tree::with("a.py", &leak);
    tree.run(["baseline", "-o", ".hfscan-baseline"]).expect(0);
    tree.file("hfscan.toml", "baseline = \".hfscan-baseline\"\n");
    std::fs::remove_file(tree.path("a.py")).unwrap();
    let answer = CLAUDE.use_tool(&tree, (CLAUDE.write)("a.py", &leak));
    assert_eq!(pre_tool_use(&answer), None);
    let answer = CLAUDE.use_tool(&tree, (CLAUDE.write)("a.py", &format!("{leak}{leak}")));
    assert!(pre_tool_use(&answer).is_some());
}

#[test]
fn arguments_of_any_tool_are_looked_at() {
    let tree = Tree::new();
    let job = json!({"operation": "uv", "args": {"script": "train.py", "env": {"HF_TOKEN": "$HF_TOKEN"}}});
    let answer = CLAUDE.use_tool(&tree, ("mcp__hf-mcp-server__hf_jobs", job));
    let reason = pre_tool_use(&answer).unwrap();
    assert!(reason.contains("job-token-in-env"), "{reason}");
    let note = json!({"notebook_path": "a.ipynb", "cell_type": "code", "edit_mode": "insert",
                      "new_source": format!("login(\"{}\")", token(2))});
    let answer = CLAUDE.use_tool(&tree, ("NotebookEdit", note));
    assert!(pre_tool_use(&answer).unwrap().contains("hf-user-token"));
    let edits = json!({"file_path": "a.py", "edits": [{"old_string": "a", "new_string": "b"},
                       {"old_string": "", "new_string": format!("t = \"{}\"", token(2))}]});
    let answer = CLAUDE.use_tool(&tree, ("MultiEdit", edits));
    assert!(pre_tool_use(&answer).is_some());
    let words = json!({"command": ["bash", "-lc", "echo $HF_TOKEN"]});
    let answer = CODEX.use_tool(&tree, ("shell", words));
    assert!(pre_tool_use(&answer).unwrap().contains("token-printed"));
}

#[test]
fn cursor_reads_no_file_whose_credential_it_would_hand_on() {
    let tree = Tree::with(".env", format!("HF_TOKEN={}\n", token(4)));
    tree.file("a.txt", "nothing\n");
    for (file, denied) in [(".env", true), ("a.txt", false), ("gone", false)] {
        let answer = CURSOR.use_tool(&tree, ("Read", json!({"file_path": file})));
        assert_eq!((CURSOR.denied)(&answer).is_some(), denied, "{file}");
        let body = json!({"hook_event_name": "beforeReadFile", "cursor_version": "2.4.0", "workspace_roots": ["CWD"],
                          "file_path": file, "content": String::from_utf8_lossy(&std::fs::read(tree.path(file)).unwrap_or_default())});
        let answer = CURSOR.ask(&tree, "beforeReadFile", &body);
        assert_eq!(answer["permission"], if denied { "deny" } else { "allow" });
    }
    let shell = json!({"hook_event_name": "beforeShellExecution", "command": "echo $HF_TOKEN", "cwd": "CWD"});
    assert_eq!(
        CURSOR.ask(&tree, "beforeShellExecution", &shell)["permission"],
        "deny"
    );
    // Others replace what was read.
    let answer = CLAUDE.use_tool(&tree, ("Read", json!({"file_path": ".env"})));
    assert_eq!(answer, json!({}));
}

#[test]
fn what_would_be_sent_is_looked_at() {
    let tree = Tree::with("README.md", "x\n");
    tree.git(["init", "-q", "-b", "main"]);
    tree.git(["add", "."]);
    tree.git(["commit", "-q", "-m", "first"]);
    let push = |command: &str| {
        let answer = CLAUDE.use_tool(&tree, (CLAUDE.run)(command));
        pre_tool_use(&answer).map(str::to_owned)
    };
    assert_eq!(push("git push origin main"), None);
    tree.file("a.py", format!("t = \"{}\"\n", token(1)));
    assert_eq!(push("git push"), None, "it is not committed");
    let reason = push("git add -A && git commit -m x && git push").unwrap();
    assert!(reason.contains("a.py:1"), "{reason}");
    tree.git(["add", "."]);
    tree.git(["commit", "-q", "-m", "second"]);
    std::fs::remove_file(tree.path("a.py")).unwrap();
    tree.git(["commit", "-q", "-a", "-m", "third"]);
    for command in [
        "git push",
        "git push -u origin HEAD",
        "sudo git push --force",
        "git push --all",
        "git -C . push origin main:x",
    ] {
        let reason = push(command).unwrap_or_else(|| panic!("{command}"));
        assert!(reason.contains("[hf-user-token]"), "{reason}");
    }
    tree.file("model/config.json", "{}");
    tree.file("model/.env", format!("HF_TOKEN={}\n", token(2)));
    tree.file("good/config.json", "{}");
    assert!(
        push("hf upload me/model ./model")
            .unwrap()
            .contains("model/.env:1")
    );
    assert!(push("cd model && hf upload me/x").is_some());
    assert!(push("hf upload me/model good").is_none());
}

#[test]
fn an_upload_is_judged_as_it_is_checked_by_hand() {
    let tree = Tree::with("up/config.json", "{}");
    tree.file("up/.env", format!("HF_TOKEN={}\n", token(2)));
    tree.file("up/.git/config", format!("t = {}\n", token(3)));
    tree.file(".env", format!("HF_TOKEN={}\n", token(4)));
    let ask = |command: &str| {
        let answer = CLAUDE.use_tool(&tree, (CLAUDE.run)(command));
        pre_tool_use(&answer).map(str::to_owned)
    };
    for options in [
        &[][..],
        &["--exclude", ".env"],
        &["--exclude=*.json"],
        &["--include", "*.json"],
        &["--include=.env", "--include", "*.json"],
        &["--exclude", "*"],
    ] {
        let checked = tree.run([&["upload-check", "up"], options].concat());
        let quoted: Vec<String> = options.iter().map(|word| format!("'{word}'")).collect();
        let quoted = quoted.join(" ");
        for command in [
            format!("hf upload me/x ./up {quoted}"),
            format!("hf upload --repo-type dataset --private {quoted} me/x up data"),
            format!("cd up && hf upload-large-folder me/x . {quoted}"),
            format!("hf sync --delete up {quoted} hf://buckets/me/b"),
        ] {
            let reason = ask(&command);
            assert_eq!(reason.is_some(), checked.code == 1, "{command}");
            let leaks = |reason: &String| reason.contains(".env:1") && !reason.contains(".git");
            assert!(reason.as_ref().is_none_or(leaks), "{command}: {reason:?}");
        }
    }
    for (command, denied) in [
        ("hf upload me/up", true),
        ("hf upload me/up up/config.json", false),
        ("hf upload me/x 'up/*.json'", false),
        ("hf upload me/x '*.env'", true),
        ("hf cp up/.env hf://buckets/me/b/", true),
        ("hf sync hf://buckets/me/b up", false),
    ] {
        assert_eq!(ask(command).is_some(), denied, "{command}");
    }
    let (tool, input) = (CLAUDE.run)("hf upload me/x gone");
    let body = (CLAUDE.tool)("PreToolUse", tool, input).to_string();
    let run = CLAUDE.send(&tree, "PreToolUse", &body, &["--fail-closed"]);
    run.expect(2).says("not there yet");
}

#[test]
fn what_the_model_reads_of_a_prompt_has_no_credential_in_it() {
    let tree = Tree::new();
    let secret = token(5);
    let event = "userPromptTransformed";
    let body = |text: &str| {
        json!({"sessionId": "s", "timestamp": 1_764_500_000_000_u64, "cwd": "CWD", "prompt": text,
               "transformedPrompt": format!("<context/>\n{text}")})
    };
    let answer = COPILOT.ask(&tree, event, &body(&format!("use {secret} here")));
    let text = answer["modifiedTransformedPrompt"].as_str().unwrap();
    assert!(
        text.starts_with("<context/>\nuse hf_") && !text.contains(&secret),
        "{text}"
    );
    assert_eq!(COPILOT.ask(&tree, event, &body("train it")), json!({}));
}
