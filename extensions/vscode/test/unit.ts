/** The order in which the server is looked for; runs in plain Node, on real files. */

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { BinaryError, find, type Surroundings, version } from "../src/binary.js";

/** Makes executable files that answer --version, and looks among them. */
function check(files: string[], change: (root: string) => Partial<Surroundings>, expect: string) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "specwright-"));
  try {
    for (const file of files) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), "#!/bin/sh\necho specwright 0.1.0\n", { mode: 0o755 });
    }
    let answer: string;
    try {
      const found = find({
        setting: "",
        folders: [path.join(root, "work")],
        trusted: true,
        extension: path.join(root, "ext"),
        home: path.join(root, "home"),
        path: path.join(root, "path"),
        platform: "linux",
        ...change(root),
      });
      answer = `${found.origin} ${path.relative(root, found.command)}`;
    } catch (error) {
      assert.ok(error instanceof BinaryError, String(error));
      answer = error.message.replaceAll(root, "");
    }
    assert.equal(answer, expect);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

const EVERYWHERE = ["work/bin/specwright", "ext/server/specwright", "path/specwright"];

test("the setting wins over everything", () => {
  check([...EVERYWHERE, "home/specwright"], () => ({ setting: "~/specwright" }), "setting home/specwright");
  check(
    [...EVERYWHERE, "work/dev/specwright"],
    () => ({ setting: "${workspaceFolder}/dev/specwright" }),
    "setting work/dev/specwright",
  );
});

test("a setting that names nothing is an error, not another binary", () => {
  check(
    EVERYWHERE,
    () => ({ setting: "~/gone" }),
    "The setting specwright.server.path names /home/gone, which is not a file. Correct the setting, or clear it to use the bundled server.",
  );
});

test("a trusted workspace comes before the bundle, an untrusted one never", () => {
  check(EVERYWHERE, () => ({}), "workspace work/bin/specwright");
  check(EVERYWHERE, () => ({ trusted: false }), "bundled ext/server/specwright");
});

test("PATH comes last, without its relative entries", () => {
  check(["path/specwright"], () => ({}), "PATH path/specwright");
  check(
    [],
    () => ({ path: "bin:.", trusted: false }),
    'There is no specwright server. Looked for /ext/server/specwright and for specwright on PATH. Install it with "cargo install --path server/cli", or set specwright.server.path.',
  );
});

test("a binary that is something else is refused with its words", async () => {
  const found = { command: process.execPath, origin: "setting" as const };
  await assert.rejects(version(found), (error: Error) => {
    assert.match(error.message, /is not a specwright server: --version said "v\d+/);
    return error instanceof BinaryError;
  });
  await assert.rejects(version({ command: "/nowhere/specwright", origin: "PATH" }), /does not run/);
});
