/**
 * Shows the server's progress with a button that cancels it.
 *
 * The client library shows work that the server announces in the status bar, where nothing can be
 * cancelled. Work that says that it can be cancelled is taken over here and shown as a
 * notification, once it has taken long enough to be noticed; everything else goes on to the library.
 */

import * as vscode from "vscode";
import type { LanguageClient, ProgressToken } from "vscode-languageclient/node";
import type {
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient";

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;
type Report = vscode.Progress<{ message?: string; increment?: number }>;

/** Work that is done sooner would only flash: most first scans take less. */
const SHOW_AFTER_MS = 1_000;

interface Shown {
  /** Undefined until VS Code has opened the notification. */
  report: Report | undefined;
  /** What the server said last, for a notification that opens later. */
  last: WorkDoneProgressBegin | WorkDoneProgressReport;
  percentage: number;
  close: () => void;
}

export class ProgressBoard implements vscode.Disposable {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** The middleware `handleWorkDoneProgress`. */
  handle(
    client: LanguageClient | undefined,
    token: ProgressToken,
    step: Step,
    next: (token: ProgressToken, step: Step) => void,
  ): void {
    if (step.kind === "begin" && step.cancellable && client) {
      this.open(client, token, step);
      return;
    }
    const shown = this.shown.get(token);
    if (!shown) {
      next(token, step);
    } else if (step.kind === "end") {
      this.shown.delete(token);
      shown.close();
    } else {
      advance(shown, step);
    }
  }

  /** Closes what is open: a server that has stopped ends nothing by itself. */
  dispose(): void {
    for (const shown of this.shown.values()) shown.close();
    this.shown.clear();
  }

  private open(client: LanguageClient, token: ProgressToken, begin: WorkDoneProgressBegin): void {
    const shown: Shown = { report: undefined, last: begin, percentage: 0, close: () => undefined };
    const closed = new Promise<void>((resolve) => (shown.close = resolve));
    this.shown.set(token, shown);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: begin.title,
      cancellable: true,
    };
    const timer = setTimeout(() => {
      void vscode.window.withProgress(options, (report, cancellation) => {
        shown.report = report;
        advance(shown, shown.last);
        cancellation.onCancellationRequested(() => {
          void client.sendNotification("window/workDoneProgress/cancel", { token });
        });
        return closed;
      });
    }, SHOW_AFTER_MS);
    void closed.then(() => clearTimeout(timer));
  }
}

function advance(shown: Shown, step: WorkDoneProgressBegin | WorkDoneProgressReport): void {
  shown.last = step;
  if (!shown.report) return;
  const percentage = step.percentage ?? shown.percentage;
  shown.report.report({
    ...(step.message === undefined ? {} : { message: step.message }),
    increment: Math.max(0, percentage - shown.percentage),
  });
  shown.percentage = percentage;
}
