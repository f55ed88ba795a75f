//! Guides that show right and wrong forms side by side: the wrong ones are found, and nothing else.

use super::support::Tree;

/// What stands behind a line that must be reported: rule and severity follow.
const MARK: &str = "  ¶ ";

/// A guide to tokens in jobs.
const JOBS: &str = r#"# Giving a job your token

A job runs on a machine that is not yours, and knows nothing of your login. There are four ways to hand it a token.

## 1. Let the tool fill it in

```python
hf_jobs("run", {
    "image": "python:3.12",
    "command": ["python", "train.py"],
    "secrets": {"HF_TOKEN": "$HF_TOKEN"},
})
```

## 2. Write it down (please do not)

```python
hf_jobs("run", {
    "image": "python:3.12",
    "command": ["python", "train.py"],
    "secrets": {"HF_TOKEN": "hf_0123abcd..."},  # stays in your history  ¶ job-secret-literal note
})
```

## 3. The environment (wrong)

```python
hf_jobs("uv", {
    "script": "train.py",
    "env": {"HF_TOKEN": "hf_0123abcd...", "EPOCHS": "3"},  # everyone in the organization reads it  ¶ job-token-in-env error
})
```

## 4. From a program

```python
from huggingface_hub import get_token, run_uv_job

run_uv_job("train.py", secrets={"HF_TOKEN": get_token()}, env={"EPOCHS": "3"})
run_uv_job("train.py", env={"HF_TOKEN": get_token()})  ¶ job-token-in-env error
run_uv_job("train.py", secrets={"HF_TOKEN": "$HF_TOKEN"})  ¶ job-secret-not-expanded warning
run_uv_job("train.py", script_args=["--token", get_token()])  ¶ job-token-in-command error
```

From the shell, your own variables are filled in:

```bash
hf jobs uv run --secrets HF_TOKEN train.py
hf jobs uv run --secrets HF_TOKEN=$HF_TOKEN train.py
hf jobs uv run --env HF_TOKEN=$HF_TOKEN train.py  ¶ job-token-in-env error
hf jobs uv run --env EPOCHS=3 train.py
```

## In the script

```python
import os
from huggingface_hub import HfApi, whoami

token = os.environ.get("HF_TOKEN")
if not token:
    raise ValueError("HF_TOKEN is not set: pass it with `secrets`")
if not token.startswith("hf_"):
    raise ValueError(f"this is no token: {token[:12]}...")  ¶ token-printed warning
print(f"token is set: {bool(token)}, {len(token)} letters long")
print(f"hello {whoami(token=token)['name']}")
HfApi(token=token).upload_file(path_or_fileobj="a", path_in_repo="a", repo_id="me/a")
```

## When it fails

`401 Client Error` mostly means that the name is wrong:

```python
hf_jobs("uv", {
    "script": "train.py",
    "secrets": {"TOKEN": "$HF_TOKEN"},  # nothing reads TOKEN  ¶ job-secret-wrong-key warning
})
```

Never write `token = "hf_0123abcd..."` into a file, and never run `hf_jobs("uv", {"env": {"HF_TOKEN": "$HF_TOKEN"}})`.
"#;

/// A guide to images and pipelines.
const IMAGES: &str = r#"# Images and pipelines

An image keeps all that was ever written into it.

```dockerfile
FROM python:3.12
ARG HF_TOKEN  ¶ dockerfile-token-arg warning
ENV HF_TOKEN=$HF_TOKEN  ¶ dockerfile-token-env error
RUN hf auth login --token $HF_TOKEN  ¶ login-in-dockerfile error
RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('me/model')"
```

The right way leaves no trace:

```dockerfile
FROM python:3.12
ENV HF_HOME=/models
RUN --mount=type=secret,id=HF_TOKEN,env=HF_TOKEN hf download me/model
```

```bash
docker build --secret id=HF_TOKEN,env=HF_TOKEN .
docker build --build-arg HF_TOKEN=$HF_TOKEN .  ¶ dockerfile-token-arg warning
docker run -e HF_TOKEN image
```

In a workflow, pass the secret where it is needed, and let the tools find it. Of the three steps only the first is
right; but a workflow in a guide runs nowhere.

```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
        env:
          HF_TOKEN: ${{ secrets.HF_TOKEN }}
      - run: hf auth login --token "$HF_TOKEN"
        env:
          HF_TOKEN: ${{ secrets.HF_TOKEN }}
      - run: pytest --token ${{ secrets.HF_TOKEN }}
```

```python
from transformers import AutoModel

AutoModel.from_pretrained("me/model")
AutoModel.from_pretrained("me/model", token=True)
AutoModel.from_pretrained("me/model", use_auth_token=True)  ¶ deprecated-auth-argument note
```
"#;

/// The guide without its marks, and what they say: line, rule and severity.
fn unmarked(guide: &str) -> (String, Vec<(u64, String)>) {
    let mut plain = String::new();
    let mut marked = Vec::new();
    for (line, text) in (1..).zip(guide.lines()) {
        let (text, mark) = text.split_once(MARK).unwrap_or((text, ""));
        if !mark.is_empty() {
            marked.push((line, mark.to_owned()));
        }
        plain.push_str(text);
        plain.push('\n');
    }
    (plain, marked)
}

/// What a scan says of a file: line, rule and severity.
fn found(name: &str, text: &str) -> Vec<(u64, String)> {
    let run = Tree::with(name, text).run(["--output-format", "json", "--exit-zero"]);
    let finding = |finding: &serde_json::Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let line = finding["start"]["line"].as_u64().unwrap();
        (line, format!("{} {}", text("rule"), text("severity")))
    };
    run.expect(0).findings().iter().map(finding).collect()
}

#[test]
fn the_wrong_forms_of_a_guide_are_found_and_nothing_else() {
    for guide in [JOBS, IMAGES] {
        let (text, marked) = unmarked(guide);
        assert!(marked.len() >= 5);
        assert_eq!(found("docs/guide.md", &text), marked);
    }
}

#[test]
fn a_guide_in_plain_prose_is_silent() {
    for guide in [JOBS, IMAGES] {
        let (text, _) = unmarked(guide);
        let prose: String = text
            .lines()
            .filter(|line| !line.starts_with("```"))
            .flat_map(|line| [line, "\n"])
            .collect();
        assert_eq!(found("guide.txt", &prose), []);
    }
}
