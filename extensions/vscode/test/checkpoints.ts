/** The tree of checkpoints: what it lists, and what a click does. Runs in plain Node. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import * as vscode from "vscode";
import { CheckpointTree } from "../src/checkpoints.js";
import { answers, errors, ran, written } from "./editor.js";

const FIRST = { id: "bcdf2345", kind: "manual", label: "first", at: "2026-11-21 10:00:00", partial: true };
const FILES = [
  { path: "a.txt", act: "change", lines_added: 2, lines_removed: 1 },
  { path: "new.txt", act: "remove" },
  { path: "old.txt", act: "add", lines_added: 3, lines_removed: 0 },
];

let tree: CheckpointTree;

function open(): CheckpointTree {
  answers.set("specwright.checkpoint.list", { checkpoints: [FIRST] });
  answers.set("specwright.checkpoint.diff", { files: FILES });
  tree = new CheckpointTree();
  return tree;
}

afterEach(() => {
  tree.dispose();
  answers.clear();
  ran.length = 0;
  errors.length = 0;
});

/** The files below the first checkpoint. */
async function files(): Promise<Awaited<ReturnType<CheckpointTree["getChildren"]>>> {
  const [first] = await open().getChildren();
  return tree.getChildren(first);
}

test("checkpoints are listed with what they are for, and their files with what would change", async () => {
  const [first, ...others] = await open().getChildren();
  assert.ok(first && others.length === 0);
  const { label, description, tooltip, contextValue } = tree.getTreeItem(first);
  assert.deepEqual(
    { label, description, tooltip, contextValue },
    {
      label: "first",
      description: "2026-11-21 10:00:00",
      tooltip: "bcdf2345, manual, partial",
      contextValue: "checkpoint",
    },
  );
  const items = (await tree.getChildren(first)).map((it) => tree.getTreeItem(it));
  const lines = items.map((it) => `${String(it.label)}: ${String(it.description)}`);
  assert.deepEqual(lines, ["a.txt: change +2 -1", "new.txt: remove", "old.txt: add +3 -0"]);
  assert.deepEqual(ran.at(-1), ["specwright.checkpoint.diff", { id: "bcdf2345" }]);
});

test("a click shows the file then beside the file now", async () => {
  const [changed] = await files();
  assert.ok(changed);
  assert.equal(tree.getTreeItem(changed).command?.command, "specwright.diffWithCheckpoint");
  await tree.diff(changed);
  const [name, then, now, title] = ran.at(-1) ?? [];
  assert.equal(name, "vscode.diff");
  assert.equal(String(then), "specwright-then:/a.txt?bcdf2345");
  assert.equal(String(now), "file:/w/a.txt");
  assert.equal(title, "a.txt (then and now)");
});

test("what is on one side alone is opened", async () => {
  const [, removed, added] = await files();
  assert.ok(removed && added);
  await tree.diff(removed);
  assert.equal(ran.at(-1)?.join(" "), "vscode.open file:/w/new.txt");
  await tree.diff(added);
  assert.equal(ran.at(-1)?.join(" "), "vscode.open specwright-then:/old.txt?bcdf2345");
});

test("the file then is what the server has of it", async () => {
  open();
  answers.set("specwright.checkpoint.show", { text: "then\n" });
  const uri = vscode.Uri.from({ scheme: "specwright-then", path: "/docs/a.txt", query: "bcdf2345" });
  assert.equal(await tree.provideTextDocumentContent(uri), "then\n");
  assert.deepEqual(ran.at(-1), [
    "specwright.checkpoint.show",
    { id: "bcdf2345", file: "/w/docs/a.txt" },
  ]);
});

test("restoring is the server's affair, which asks first", async () => {
  const [first] = await open().getChildren();
  assert.ok(first);
  let n = 0;
  tree.onDidChangeTreeData(() => (n += 1));
  await tree.restore(first);
  assert.deepEqual(ran.at(-1), ["specwright.rollback.to", { id: "bcdf2345" }]);
  assert.equal(n, 1, "the tree is drawn anew");
});

test("an error of the server is shown, and the tree is empty", async () => {
  open();
  answers.set("specwright.checkpoint.list", new Error("another process restores one"));
  assert.deepEqual(await tree.getChildren(), []);
  assert.deepEqual(errors, ["Specwright: another process restores one"]);
});

test("what was done elsewhere is drawn once a moment later", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  open();
  let n = 0;
  tree.onDidChangeTreeData(() => (n += 1));
  written.fire(undefined);
  written.fire(undefined);
  context.mock.timers.tick(400);
  assert.equal(n, 0);
  context.mock.timers.tick(200);
  assert.equal(n, 1);
});
