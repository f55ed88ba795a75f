//! Requests to Hugging Face Jobs, in whatever file.

use std::collections::HashMap;

use crate::syntax::{Document, FactKind, Value};

/// Whether some map has the keys of a job's request: `operation` and `args`, or an image and what
/// to run in it, or hardware of the Hub and what to run on it.
pub(super) fn is_request(document: &Document) -> bool {
    const CALL: [&str; 2] = ["operation", "args"];
    const IMAGE: [&str; 2] = ["dockerImage", "spaceId"];
    const RUN: [&str; 5] = ["command", "environment", "flavor", "arguments", "secrets"];
    const BESIDE_HARDWARE: [&str; 4] = ["env", "script", "image", "docker_image"];
    let keys = [&CALL[..], &IMAGE, &RUN, &BESIDE_HARDWARE].concat();
    let hardware = keys.len();
    // The keys of interest of each map, as bits.
    let mut maps: HashMap<Vec<&str>, u32> = HashMap::new();
    for fact in &document.facts {
        let FactKind::Setting(setting) = &fact.kind else {
            continue;
        };
        let path: Vec<&str> = setting.path.iter().map(|key| key.value.as_str()).collect();
        // A request is near the root of its document.
        for (depth, key) in path.iter().enumerate().take(6) {
            if let Some(bit) = keys.iter().position(|known| known == key) {
                let holder = path.get(..depth).unwrap_or_default();
                let found = maps.entry(holder.to_vec()).or_default();
                *found |= 1 << bit;
                if *key == "flavor" && is_hardware(&setting.value.value) {
                    *found |= 1 << hardware;
                }
            }
        }
    }
    maps.values().any(|found| {
        let has = |key: &&str| keys.iter().position(|known| known == key);
        let has = |key: &&str| has(key).is_some_and(|bit| found & (1 << bit) != 0);
        let runs = |key: &&str| *key != "flavor" && has(key);
        let on_hardware = || BESIDE_HARDWARE.iter().any(has) || RUN.iter().any(runs);
        CALL.iter().all(has)
            || IMAGE.iter().any(has) && RUN.iter().any(has)
            || found & (1 << hardware) != 0 && on_hardware()
    })
}

/// Whether a value is the name of hardware that the Hub runs jobs on.
fn is_hardware(value: &Value) -> bool {
    const STARTS: [&str; 16] = [
        "cpu-basic",
        "cpu-upgrade",
        "cpu-performance",
        "cpu-xl",
        "zero-",
        "t4-small",
        "t4-medium",
        "l4x",
        "l40sx",
        "a10g-small",
        "a10g-large",
        "a100-large",
        "a100x",
        "h100",
        "h200",
        "b200",
    ];
    matches!(value, Value::Literal(name) if STARTS.iter().any(|start| name.starts_with(start)))
}
