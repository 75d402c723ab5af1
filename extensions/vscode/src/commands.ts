/** Client commands that the server may put into lenses, because they were announced to it. */

import * as vscode from "vscode";

interface Position {
  line: number;
  character: number;
}

interface Location {
  uri: string;
  range: { start: Position; end: Position };
}

/** Opens the references popup at a place, with the locations that the server found. */
export const showReferences = {
  id: "specwright.showReferences",
  run: async (uri: string, position: Position, locations: Location[]): Promise<void> => {
    await vscode.commands.executeCommand(
      "editor.action.showReferences",
      vscode.Uri.parse(uri),
      toPosition(position),
      locations.map((it) => new vscode.Location(vscode.Uri.parse(it.uri), toRange(it))),
    );
  },
};

function toRange({ range }: Location): vscode.Range {
  return new vscode.Range(toPosition(range.start), toPosition(range.end));
}

function toPosition({ line, character }: Position): vscode.Position {
  return new vscode.Position(line, character);
}
