/**
 * Finds the server: the setting, then a trusted workspace, then the bundled binary, then PATH.
 *
 * Knows nothing of VS Code, so that the order can be tested in plain Node. A repository's own
 * files never choose what is started, unless the user has said that the workspace is trusted.
 */

import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

export interface Surroundings {
  /** The value of `specwright.server.path`; empty when unset. */
  setting: string;
  /** Absolute paths of the workspace folders, in the user's order. */
  folders: readonly string[];
  /** Whether the user trusts the workspace. */
  trusted: boolean;
  /** Where the extension is installed. */
  extension: string;
  /** The user's home folder, for `~`. */
  home: string;
  /** The value of PATH. */
  path: string;
  platform: NodeJS.Platform;
}

export interface Found {
  command: string;
  /** In words for the log and the status tooltip: "setting", "workspace", "bundled", "PATH". */
  origin: "setting" | "workspace" | "bundled" | "PATH";
}

/** No server, or one that does not run: the message says what was tried and what to do. */
export class BinaryError extends Error {}

/** Where a workspace may keep its own server, in this order. */
const IN_WORKSPACE = ["node_modules/.bin", "bin"];

/** How long `--version` may take; a cold start from a slow disk stays well below. */
const VERSION_MS_MAX = 10_000;

/**
 * Picks the server.
 *
 * A path in the setting is final: when it names no file, the error says so rather than starting
 * another binary than the one that was asked for.
 */
export function find(it: Surroundings): Found {
  const name = it.platform === "win32" ? "specwright.exe" : "specwright";
  if (it.setting !== "") {
    const command = expand(it.setting, it);
    if (!isFile(command)) {
      throw new BinaryError(
        `The setting specwright.server.path names ${command}, which is not a file. Correct the setting, or clear it to use the bundled server.`,
      );
    }
    return { command, origin: "setting" };
  }
  const tried: string[] = [];
  const take = (folder: string): string | undefined => {
    const command = path.join(folder, name);
    tried.push(command);
    return isFile(command) ? command : undefined;
  };
  if (it.trusted) {
    for (const folder of it.folders) {
      for (const inside of IN_WORKSPACE) {
        const command = take(path.join(folder, inside));
        if (command) return { command, origin: "workspace" };
      }
    }
  }
  const bundled = take(path.join(it.extension, "server"));
  if (bundled) return { command: bundled, origin: "bundled" };
  // A relative entry of PATH would mean a folder of whatever workspace is open.
  for (const folder of it.path.split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const command = path.join(folder, name);
    if (isFile(command)) return { command, origin: "PATH" };
  }
  throw new BinaryError(
    `There is no specwright server. Looked for ${tried.join(", ")} and for ${name} on PATH. Install it with "cargo install --path server/cli", or set specwright.server.path.`,
  );
}

/** Runs `--version` and returns the line, for example "specwright 0.1.0". */
export async function version(found: Found): Promise<string> {
  const hint = `(chosen by: ${found.origin}). Set specwright.server.path to a working binary.`;
  const line = await new Promise<string>((resolve, reject) => {
    const options = { timeout: VERSION_MS_MAX, windowsHide: true };
    execFile(found.command, ["--version"], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout.trim());
      const why = error.killed
        ? `gave no answer to --version within ${VERSION_MS_MAX / 1000} s`
        : `does not run: ${stderr.trim() || error.message}`;
      reject(new BinaryError(`${found.command} ${why} ${hint}`));
    });
  });
  if (!/^specwright \d+\.\d+/.test(line)) {
    throw new BinaryError(
      `${found.command} is not a specwright server: --version said "${line.slice(0, 80)}" ${hint}`,
    );
  }
  return line;
}

function expand(setting: string, it: Surroundings): string {
  const folder = it.folders[0] ?? "";
  const whole = setting
    .replace(/^~(?=$|[\\/])/, () => it.home)
    .replaceAll("${workspaceFolder}", () => folder);
  return path.isAbsolute(whole) || folder === "" ? whole : path.join(folder, whole);
}

function isFile(command: string): boolean {
  try {
    return fs.statSync(command).isFile();
  } catch {
    return false;
  }
}
