//! What Git tells the hooks of a push, on the side that sends it and on the one that receives it.

use super::HookError;
use crate::git::Update;

/// Reads what Git tells its pre-push hook: a line `<local ref> <local object> <remote ref> <remote
/// object>` for each branch and tag. What is deleted is left out.
///
/// # Errors
///
/// If a line has another form: nothing that is not understood may pass.
pub(crate) fn sent(said: &[u8]) -> Result<Vec<Update>, HookError> {
    read(said, |fields| match fields {
        [_, tip, name, before] => Some((name, tip, before)),
        _ => None,
    })
}

/// Reads what Git tells its pre-receive hook: a line `<old object> <new object> <ref>` for each branch
/// and tag. What is deleted is left out.
///
/// # Errors
///
/// If a line has another form.
pub(crate) fn received(said: &[u8]) -> Result<Vec<Update>, HookError> {
    read(said, |fields| match fields {
        [before, tip, name] => Some((name, tip, before)),
        _ => None,
    })
}

/// Name, new object and old object of an update.
type Fields<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn read(
    said: &[u8],
    order: impl for<'a> Fn(&[&'a [u8]]) -> Option<Fields<'a>>,
) -> Result<Vec<Update>, HookError> {
    let mut all = Vec::new();
    let said = said.strip_suffix(b"\n").unwrap_or(said);
    if said.is_empty() {
        return Ok(all);
    }
    for line in said.split(|byte| *byte == b'\n') {
        let odd = || HookError::Update(String::from_utf8_lossy(line).into_owned());
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let (name, tip, before) = order(&fields).ok_or_else(odd)?;
        let (tip, before) = object(tip).zip(object(before)).ok_or_else(odd)?;
        if is_there(&tip) {
            all.push(Update {
                name: name.into(),
                tip,
                before: Some(before).filter(|before| is_there(before)),
            });
        }
    }
    Ok(all)
}

/// The name of an object.
fn object(field: &[u8]) -> Option<String> {
    let is_one = field.len() >= 40 && field.iter().all(u8::is_ascii_hexdigit);
    is_one.then(|| String::from_utf8_lossy(field).into_owned())
}

/// Whether it is the name of one: zeros stand for none.
fn is_there(name: &str) -> bool {
    name.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_of_a_push_is_understood_or_refused() {
        let (one, two, none) = ("1".repeat(40), "2".repeat(64), "0".repeat(40));
        let update = |name: &str, tip: &str, before: Option<&str>| Update {
            name: name.into(),
            tip: tip.to_owned(),
            before: before.map(str::to_owned),
        };
        let wanted = vec![
            update("refs/heads/a", &one, Some(&two)),
            update("refs/heads/b\u{e9}", &two, None),
        ];
        let said = format!(
            "refs/heads/x {one} refs/heads/a {two}\nrefs/heads/b {two} refs/heads/b\u{e9} {none}\n\
             (delete) {none} refs/heads/c {one}\n"
        );
        assert_eq!(sent(said.as_bytes()).expect("it is well-formed"), wanted);
        let said = format!(
            "{two} {one} refs/heads/a\n{none} {two} refs/heads/b\u{e9}\n{one} {none} refs/heads/c\n"
        );
        assert_eq!(
            received(said.as_bytes()).expect("it is well-formed"),
            wanted
        );
        assert_eq!(sent(b"").expect("nothing is pushed"), []);
        for odd in [
            "x",
            "\n\n",
            &format!("refs/heads/a {one} refs/heads/a"),
            &format!("refs/heads/a {one} refs/heads/a {two} more"),
            &format!("refs/heads/a --all refs/heads/a {two}"),
            &format!("refs/heads/a {one} refs/heads/a --{two}"),
        ] {
            assert!(sent(odd.as_bytes()).is_err(), "{odd}");
        }
        assert!(received(format!("{one} refs/heads/a {two}").as_bytes()).is_err());
    }
}
