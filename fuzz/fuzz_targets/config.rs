//! Any text as a configuration: an error that is a sentence, or a configuration.

#![no_main]

use std::path::Path;

use hfscan::PathPatterns;
use hfscan::internals::{Config, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match parse::<Config>(Path::new("hfscan.toml"), text) {
        Ok(config) => {
            let lines = config.exclude.iter().map(String::as_str);
            if let Ok(patterns) = PathPatterns::new(Path::new("/root"), lines) {
                let _ = patterns.name(Path::new("/root/a/b.py"), false);
            }
        }
        Err(error) => assert!(error.to_string().starts_with("hfscan.toml")),
    }
});
