//! Words that tell whether a file has to do with Hugging Face at all.

/// What is looked for with the keywords of token rules, to find where an anchor may be: few, and with
/// first letters that are rare, since every one of them makes the search of all files slower.
pub(in crate::engine) const HINTS: [&str; 16] = [
    "ugging", "HUGGING", "HF_", "hf_", "hf-", "hfT", "hfA", "hfj", "\"hf\"", "hub_t", "e_auth_t",
    "hubTok", "hf ", "t-cred", "red_t", "mlit/",
];

/// One of these is in every file that any pattern may match; not what every file of a Hugging Face
/// repository has, such as its licence and links to pages. Each begins with a hint: what comes before
/// it, as in `huggingface`, `use_auth_token`, `git-credentials`, `stored_tokens`, `.streamlit/`, is
/// left out.
const ANCHORS: [&str; 40] = [
    "uggingface_",
    "uggingface-",
    "uggingfacehub",
    "uggingface/",
    "uggingface:",
    "uggingface]",
    "uggingface\"",
    "uggingface'",
    "ugging_face",
    "ugging-face",
    "uggingFace:",
    "uggingFaceA",
    "uggingFaceT",
    "uggingface.variables",
    "uggingface?.variables",
    "uggingface.token",
    "uggingface.api",
    "HUGGING",
    "HF_",
    "hf_",
    "hf-",
    "hfT",
    "hfA",
    "hfjobs",
    "\"hf\"",
    "hub_token",
    "hubToken",
    "e_auth_token",
    "hf auth",
    "hf jobs",
    "hf spaces",
    "hf repo",
    "hf endpoints",
    "hf sandbox",
    "hf login",
    "hf upload",
    "hf webhooks",
    "t-credentials",
    "red_tokens",
    "mlit/",
];

/// What stands before the hint in a link to one of Hugging Face's repositories, which says nothing.
const LINK: &[u8] = b"github.com/h";

/// Whether an anchor stands at a hint.
pub(in crate::engine) fn is_anchor(text: &[u8], at: usize) -> bool {
    let (before, rest) = text.split_at(at.min(text.len()));
    ANCHORS
        .iter()
        .any(|anchor| rest.starts_with(anchor.as_bytes()))
        && !before.ends_with(LINK)
}
