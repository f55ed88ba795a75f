//! Which entry of the Common Weakness Enumeration a family of rules falls under.

/// The number of the weakness; none for families that are no security matter by themselves.
pub(super) fn cwe(family: &str) -> Option<u32> {
    match family {
        // Use of hard-coded credentials.
        "tokens" => Some(798),
        // Cleartext storage of sensitive information.
        "storage" => Some(312),
        // Cleartext storage of sensitive information in an environment variable.
        "containers" | "jobs" | "spaces" => Some(526),
        // Insertion of sensitive information into a log file.
        "logs" => Some(532),
        "deprecated" | "hygiene" => None,
        // Insufficiently protected credentials.
        _ => Some(522),
    }
}
