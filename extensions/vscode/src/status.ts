/** The status bar item: what the server says of itself through `experimental/serverStatus`. */

import * as vscode from "vscode";

/** The parameters of `experimental/serverStatus`. */
export interface ServerStatus {
  health: "ok" | "warning" | "error";
  /** False while the server still works on something, such as the first scan. */
  quiescent: boolean;
  message?: string;
}

export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;

  constructor() {
    this.item = vscode.window.createStatusBarItem("status", vscode.StatusBarAlignment.Left, 10);
    this.item.name = "Specwright";
    this.item.command = "specwright.showLog";
    this.item.show();
    this.starting();
  }

  starting(): void {
    this.draw("$(loading~spin)", "Starting the server.");
  }

  stopped(): void {
    this.draw("$(circle-slash)", "The server is stopped.");
  }

  /** The server could not be started; `message` says what was tried and what to do. */
  failed(message: string): void {
    this.draw("$(error)", message, "statusBarItem.errorBackground");
  }

  /** Draws what the server said; `server` is its version and where the binary comes from. */
  show(status: ServerStatus, server: string): void {
    const tooltip = [status.message, server].filter(Boolean).join("\n\n");
    if (status.health === "error") {
      this.draw("$(error)", tooltip, "statusBarItem.errorBackground");
    } else if (status.health === "warning") {
      this.draw("$(warning)", tooltip, "statusBarItem.warningBackground");
    } else {
      this.draw(status.quiescent ? "$(checklist)" : "$(loading~spin)", tooltip);
    }
  }

  dispose(): void {
    this.item.dispose();
  }

  private draw(icon: string, text: string, background?: string): void {
    this.item.text = `${icon} Specwright`;
    this.item.backgroundColor = background ? new vscode.ThemeColor(background) : undefined;
    const tooltip = new vscode.MarkdownString();
    tooltip.isTrusted = { enabledCommands: COMMANDS.map(([command]) => command) };
    // The message comes from the server and may quote a document: it must not become a link.
    tooltip.appendText(text);
    tooltip.appendMarkdown("\n\n---\n\n");
    tooltip.appendMarkdown(
      COMMANDS.map(([command, title]) => `[${title}](command:${command})`).join(" · "),
    );
    this.item.tooltip = tooltip;
  }
}

const COMMANDS = [
  ["specwright.restartServer", "Restart"],
  ["specwright.stopServer", "Stop"],
  ["specwright.showLog", "Log"],
  ["specwright.showServerVersion", "Version"],
  ["specwright.openSettings", "Settings"],
] as const;
