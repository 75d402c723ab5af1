/**
 * Starts the language server and maps what it says onto VS Code.
 *
 * Everything about specs is the server's; here are only the choice of the binary, the status item,
 * progress that can be cancelled, and commands about the server itself.
 */

import * as os from "node:os";
import * as vscode from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  type ServerOptions,
  State,
  type StaticFeature,
} from "vscode-languageclient/node";
import { BinaryError, find, type Found, version } from "./binary.js";
import { CheckpointTree } from "./checkpoints.js";
import { showReferences } from "./commands.js";
import { ProgressBoard } from "./progress.js";
import { chosen, serverKeys } from "./settings.js";
import { type ServerStatus, StatusItem } from "./status.js";

type Configure = NonNullable<NonNullable<Middleware["workspace"]>["configuration"]>;
type ConfigurationArguments = Parameters<Configure>;
type ConfigurationAnswer = ReturnType<Configure>;

/** How long a server may take to answer `initialize` before it is given up. */
const START_MS_MAX = 30_000;

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Specwright", { log: true });
  server = new Server(context, log);
  const checkpoints = new CheckpointTree();
  context.subscriptions.push(log, checkpoints, ...commands(server, log, checkpoints));
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => server?.restart()),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("specwright.server")) await server?.restart();
    }),
  );
  await server.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
  server?.dispose();
  server = undefined;
}

/** The server's life: at most one process, started and stopped in order. */
class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly status = new StatusItem();
  private readonly progress = new ProgressBoard();
  private readonly keys: readonly string[];
  private description = "";
  /** The last of the starts and stops asked for: each waits for the one before. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.keys = serverKeys(context.extension.packageJSON);
  }

  start(): Promise<void> {
    return this.inOrder(() => this.startNow());
  }

  stop(): Promise<void> {
    return this.inOrder(() => this.stopNow());
  }

  restart(): Promise<void> {
    return this.inOrder(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  /** Its version and where the binary comes from; empty when it does not run. */
  describe(): string {
    return this.description;
  }

  dispose(): void {
    this.progress.dispose();
    this.status.dispose();
  }

  private inOrder(act: () => Promise<void>): Promise<void> {
    this.last = this.last.then(act, act);
    return this.last;
  }

  private async startNow(): Promise<void> {
    if (this.client) return;
    this.status.starting();
    try {
      const found = find(surroundings(this.context));
      this.description = `${await version(found)} (${found.origin}: ${found.command})`;
      this.log.info(`starting ${this.description}`);
      const client = this.newClient(found);
      this.client = client;
      await withinMs(START_MS_MAX, client.start(), "the server did not answer `initialize`");
      this.status.show({ health: "ok", quiescent: true }, this.description);
      await vscode.commands.executeCommand("setContext", "specwright.running", true);
    } catch (error) {
      await this.fail(error);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.description = "";
    this.progress.dispose();
    await vscode.commands.executeCommand("setContext", "specwright.running", false);
    // A server that has crashed cannot be asked to stop, and that is no news by then.
    await client?.dispose(2_000).catch((error: unknown) => this.log.debug(String(error)));
    this.status.stopped();
  }

  private async fail(error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    await this.stopNow();
    this.log.error(message);
    this.status.failed(message);
    const settings = "Open Settings";
    const choices = error instanceof BinaryError ? [settings, "Show Log"] : ["Show Log"];
    // Not awaited: activation must not hang on a message that nobody answers.
    void vscode.window
      .showErrorMessage(`Specwright: ${message}`, ...choices)
      .then((choice) => {
        if (choice === settings) return vscode.commands.executeCommand("specwright.openSettings");
        if (choice) this.log.show();
        return undefined;
      });
  }

  private newClient(found: Found): LanguageClient {
    const extraEnv = vscode.workspace
      .getConfiguration("specwright")
      .get<Record<string, string>>("server.extraEnv", {});
    const options: ServerOptions = {
      command: found.command,
      args: ["lsp"],
      options: { env: { ...process.env, ...extraEnv } },
    };
    const client: LanguageClient = new LanguageClient("specwright", "Specwright", options, {
      ...this.clientOptions(),
      middleware: {
        workspace: { configuration: (params, token, next) => this.configure(params, token, next) },
        handleWorkDoneProgress: (token, step, next) =>
          this.progress.handle(this.client, token, step, next),
      },
    });
    client.registerFeature(experimental());
    client.onNotification("experimental/serverStatus", (status: ServerStatus) =>
      this.status.show(status, this.description),
    );
    client.onRequest("specwright/input", ({ prompt }: { prompt: string }) => askForText(prompt));
    client.onDidChangeState(({ newState }) => {
      // A crash: the library starts it again, and gives up after five within three minutes.
      if (newState !== State.Stopped || this.client !== client) return;
      this.progress.dispose();
      this.status.failed("The server has stopped unexpectedly. The log says why.");
    });
    return client;
  }

  /** Answers `workspace/configuration`. */
  private configure(...[params, token, next]: ConfigurationArguments): ConfigurationAnswer {
    if (params.items.some((it) => it.section !== "specwright")) return next(params, token);
    return params.items.map(({ scopeUri }) =>
      chosen(this.keys, scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri)),
    );
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "markdown" },
        { scheme: "untitled", language: "markdown" },
        { scheme: "file", language: "plaintext" },
        { scheme: "file", pattern: "**/*.mdx" },
        { scheme: "file", pattern: "**/specwright.toml" },
        { scheme: "file", language: "yaml", pattern: "**/forge/migrations/*.{yaml,yml}" },
        { scheme: "file", language: "yaml", pattern: "**/forge/forge.yaml" },
      ],
      outputChannel: this.log,
      initializationOptions: chosen(this.keys),
      markdown: { isTrusted: false, supportHtml: false },
    };
  }
}

/** Rejects when `work` takes longer; what was started goes on and is stopped by the caller. */
async function withinMs<T>(ms: number, work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** A line that the author types; null when there is none. */
async function askForText(prompt: string): Promise<{ value: string } | null> {
  const value = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true });
  return value === undefined ? null : { value };
}

/** What this client can do beyond the protocol: the server asks before it relies on it. */
function experimental(): StaticFeature {
  return {
    fillClientCapabilities: (capabilities) => {
      capabilities.experimental = {
        ...(capabilities.experimental as object | undefined),
        serverStatusNotification: true,
        input: true,
        codicons: true,
        commands: { commands: [showReferences.id] },
      };
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" }),
    clear: () => undefined,
  };
}

function surroundings(context: vscode.ExtensionContext): Parameters<typeof find>[0] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    setting: vscode.workspace.getConfiguration("specwright").get("server.path", "").trim(),
    folders: folders.filter((it) => it.uri.scheme === "file").map((it) => it.uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    extension: context.extensionPath,
    home: os.homedir(),
    path: process.env["PATH"] ?? "",
    platform: process.platform,
  };
}

function commands(
  server: Server,
  log: vscode.LogOutputChannel,
  checkpoints: CheckpointTree,
): vscode.Disposable[] {
  const run = vscode.commands.executeCommand;
  const all: Record<string, (...args: never[]) => unknown> = {
    "specwright.restartServer": () => server.restart(),
    "specwright.stopServer": () => server.stop(),
    "specwright.showLog": () => log.show(),
    "specwright.showServerVersion": () =>
      vscode.window.showInformationMessage(server.describe() || "The server is stopped."),
    "specwright.openSettings": () =>
      run("workbench.action.openSettings", "@ext:specwright.specwright"),
    "specwright.openWalkthrough": () =>
      run("workbench.action.openWalkthrough", "specwright.specwright#start", false),
    "specwright.newSpec": newSpec,
    "specwright.refreshCheckpoints": () => checkpoints.refresh(),
    "specwright.restoreCheckpoint": (item: Parameters<CheckpointTree["restore"]>[0]) =>
      checkpoints.restore(item),
    "specwright.diffWithCheckpoint": (item: Parameters<CheckpointTree["diff"]>[0]) =>
      checkpoints.diff(item),
    [showReferences.id]: showReferences.run,
  };
  return Object.entries(all).map(([id, handler]) => vscode.commands.registerCommand(id, handler));
}

/** Opens an unsaved spec that is small enough to read and rich enough to show something. */
async function newSpec(): Promise<void> {
  const content = [
    "# A shared reading list",
    "",
    "## Sign-in",
    "",
    "Members must sign in before they can add a book.",
    "",
    "## Data model",
    "",
    "### books",
    "",
    "| Column | Type | Notes |",
    "| --- | --- | --- |",
    "| id | uuid | primary key |",
    "| title | text | not null |",
    "| owner_id | uuid | references users.id |",
    "",
  ].join("\n");
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document);
}
