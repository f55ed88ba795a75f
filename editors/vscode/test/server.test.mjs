// The server, with the client that VS Code itself is built on. HFSCAN names the program, and TOKEN is a token.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import protocol from "vscode-languageserver-protocol/node";

const program = process.env["HFSCAN"];
const token = process.env["TOKEN"];

test("diagnostics, an action and its effect", { skip: program === undefined && "HFSCAN is not set" }, async () => {
  const child = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = protocol.createProtocolConnection(
    new protocol.StreamMessageReader(child.stdout),
    new protocol.StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const uri = "file:///tmp/no-such-folder/a.py";
  const shown = [];
  let wake = () => {};
  connection.onNotification(protocol.PublishDiagnosticsNotification.type, (params) => {
    shown.push(params);
    wake();
  });
  const version = async (wanted) => {
    for (;;) {
      const found = shown.find((params) => params.uri === uri && params.version === wanted);
      if (found) return found.diagnostics;
      await new Promise((resolve) => (wake = resolve));
    }
  };
  const { capabilities } = await connection.sendRequest(protocol.InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { general: { positionEncodings: ["utf-16"] } },
  });
  assert.equal(capabilities.positionEncoding, "utf-16");
  await connection.sendNotification(protocol.InitializedNotification.type, {});
  const text = `import transformers\nx = transformers.AutoModel.from_pretrained("a", use_auth_token="${token}")\n`;
  await connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "python", version: 1, text },
  });
  const found = await version(1);
  assert.deepEqual(found.map((one) => one.code).sort(), ["deprecated-auth-argument", "hf-user-token"]);
  assert.ok(!JSON.stringify(found).includes(token));
  const range = found.find((one) => one.code === "deprecated-auth-argument").range;
  const actions = await connection.sendRequest(protocol.CodeActionRequest.type, {
    textDocument: { uri },
    range,
    context: { diagnostics: [], only: ["quickfix"] },
  });
  assert.ok(actions.some((action) => action.title.startsWith("Hide `")), JSON.stringify(actions));
  await connection.sendRequest(protocol.ShutdownRequest.type);
  await connection.sendNotification(protocol.ExitNotification.type);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  assert.equal(code, 0);
});
