//! The `hfscan` command. Everything lives in the library; see `hfscan::main`.

use std::process::ExitCode;

/// Much of a scan's time goes into small pieces of memory, and many threads ask for them. That of the system is
/// slower, and that of musl far slower.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hfscan::main()
}
