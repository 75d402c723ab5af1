#!/usr/bin/env node
// A server whose first scan never ends by itself: the real one is too fast to be cancelled.
"use strict";

if (process.argv.includes("--version")) {
  console.log("specwright 0.0.0");
  process.exit(0);
}

const TOKEN = "scan";

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const progress = (value) => send({ method: "$/progress", params: { token: TOKEN, value } });
const status = (quiescent) =>
  send({ method: "experimental/serverStatus", params: { health: "ok", quiescent } });

const answers = {
  initialize: (id) => send({ id, result: { capabilities: { textDocumentSync: 2 } } }),
  shutdown: (id) => send({ id, result: null }),
  exit: () => process.exit(0),
  initialized: () => {
    status(false);
    send({ id: 1, method: "window/workDoneProgress/create", params: { token: TOKEN } });
    progress({ kind: "begin", title: "Specwright: reading specs", cancellable: true, percentage: 0 });
    progress({ kind: "report", message: "7 of 100", percentage: 7 });
  },
  "window/workDoneProgress/cancel": () => {
    progress({ kind: "end" });
    status(true);
  },
};

let input = Buffer.alloc(0);
process.stdin.on("data", (bytes) => {
  input = Buffer.concat([input, bytes]);
  for (;;) {
    const end = input.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(input.toString("latin1", 0, end))[1]);
    if (input.length < end + 4 + length) return;
    const { id, method } = JSON.parse(input.toString("utf8", end + 4, end + 4 + length));
    input = input.subarray(end + 4 + length);
    if (method && answers[method]) answers[method](id);
    else if (method && id !== undefined) send({ id, result: null });
  }
});
process.stdin.on("end", () => process.exit(1));
