/**
 * What the server is told of VS Code's settings: those that the user has set, and nothing else.
 *
 * VS Code answers with the default of everything that is unset, and the server takes its editor's
 * word over `specwright.toml`: sent as they are, defaults would undo what a repository has chosen.
 */

import * as vscode from "vscode";

/** The names of the server's settings, without "specwright.", as the manifest declares them. */
export function serverKeys(manifest: Manifest): string[] {
  const section = manifest.contributes.configuration.find((it) => it.title === "Specwright");
  return Object.keys(section?.properties ?? {}).map((it) => it.slice("specwright.".length));
}

interface Manifest {
  contributes: { configuration: { title: string; properties: Record<string, unknown> }[] };
}

/** The values among `keys` that someone has set, nested at each dot of their names. */
export function chosen(keys: readonly string[], scope?: vscode.Uri): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration("specwright", scope ?? null);
  const settings: Record<string, unknown> = {};
  for (const key of keys) {
    const it = configuration.inspect(key);
    const values = [it?.globalValue, it?.workspaceValue, it?.workspaceFolderValue];
    if (values.some((value) => value !== undefined)) nest(settings, key, configuration.get(key));
  }
  return settings;
}

function nest(settings: Record<string, unknown>, key: string, value: unknown): void {
  const parents = key.split(".");
  const name = parents.pop() ?? key;
  let at = settings;
  for (const parent of parents) at = (at[parent] ??= {}) as Record<string, unknown>;
  at[name] = value;
}
