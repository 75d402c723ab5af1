// Drives the extension in code-server with headless Chromium; started by scripts/vscode-test.
//
// usage: node drive.cjs host  ADDRESS FOLDER EXTENSION TESTS   runs TESTS in the extension host
//        node drive.cjs tour  ADDRESS FOLDER SHOTS             clicks through, with screenshots
//        node drive.cjs migrations ADDRESS FOLDER SHOTS        the same for migration specs
//        node drive.cjs edited ADDRESS FOLDER SHOTS            has the edit of a spec reviewed
//        node drive.cjs cancel ADDRESS FOLDER                  cancels the first scan
"use strict";

const { chromium } = require("playwright-core");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const BROWSER = process.env.SPECWRIGHT_CHROMIUM || "/usr/bin/chromium";
const MS = 60_000;
/** A table that the example references and does not have. */
const MISSING = "insurance_claims";
const QUICK_INPUT = '.quick-input-widget:not([style*="display: none"]) input';

async function withPage(work) {
  const profile = mkdtempSync(join(tmpdir(), "specwright-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: BROWSER,
    headless: true,
    viewport: { width: 1280, height: 800 },
    // Root, as in most containers, cannot use the sandbox; the page is our own.
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(MS);
    return await work(page);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** VS Code's own protocol for automation: the test entry runs in the remote extension host. */
async function host(address, folder, extension, tests) {
  const remote = (path) => `vscode-remote://${address}${path}`;
  const payload = JSON.stringify([
    ["extensionDevelopmentPath", remote(extension)],
    ["extensionTestsPath", remote(tests)],
    ["skipWelcome", "true"],
  ]);
  const url = `http://${address}/?folder=${folder}&payload=${encodeURIComponent(payload)}`;
  await withPage(async (page) => {
    const ended = new Promise((resolve) => {
      void page.exposeFunction("codeAutomationExit", resolve);
    });
    const others = [];
    await page.exposeFunction("codeAutomationLog", (_kind, parts) => {
      const line = parts.join(" ");
      if (/^(ok|FAIL) /.test(line)) console.log(line);
      else if (!/127\.0\.0\.1/.test(line)) others.push(line);
    });
    await page.goto(url);
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 3 * MS, "late")));
    const code = await Promise.race([ended, late]);
    clearTimeout(timer);
    // The workbench is talkative: its lines are worth reading only after a failure.
    if (code !== 0) console.log(others.slice(-20).join("\n"));
    if (code === "late") throw new Error(`the tests did not end within ${(3 * MS) / 1000} s`);
    if (code !== 0) throw new Error(`the tests ended with ${code}`);
  });
}

/** What a newcomer does, seen from outside. */
async function tour(address, folder, shots) {
  await withPage(async (page) => {
    const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
    const row = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text });
    const seen = (name) => console.log(`ok   ${name}`);
    /** Moves to the first place of `text`, and `offset` characters on. */
    const go = async (text, offset = 0) => {
      const found = findLine(folder, text, offset);
      await page.keyboard.press("Control+KeyG");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type(`${found.line}:${found.column}`);
      await page.waitForTimeout(300);
      await page.keyboard.press("Enter");
      await page.waitForTimeout(500);
    };
    const palette = async (title) => {
      await page.keyboard.press("F1");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type(title);
      await row(title.split(": ")[1]).first().waitFor();
      await page.keyboard.press("Enter");
    };
    /** Waits for a message; one that came while the window had no focus is only in the centre. */
    const said = async (pattern) => {
      const message = page.locator(".notification-list-item-message", { hasText: pattern }).first();
      const shown = await message.waitFor({ timeout: 8_000 }).then(() => true, () => false);
      if (shown) return;
      await palette("Notifications: Show Notifications");
      await message.waitFor();
    };
    try {
      await page.goto(`http://${address}/?folder=${folder}`);
      await page.waitForSelector(".monaco-workbench");
      await page.waitForTimeout(1_500);
      await page.keyboard.press("Control+KeyP");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("PRD.md");
      await row("PRD.md").first().waitFor();
      await page.keyboard.press("Enter");

      await page.waitForSelector(".codelens-decoration a");
      // Its icon when all is well and nothing is left to do.
      await page.waitForSelector('[id*="specwright"].statusbar-item .codicon-checklist');
      await page.waitForTimeout(800);
      await shot("vscode-lens");
      seen("a lens and the status item");

      await go(MISSING, 2);
      await page.waitForSelector(".squiggly-error, .squiggly-warning");
      await shot("vscode-squiggle");
      seen("a squiggle");

      await page.keyboard.press("Control+Period");
      const declare = page.locator(".action-widget .monaco-list-row.action", { hasText: /declare/i });
      await declare.first().waitFor();
      await page.waitForTimeout(300);
      await shot("vscode-quick-fix");
      await declare.first().click();
      await page.locator(".view-lines", { hasText: `### ${MISSING}`.replace(" ", "\u00a0") }).waitFor();
      await page.waitForTimeout(800);
      await shot("vscode-fixed");
      seen("a quick fix");

      await go("### tools", 5);
      await page.keyboard.press("Control+KeyK");
      await page.keyboard.press("Control+KeyI");
      const hover = page.locator(".monaco-hover:not(.hidden) .hover-contents", { hasText: "owner_id" });
      await hover.first().waitFor();
      await page.waitForTimeout(400);
      await shot("vscode-hover");
      seen("a hover");
      await page.keyboard.press("Escape");

      await page.keyboard.press("Control+Home");
      // VS Code refuses a click on a lens that it is about to draw again.
      await page.waitForTimeout(2_000);
      await page.locator(".codelens-decoration a", { hasText: /^detected/ }).click();
      await said(/implies \d+ tables/);
      await page.waitForTimeout(400);
      await shot("vscode-detected");
      seen("a click on the lens");
      await page.keyboard.press("Escape");

      await page.keyboard.press("Control+Shift+KeyM");
      await page.waitForSelector(".markers-panel .monaco-list-row");
      await page.waitForTimeout(600);
      await shot("vscode-problems");
      seen("the problems");

      await page.keyboard.press("Control+KeyJ"); // the panel that holds the problems
      await provision(page, shot, said);
      seen("provisioning in two clicks and an answer");
      await council(page, folder, shot, said, row);
      seen("a policy that was broken, stopped and mended");

      await palette("Notifications: Clear All Notifications");
      await palette("Specwright: Show Audit Log");
      await page.locator(".view-lines", { hasText: /What\shappened\sin/ }).waitFor();
      await page.locator(".view-lines", { hasText: /migrate\.apply\.outcome/ }).waitFor();
      await page.waitForTimeout(800);
      await shot("vscode-audit-log");
      await page.keyboard.press("Control+KeyW");
      seen("what happened, in the audit log");

      await palette("Specwright: Show Server Version");
      await said(/specwright \d+\.\d+.*bundled/);
      seen("the bundled server");

      await palette("Notifications: Clear All Notifications");
      await palette("Specwright: Get Started");
      await page.locator(".getting-started-step", { hasText: "See the backend" }).waitFor();
      await page.waitForTimeout(800);
      await shot("vscode-walkthrough");
      seen("the walkthrough");
    } catch (error) {
      await shot("failed");
      throw error;
    }
  });
}

/** From the lens above the spec to tables: the lens, an answer to what the spec leaves open, a yes. */
async function provision(page, shot, said) {
  const button = (label) =>
    page.locator(".notification-list-item .monaco-button", { hasText: label }).first();
  // Back to the spec, whose file must be what the server reads.
  await page.keyboard.press("Control+Digit1");
  await page.keyboard.press("Control+KeyS");
  await page.keyboard.press("Control+Home");
  await page.waitForTimeout(2_000);
  await page.locator(".codelens-decoration a", { hasText: /^provision: / }).first().click();
  await said(/Who may see and change the rows of/);
  await shot("vscode-provision-question");
  await button("owner").click();
  // The table that the quick fix has declared has no column that points at a user.
  const more = page.locator(".notification-list-item-message", { hasText: MISSING }).first();
  const asks = await more.waitFor({ timeout: 8_000 }).then(() => true, () => false);
  if (asks) await button("deny").click();
  await said(/Provision \d+ tables/);
  await page.waitForTimeout(800);
  await shot("vscode-provision-preview");
  await button("Provision").click();
  await said(/forge\.provision.* is done/);
  await page.keyboard.press("Control+KeyW"); // the preview
  await page.locator(".codelens-decoration a", { hasText: /applied$/ }).first().waitFor();
  await page.waitForTimeout(600);
  await shot("vscode-provisioned");
}

/** A migration that opens rows of people: it is stopped, mended and applied. */
async function council(page, folder, shot, said, row) {
  const button = (label) =>
    page.locator(".notification-list-item .monaco-button", { hasText: label }).first();
  const file = join(folder, "forge/migrations/0002_open.yaml");
  writeFileSync(file, "set_rls:\n  table: loans\n  rls: public\n");
  await page.keyboard.press("Control+KeyP");
  await page.waitForSelector(QUICK_INPUT);
  await page.keyboard.type("0002_open.yaml");
  await row("0002_open.yaml").first().waitFor();
  await page.keyboard.press("Enter");
  const lens = page.locator(".codelens-decoration a", { hasText: "Waits: apply" }).first();
  await lens.waitFor();
  // VS Code refuses a click on a lens that it is about to draw again.
  await page.waitForTimeout(2_000);
  await lens.click();
  await said(/The council blocks it/);
  await page.waitForSelector(".squiggly-error");
  await page.waitForTimeout(600);
  await shot("vscode-council-stopped");

  await button("Show the review").click();
  await page.locator(".view-lines", { hasText: /Review\sby\sthe\scouncil/ }).waitFor();
  await page.waitForTimeout(800);
  await shot("vscode-council-review");
  await page.keyboard.press("Control+KeyW");

  await page.locator(".view-lines", { hasText: "set_rls" }).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("End");
  await page.keyboard.press("Control+Period");
  const fix = page.locator(".action-widget .monaco-list-row.action", { hasText: "Keep" }).first();
  await fix.waitFor();
  await page.waitForTimeout(300);
  await shot("vscode-council-fix");
  await fix.click();
  await page.locator(".view-lines", { hasText: "own-row(borrower_id)" }).waitFor();
  await page.keyboard.press("Control+KeyS");
  await page.waitForTimeout(2_000);
  await lens.click();
  await said(/Apply 1 migration/);
  await button("Apply").click();
  await said(/migrate\.apply.* is done/);
  await page.waitForTimeout(600);
  await shot("vscode-council-applied");
}

/** A migration spec: what is told, previewed and planned. */
async function migrations(address, folder, shots) {
  await withPage(async (page) => {
    const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
    const seen = (name) => console.log(`ok   ${name}`);
    const row = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text });
    try {
      await page.goto(`http://${address}/?folder=${folder}`);
      await page.waitForSelector(".monaco-workbench");
      await page.waitForTimeout(1_500);
      await page.keyboard.press("Control+KeyP");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("0002_loans.yaml");
      await row("0002_loans.yaml").first().waitFor();
      await page.keyboard.press("Enter");

      await page.locator(".codelens-decoration a", { hasText: "Waits: apply" }).waitFor();
      await page.waitForSelector(".squiggly-error, .squiggly-warning");
      await page.locator(".view-lines", { hasText: /SQLite:\s\d+\sstep/ }).waitFor();
      await page.waitForTimeout(1_500);
      await shot("vscode-migration");
      seen("a migration spec with lens, preview and findings");

      await page.keyboard.press("Control+Shift+KeyM");
      await page.locator(".markers-panel .monaco-list-row", { hasText: "dry run" }).waitFor();
      await page.waitForTimeout(600);
      await shot("vscode-migration-problems");
      seen("what a dry run found");
      await page.keyboard.press("Control+KeyJ");

      // VS Code refuses a click on a lens that it is about to draw again.
      await page.waitForTimeout(2_000);
      await page.locator(".codelens-decoration a", { hasText: "Show plan" }).first().click();
      await page.locator(".view-lines", { hasText: /Plan\sof\s0002_loans/ }).waitFor();
      await page.waitForTimeout(800);
      await shot("vscode-migration-plan");
      seen("its plan as a document");
    } catch (error) {
      await shot("failed");
      throw error;
    }
  });
}

/** A spec that was edited since its last commit: what the council says of that. */
async function edited(address, folder, shots) {
  await withPage(async (page) => {
    const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
    const row = (text) => page.locator(".quick-input-list .monaco-list-row", { hasText: text });
    try {
      await page.goto(`http://${address}/?folder=${folder}`);
      await page.waitForSelector(".monaco-workbench");
      await page.waitForTimeout(1_500);
      await page.keyboard.press("Control+KeyP");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("PRD.md");
      await row("PRD.md").first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".codelens-decoration a");
      const line = findLine(folder, "Everyone can read all messages", 3);
      await page.keyboard.press("Control+KeyG");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type(`${line.line}:${line.column}`);
      await page.waitForTimeout(300);
      await page.keyboard.press("Enter");

      await page.keyboard.press("F1");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("Specwright: Review What Changed");
      await row("Review What Changed in This Spec").first().waitFor();
      await page.keyboard.press("Enter");
      const message = page.locator(".notification-list-item-message", { hasText: "the council asks whether this is meant" });
      await message.first().waitFor();
      await page.keyboard.press("Control+Shift+KeyM");
      const found = page.locator(".markers-panel .monaco-list-row", { hasText: "that no policy let" });
      await found.first().waitFor();
      await page.waitForTimeout(800);
      await shot("vscode-spec-edit");
      console.log("ok   the edit of a spec, reviewed");
    } catch (error) {
      await shot("failed");
      throw error;
    }
  });
}

/** Cancels the scan of a server that would never end it. */
async function cancel(address, folder) {
  await withPage(async (page) => {
    await page.goto(`http://${address}/?folder=${folder}`);
    const toast = page.locator(".notification-toast", { hasText: /reading specs: 7 of 100/ });
    await toast.waitFor();
    console.log("ok   a long scan is shown");
    await toast.locator(".monaco-button", { hasText: "Cancel" }).click();
    // Shown as busy until the server has heard of it and says that it has ended.
    await toast.waitFor({ state: "detached" });
    await page.waitForSelector('[id*="specwright"].statusbar-item .codicon-checklist');
    console.log("ok   and can be cancelled");
  });
}

function findLine(folder, text, offset) {
  const lines = require("node:fs").readFileSync(join(folder, "PRD.md"), "utf8").split("\n");
  const line = lines.findIndex((it) => it.includes(text));
  if (line < 0) throw new Error(`the example no longer says: ${text}`);
  return { line: line + 1, column: lines[line].indexOf(text) + 1 + offset };
}

const verbs = { host, tour, migrations, edited, cancel };
const [verb, ...rest] = process.argv.slice(2);
if (!verbs[verb]) {
  console.error("usage: drive.cjs host|tour|migrations|edited|cancel ADDRESS FOLDER …");
  process.exit(64);
}
verbs[verb](...rest).then(
  () => process.exit(0),
  (error) => {
    console.error(`FAIL ${error.message.split("\n").slice(0, 4).join(" | ")}`);
    process.exit(1);
  },
);
