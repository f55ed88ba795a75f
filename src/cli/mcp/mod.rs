//! `hfscan mcp`: tools for a model, in the Model Context Protocol on standard input and output.
//!
//! The protocol's own library needs an async runtime: one thread, begun here and nowhere else.

mod tools;

use std::borrow::Cow;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Map, Value};

use self::tools::{Called, TOOLS};
use super::exit::{Exit, Failure};

/// What the model is told of the tools.
const INSTRUCTIONS: &str = "hfscan finds credentials, and the mistakes that leak them. Scan a text or a file before it is \
                            written or sent, redact what is to be shown, and ask for a rule to learn the right form. \
                            Nothing here opens a connection, and no answer holds a credential.";

/// Serves until standard input ends.
pub(super) fn run() -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("cannot serve: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    let served = runtime.block_on(async {
        let service = Server.serve(rmcp::transport::stdio()).await;
        let service = service.map_err(|error| error.to_string())?;
        service
            .waiting()
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    });
    // A thread may wait for input that never comes.
    runtime.shutdown_background();
    served.map_err(|error| failed(&error))?;
    Ok(Exit::Clean)
}

/// The server.
struct Server;

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let own = Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities)
            .with_server_info(own)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = TOOLS.iter().map(|tool| {
            let schema: Map<String, Value> = serde_json::from_str(tool.input).unwrap_or_default();
            let mut listed = Tool::new(tool.name, tool.says, schema);
            listed.annotations = Some(ToolAnnotations::new().read_only(true).open_world(false));
            listed
        });
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let roots = roots(&context).await;
        let arguments = request.arguments.unwrap_or_default();
        let result = match tools::call(&request.name, &arguments, &roots) {
            Called::Done(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
            Called::Failed(why) => CallToolResult::error(vec![ContentBlock::text(why)]),
            Called::Misused(why) => return Err(ErrorData::invalid_params(Cow::Owned(why), None)),
        };
        Ok(CallToolResponse::Complete(result))
    }
}

/// The folders that the client lets tools look into: those that it names or, if it names none, the one that the server
/// runs in.
#[expect(
    deprecated,
    reason = "newer protocols leave roots out; clients of older ones name them, and then they hold"
)]
async fn roots(context: &RequestContext<RoleServer>) -> Vec<PathBuf> {
    let peer = context.peer.peer_info();
    let names = peer.is_some_and(|info| info.capabilities.roots.is_some());
    if !names {
        return std::env::current_dir().into_iter().collect();
    }
    // One that does not answer lets look into nothing.
    let Ok(listed) = context.peer.list_roots().await else {
        return Vec::new();
    };
    let paths = listed.roots.iter().filter_map(|root| {
        let path = root.uri.strip_prefix("file://")?;
        let path = path.get(path.find('/')?..)?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let drive = path
            .strip_prefix('/')
            .filter(|rest| rest.get(1..2) == Some(":"));
        Some(PathBuf::from(drive.unwrap_or(&path)))
    });
    paths.collect()
}
