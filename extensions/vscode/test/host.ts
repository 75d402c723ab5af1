/**
 * Runs inside the extension host on the example PRD, started by `scripts/vscode-test`.
 *
 * Prints one line per check; `run` rejects when one fails, which is what the driver reports.
 */

import * as vscode from "vscode";

const MS = 30_000;
const SECRET = "NEXT_PUBLIC_STRIPE_SECRET_KEY";
const RULE = "client-exposed-secret";

export async function run(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error("no folder is open");
  const uri = vscode.Uri.joinPath(folder.uri, "PRD.md");
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);

  const leak = await eventually("diagnoses the secret that the client sees", () =>
    vscode.languages
      .getDiagnostics(uri)
      .find((it) => it.source === "specwright" && code(it) === RULE),
  );
  ok("marks the line", document.getText(leak.range).includes(SECRET));
  const start = leak.range.start;

  const ask = vscode.commands.executeCommand;
  const lenses = await ask<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
  ok("lenses", lenses.length > 0 && lenses.every((it) => it.command));
  const tools = place(document, "### tools", 5);
  const hovers = await ask<vscode.Hover[]>("vscode.executeHoverProvider", uri, tools);
  const cards = hovers.flatMap((it) => it.contents);
  const text = cards.map((it) => (typeof it === "string" ? it : it.value)).join("\n");
  ok("hover shows the table", text.includes("owner_id"));
  const symbols = await ask<unknown[]>("vscode.executeDocumentSymbolProvider", uri);
  ok("outline", symbols.length > 0);
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await ask<unknown[]>("vscode.executeInlayHintProvider", uri, whole);
  ok("inlay hints", hints.length > 0);
  const names = await ask<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    uri,
    place(document, "references tools.id", "references ".length),
  );
  ok("completion offers tables", names.items.some((it) => label(it).startsWith("users")));
  const places = await ask<unknown[]>("vscode.executeReferenceProvider", uri, tools);
  ok("references", places.length > 1);
  const edit = await ask<vscode.WorkspaceEdit>(
    "vscode.executeDocumentRenameProvider",
    uri,
    tools,
    "implements",
  );
  ok("rename", edit.size === 1);

  const actions = await ask<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    leak.range,
    vscode.CodeActionKind.QuickFix.value,
    10,
  );
  const rename = actions.find((it) => it.title.startsWith("Rename to"));
  if (!rename?.edit) throw new Error(`no action renames: ${actions.map((it) => it.title)}`);
  await vscode.workspace.applyEdit(rename.edit);
  ok("quick fix renames it", !document.getText().includes(SECRET));
  await eventually("and the diagnostic goes", () =>
    vscode.languages.getDiagnostics(uri).every((it) => code(it) !== RULE),
  );

  await ask("specwright.restartServer");
  await ask("undo");
  await eventually("a restarted server diagnoses again", () =>
    vscode.languages
      .getDiagnostics(uri)
      .some((it) => code(it) === RULE && it.range.start.isEqual(start)),
  );
  await ask("specwright.stopServer");
  ok("a stopped server leaves nothing", vscode.languages.getDiagnostics(uri).length === 0);
  await ask("workbench.action.files.revert");
}

function ok(name: string, holds: boolean): void {
  console.log(`${holds ? "ok  " : "FAIL"} ${name}`);
  if (!holds) throw new Error(`failed: ${name}`);
}

async function eventually<T>(name: string, probe: () => T | undefined | false): Promise<T> {
  const end = Date.now() + MS;
  for (;;) {
    const value = probe();
    if (value) {
      console.log(`ok   ${name}`);
      return value;
    }
    if (Date.now() > end) throw new Error(`failed: ${name}, not within ${MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function place(document: vscode.TextDocument, text: string, offset: number): vscode.Position {
  const index = document.getText().indexOf(text);
  if (index < 0) throw new Error(`the example no longer says: ${text}`);
  return document.positionAt(index + offset);
}

function code(it: vscode.Diagnostic): string {
  return String(typeof it.code === "object" ? it.code.value : it.code);
}

function label(it: vscode.CompletionItem): string {
  return typeof it.label === "string" ? it.label : it.label.label;
}
