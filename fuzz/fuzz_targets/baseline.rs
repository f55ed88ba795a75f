//! Any text as a baseline: a scan with it ends, without a panic. Reports are read by commands that ask the Hub, and
//! nothing here may.

#![no_main]

use hfscan::internals::run_with;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("a.json"), text).expect("a file");
    std::fs::write(path("a.py"), "a = 1\n").expect("a file");
    run_with(["hfscan", "--isolated", "--baseline", &path("a.json"), &path("a.py")]);
    run_with(["hfscan", "baseline", "--prune", "--output", &path("a.json"), &path("a.py")]);
});
