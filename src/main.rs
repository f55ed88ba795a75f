//! The `hfscan` command. Everything lives in the library; see `hfscan::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    hfscan::cli::main()
}
