//! A language server: what is found in the texts that an editor has open.
//!
//! The texts are the editor's, not those on disk. A text is scanned as a whole after each change, as it would be if it
//! were saved; when several changes wait, once after the last. Everything that is sent was masked when it was found.

mod actions;
mod diagnostics;
mod document;
mod hover;
mod notebook;
mod position;
mod server;
mod texts;
mod uri;
mod workspace;

use std::path::Path;
use std::rc::Rc;

use lsp_server::Connection;

use crate::config::ConfigFile;
use crate::scan::Project;

pub(crate) use self::server::Server;

/// Makes a project of the configuration that holds for a folder. An editor's own options, as on the command line, come
/// first.
pub(crate) type Open<'o> = &'o dyn Fn(&[String], ConfigFile) -> Result<Project, String>;

/// Finds the configuration that holds for a folder.
pub(crate) type Discover<'o> = &'o dyn Fn(&Path) -> Result<ConfigFile, String>;

/// A project that several documents share.
type Shared = Rc<Project>;

/// Serves an editor on standard input and output until it ends the session.
///
/// # Errors
///
/// If the editor breaks the protocol.
pub(crate) fn serve(discover: Discover<'_>, open: Open<'_>) -> Result<(), String> {
    let (connection, threads) = Connection::stdio();
    let served = Server::start(&connection, discover, open).and_then(|server| match server {
        Some(server) => server.run(),
        None => Ok(()),
    });
    // The thread that writes ends when nobody can send any more.
    drop(connection);
    served?;
    threads.join().map_err(|error| error.to_string())
}
