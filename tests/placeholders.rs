//! A guide full of placeholders is silent; with tokens in their place, each is found.

use super::support::{Tree, plant};

/// What people write where a token goes.
const PLACEHOLDERS: [&str; 20] = [
    "hf_...",
    "hf_…",
    "hf_xxx",
    "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "hf_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "hf_****",
    "hf_abc123...",
    "hf_your_token_here",
    "hf_YOUR_TOKEN",
    "hf_votre_token",
    "hf_sua_chave_aqui",
    "hf_REPLACE_ME_WITH_YOUR_TOKEN",
    "hf_secret",
    "hf_test_token_for_ci",
    "hf_1234567890",
    "<YOUR_TOKEN>",
    "hf_abcdefghijklmnopqrstuvwxyzabcdefgh",
    "hf_YourHuggingFaceTokenGoesRightHereO",
    "hf_api_***",
    "hf_abcd...wxyz",
];

/// A guide in which each `@` stands for a token.
const GUIDE: &str = r#"# Keeping your key to yourself

A key starts with `hf_` and is a password. Keep it out of code!

```bash
export HF_TOKEN=@
hf download my/model --token @
curl -H "Authorization: Bearer @" https://huggingface.co/api/whoami-v2
git clone https://me:@@huggingface.co/me/model
docker run -e HF_TOKEN=@ image
```

```python
from huggingface_hub import HfApi, login, run_job

login(token="@")  # βœ… never do this
api = HfApi(token='@')
if not token.startswith("hf_"):
    raise ValueError(f"not a token: {token[:3]}")
run_job(image="python:3.12", command=["python"], secrets={"HF_TOKEN": "@"})
```

```yaml
env:
  HF_TOKEN: "@"
  HF_TOKEN_PATH: /run/secrets/hf_token
services:
  tgi:
    environment: [HUGGING_FACE_HUB_TOKEN=@]
```

```json
{"mcpServers": {"hf": {"headers": {"Authorization": "Bearer @"}}}}
```

Old organization keys began with `api_org_`. It is `hf_jobs` and `hf_hub_download` that read (@), “@”, *@*,
[@](https://huggingface.co/settings/tokens), <@>, @. And @, too: HF_TOKEN=@; `@`
"#;

/// The guide, and the name of the file that it stands in.
const NAMES: [&str; 5] = [
    "guide.md",
    "guide.txt",
    "guide.py",
    "guide.yaml",
    "guide.html",
];

#[test]
fn a_guide_with_placeholders_is_silent() {
    for placeholder in PLACEHOLDERS {
        let text = GUIDE.replace("@@", "\u{1}HOST").replace('@', placeholder);
        let text = text.replace('\u{1}', placeholder).replace("HOST", "@");
        let tree = Tree::new();
        for name in NAMES {
            tree.file(name, &text);
        }
        let run = tree.run([
            "--select",
            "tokens",
            "--min-severity",
            "warning",
            "--output-format",
            "json",
        ]);
        assert_eq!(run.expect(0).places(), [], "{placeholder}: {}", run.out());
    }
}

#[test]
fn a_guide_with_tokens_is_not() {
    let guide = GUIDE.replace("@@", "@(at)");
    let (text, places) = plant(&guide, 400);
    // The mark between user and host has the length of the sign that it stands for, and no more.
    let at = text.find("(at)").unwrap();
    let text = text.replace("(at)", "@");
    let places = places
        .into_iter()
        .map(|(a, b)| if a > at { (a - 3, b - 3) } else { (a, b) });
    let places: Vec<_> = places.collect();
    assert_eq!(places.len(), 20);
    for name in NAMES {
        let tree = Tree::with(name, &text);
        let run = tree.run(["--select", "tokens", "--output-format", "json"]);
        let found: Vec<_> = run
            .expect(1)
            .places()
            .into_iter()
            .map(|(_, a, b)| (a, b))
            .collect();
        assert_eq!(found, places, "{name}");
    }
}

#[test]
fn identifiers_are_no_tokens() {
    let text = r"
static int hf_servingcell_descriptor_h_prio_list_of_the_subcarriers = -1;
- (id)hf_requiredCharacteristicTypesForDisplayMetadata;
voices = ['hf_alpha', 'hf_beta']; from huggingface_hub import hf_hub_download, hf_raise_for_status
https://huggingface.co/llava-hf/llava-v1.6-mistral-7b-hf_quantized hf_oauth_scopes hf_jwt_public_keys
api_org_0b2c6a0e-1d57-4c39-a7a7-0f3d2f2b1a55 hf_transfer_enabledForEveryDownloadOfAModel
hf_token_that_is_not_a_token_but_a_very_long_name 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
";
    let tree = Tree::with("a.c", text);
    let run = tree.run(["--select", "tokens", "--output-format", "json"]);
    assert_eq!(run.expect(0).places(), [], "{}", run.out());
}
