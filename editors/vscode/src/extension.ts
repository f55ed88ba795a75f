// Starts `hfscan lsp`, and shows how it is.

import { commands, ExtensionContext, StatusBarAlignment, StatusBarItem, ThemeColor, window, workspace } from "vscode";
import { LanguageClient, State } from "vscode-languageclient/node";
import { find } from "./binary";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("hfscan", { log: true });
  const status = window.createStatusBarItem("hfscan", StatusBarAlignment.Right);
  status.name = "hfscan";
  status.command = "hfscan.showOutput";
  const restart = async (): Promise<void> => {
    await stop();
    client = start(output, status);
    await client?.start().catch((error: unknown) => output.error(String(error)));
  };
  context.subscriptions.push(
    output,
    status,
    commands.registerCommand("hfscan.restart", restart),
    commands.registerCommand("hfscan.showOutput", () => output.show()),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("hfscan") && restart()),
    workspace.onDidGrantWorkspaceTrust(restart),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose().catch(() => undefined);
}

function start(output: ReturnType<typeof window.createOutputChannel>, status: StatusBarItem): LanguageClient | undefined {
  const settings = workspace.getConfiguration("hfscan");
  if (!settings.get<boolean>("enable", true)) {
    status.hide();
    return undefined;
  }
  const folders = workspace.isTrusted ? (workspace.workspaceFolders ?? []) : [];
  const command = find({
    configured: settings.get<string>("path", ""),
    folders: folders.filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath),
    env: process.env,
    platform: process.platform,
  });
  status.show();
  if (command === undefined) {
    show(status, "$(error) hfscan", "hfscan is not found: install it (pip install hfscan), or set hfscan.path", true);
    return undefined;
  }
  const started = new LanguageClient(
    "hfscan",
    "hfscan",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
      outputChannel: output,
      initializationOptions: { args: settings.get<string[]>("args", []) },
    },
  );
  started.onDidChangeState(({ newState }) => {
    const text = { [State.Starting]: "$(sync~spin) hfscan", [State.Running]: "$(shield) hfscan", [State.Stopped]: "$(error) hfscan" };
    const version = started.initializeResult?.serverInfo?.version ?? "";
    show(status, text[newState], `hfscan ${version}\n${command}`, newState === State.Stopped);
  });
  return started;
}

function show(status: StatusBarItem, text: string, tooltip: string, isError: boolean): void {
  status.text = text;
  status.tooltip = tooltip;
  status.backgroundColor = isError ? new ThemeColor("statusBarItem.errorBackground") : undefined;
}
