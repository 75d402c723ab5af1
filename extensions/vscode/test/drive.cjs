// Drives the extension in code-server with headless Chromium; started by scripts/vscode-test.
//
// usage: node drive.cjs host  ADDRESS FOLDER EXTENSION TESTS   runs TESTS in the extension host
//        node drive.cjs tour  ADDRESS FOLDER SHOTS             clicks through, with screenshots
"use strict";

const { chromium } = require("playwright-core");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const BROWSER = process.env.SPECWRIGHT_CHROMIUM || "/usr/bin/chromium";
const MS = 60_000;
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
      else others.push(line);
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
    const go = async (text) => {
      const found = await findLine(folder, text);
      await page.keyboard.press("Control+KeyG");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type(`${found.line}:${found.column}`);
      await page.waitForTimeout(300);
      await page.keyboard.press("Enter");
      await page.waitForTimeout(500);
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
      await page.waitForSelector('[id*="specwright"].statusbar-item:has-text("Specwright")');
      await page.waitForTimeout(800);
      await shot("vscode-lens");
      seen("a lens and the status item");

      await go("### loans");
      await go("insurance_claims (id)");
      await page.waitForSelector(".squiggly-error, .squiggly-warning");
      await shot("vscode-squiggle");
      seen("a squiggle");

      await page.keyboard.press("Control+Period");
      const declare = page.locator(".action-widget .monaco-list-row.action", { hasText: /declare/i });
      await declare.first().waitFor();
      await page.waitForTimeout(300);
      await shot("vscode-quick-fix");
      await declare.first().click();
      await page.waitForTimeout(800);
      await go("insurance_claims (id)");
      // The text of lines holds no-break spaces, and hints split it.
      await page.keyboard.press("Control+KeyF");
      await page.keyboard.type("### insurance_claims");
      await page.locator(".find-widget .matchesCount", { hasText: "1 of 1" }).waitFor();
      await page.keyboard.press("Escape");
      await page.waitForTimeout(800);
      await shot("vscode-fixed");
      seen("a quick fix");

      await go("### tools");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Control+KeyK");
      await page.keyboard.press("Control+KeyI");
      const hover = page.locator(".monaco-hover:not(.hidden) .hover-contents", { hasText: "owner_id" });
      await hover.first().waitFor();
      await page.waitForTimeout(400);
      await shot("vscode-hover");
      seen("a hover");
      await page.keyboard.press("Escape");

      await page.keyboard.press("Control+Shift+KeyM");
      await page.waitForSelector(".markers-panel .monaco-list-row");
      await page.waitForTimeout(600);
      await shot("vscode-problems");
      seen("the problems");

      await page.keyboard.press("F1");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("Specwright: Show Server Version");
      await row("Show Server Version").first().waitFor();
      await page.keyboard.press("Enter");
      await page
        .locator(".notification-list-item-message", { hasText: /specwright \d+\.\d+.*bundled/ })
        .waitFor();
      seen("the bundled server");

      await page.keyboard.press("F1");
      await page.waitForSelector(QUICK_INPUT);
      await page.keyboard.type("Specwright: Get Started");
      await row("Get Started").first().waitFor();
      await page.keyboard.press("Enter");
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

async function findLine(folder, text) {
  const lines = require("node:fs").readFileSync(join(folder, "PRD.md"), "utf8").split("\n");
  const line = lines.findIndex((it) => it.includes(text));
  if (line < 0) throw new Error(`the example no longer says: ${text}`);
  return { line: line + 1, column: lines[line].indexOf(text) + 3 };
}

const verbs = { host, tour };
const [verb, ...rest] = process.argv.slice(2);
if (!verbs[verb]) {
  console.error("usage: drive.cjs host|tour ADDRESS FOLDER …");
  process.exit(64);
}
verbs[verb](...rest).then(
  () => process.exit(0),
  (error) => {
    console.error(`FAIL ${error.message.split("\n").slice(0, 4).join(" | ")}`);
    process.exit(1);
  },
);
