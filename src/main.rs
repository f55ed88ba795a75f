//! The `hfscan` command. Everything lives in the library; see `hfscan::main`.

use std::process::ExitCode;

fn main() -> ExitCode {
    hfscan::main()
}
