/** The tree of checkpoints: what each would change, the difference on a click, and restore. */

import * as vscode from "vscode";

/** As `checkpoint.list` gives it. */
interface Checkpoint {
  id: string;
  kind: string;
  label: string;
  at: string;
  partial: boolean;
}

/** As `checkpoint.diff` gives it. */
interface FileChange {
  path: string;
  act: "add" | "change" | "remove";
  lines_added?: number;
  lines_removed?: number;
}

type Item = { checkpoint: Checkpoint } | { checkpoint: Checkpoint; file: FileChange };

/** The scheme of files as a checkpoint has them. */
const SCHEME = "specwright-then";
/** What every apply and rollback writes to: the tree then may be of yesterday. */
const WRITTEN = "**/.specwright/catalog.db*";
/** One act writes more than once. */
const REFRESH_MS = 500;

export class CheckpointTree
  implements vscode.TreeDataProvider<Item>, vscode.TextDocumentContentProvider, vscode.Disposable
{
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly parts: vscode.Disposable[];
  private waiting: NodeJS.Timeout | undefined;

  constructor() {
    const written = vscode.workspace.createFileSystemWatcher(WRITTEN);
    this.parts = [
      this.changed,
      written,
      written.onDidChange(() => this.refreshSoon()),
      written.onDidCreate(() => this.refreshSoon()),
      vscode.window.registerTreeDataProvider("specwright.checkpoints", this),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    ];
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  private refreshSoon(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.refresh(), REFRESH_MS);
  }

  dispose(): void {
    clearTimeout(this.waiting);
    for (const part of this.parts) part.dispose();
  }

  async getChildren(parent?: Item): Promise<Item[]> {
    if (!parent) {
      const output = await run<{ checkpoints: Checkpoint[] }>("checkpoint.list", {});
      return (output?.checkpoints ?? []).map((checkpoint) => ({ checkpoint }));
    }
    if ("file" in parent) return [];
    const { checkpoint } = parent;
    const output = await run<{ files: FileChange[] }>("checkpoint.diff", { id: checkpoint.id });
    return (output?.files ?? []).map((file) => ({ checkpoint, file }));
  }

  getTreeItem(item: Item): vscode.TreeItem {
    const { checkpoint } = item;
    if (!("file" in item)) {
      const out = new vscode.TreeItem(
        checkpoint.label,
        vscode.TreeItemCollapsibleState.Collapsed,
      );
      out.id = checkpoint.id;
      out.description = checkpoint.at;
      out.tooltip = `${checkpoint.id}, ${checkpoint.kind}${checkpoint.partial ? ", partial" : ""}`;
      out.contextValue = "checkpoint";
      return out;
    }
    const { file } = item;
    const out = new vscode.TreeItem(file.path, vscode.TreeItemCollapsibleState.None);
    const lines =
      file.lines_added === undefined ? "" : ` +${file.lines_added} -${file.lines_removed ?? 0}`;
    out.description = `${file.act}${lines}`;
    out.resourceUri = inFolder(file.path);
    out.command = {
      command: "specwright.diffWithCheckpoint",
      title: "Compare with Checkpoint",
      arguments: [item],
    };
    return out;
  }

  /** Shows a file now beside the file then. */
  async diff(item: Item): Promise<void> {
    if (!("file" in item)) return;
    const { checkpoint, file } = item;
    const now = inFolder(file.path);
    const then = vscode.Uri.from({ scheme: SCHEME, path: `/${file.path}`, query: checkpoint.id });
    if (file.act === "add") {
      await vscode.commands.executeCommand("vscode.open", then);
    } else if (file.act === "remove") {
      await vscode.commands.executeCommand("vscode.open", now);
    } else {
      const title = `${file.path} (then and now)`;
      await vscode.commands.executeCommand("vscode.diff", then, now, title);
    }
  }

  /** The server asks with all that will change before it does anything. */
  async restore(item: Item): Promise<void> {
    await run("rollback.to", { id: item.checkpoint.id });
    this.refresh();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const file = inFolder(uri.path.slice(1)).fsPath;
    const output = await run<{ text?: string }>("checkpoint.show", { id: uri.query, file });
    return output?.text ?? "";
  }
}

/** Runs a command of the server; `undefined` when it does not run. */
async function run<T>(name: string, input: object): Promise<T | undefined> {
  try {
    return await vscode.commands.executeCommand<T>(`specwright.${name}`, input);
  } catch (error) {
    void vscode.window.showErrorMessage(
      `Specwright: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

function inFolder(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
  return vscode.Uri.joinPath(folder, path);
}
