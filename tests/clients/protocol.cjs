// Drives the server through Microsoft's protocol library, without an editor.
// Prints one line per check and exits with 1 when one fails. Run by tests/it/editors.rs.
"use strict";

const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const lsp = require("vscode-languageserver-protocol/node");

const MS = 20_000;
const SECRET = "NEXT_PUBLIC_STRIPE_SECRET_KEY";
const RULE = "client-exposed-secret";
const folder = process.env.SPECWRIGHT_WORKSPACE;
const uri = pathToFileURL(join(folder, "PRD.md")).href;
const lines = readFileSync(join(folder, "PRD.md"), "utf8").split("\n");

let nFailed = 0;
function ok(name, value) {
  console.log(`${value ? "ok  " : "FAIL"} ${name}`);
  if (!value) nFailed += 1;
}

function place(text, offset = 0) {
  const line = lines.findIndex((it) => it.includes(text));
  if (line < 0) throw new Error(`the example no longer says: ${text}`);
  return { line, character: lines[line].indexOf(text) + offset };
}

async function journey(connection, server) {
  /** What was published last, and who waits for the next. */
  let published = [];
  let wake = () => undefined;
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (it) => {
    if (it.uri !== uri) return;
    published = it.diagnostics;
    wake();
  });
  const until = async (holds) => {
    const end = Date.now() + MS;
    while (!holds(published.map((it) => it.code))) {
      if (Date.now() > end) return false;
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, 200);
      });
    }
    return true;
  };
  const steps = [];
  connection.onRequest(lsp.WorkDoneProgressCreateRequest.type, ({ token }) => {
    connection.onProgress(lsp.WorkDoneProgress.type, token, (it) => steps.push(it.kind));
  });
  connection.onRequest(lsp.ConfigurationRequest.type, ({ items }) => items.map(() => null));
  connection.onRequest(lsp.RegistrationRequest.type, () => undefined);
  connection.listen();

  const { capabilities, serverInfo } = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "work" }],
    capabilities: {
      window: { workDoneProgress: true },
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: {
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
        publishDiagnostics: { versionSupport: true },
      },
    },
  });
  ok("names itself", serverInfo?.name === "specwright" && Boolean(serverInfo.version));
  ok("syncs increments", (capabilities.textDocumentSync.change ?? capabilities.textDocumentSync) === 2);
  ok("positions in UTF-16 unless told", (capabilities.positionEncoding ?? "utf-16") === "utf-16");
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "markdown", version: 1, text: lines.join("\n") },
  });
  ok("publishes", await until((codes) => codes.includes(RULE)));

  const textDocument = { uri };
  const at = place(SECRET, 2);
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument,
    range: { start: at, end: at },
    context: { diagnostics: [] },
  });
  ok(
    "an action without resolve holds its edit",
    actions.some((it) => /Rename to/.test(it.title) && it.edit),
  );
  const tools = place("### tools", 5);
  const hover = await connection.sendRequest(lsp.HoverRequest.type, { textDocument, position: tools });
  ok("hover", JSON.stringify(hover).includes("owner_id"));
  const cancel = new lsp.CancellationTokenSource();
  const cancelled = connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument }, cancel.token);
  cancel.cancel();
  // Either answer is legal; none would leave the editor waiting.
  const answer = await cancelled.then(() => "answer", (error) => error.code);
  ok("a cancelled request is answered", ["answer", -32800, -32802].includes(answer));

  const start = place(SECRET, "NEXT_PUBLIC_STRIPE_".length);
  const end = place(SECRET, "NEXT_PUBLIC_STRIPE_SECRET_".length);
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start, end }, text: "" }],
  });
  ok("a change takes it back", await until((codes) => !codes.includes(RULE)));
  const unknown = await connection.sendRequest("specwright/nonsense", {}).catch((error) => error.code);
  ok("an unknown request is refused", unknown === -32601);
  ok("progress has an end", steps.filter((it) => it === "begin").length === steps.filter((it) => it === "end").length);

  const exited = new Promise((resolve) => server.once("exit", resolve));
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  ok("exits with 0", (await Promise.race([exited, late()])) === 0);
}

function late() {
  return new Promise((resolve) => setTimeout(resolve, MS, "late").unref());
}

const server = spawn(process.env.SPECWRIGHT_BIN, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout),
  new lsp.StreamMessageWriter(server.stdin),
);
journey(connection, server)
  .catch((error) => ok(`journey: ${error.stack}`, false))
  .finally(() => {
    server.kill("SIGKILL");
    process.exit(nFailed === 0 ? 0 : 1);
  });
