// Bundles the extension, and with --tests its tests, into one CommonJS file each.
import * as esbuild from "esbuild";

const tests = process.argv.includes("--tests");
const options = {
  entryPoints: tests
    ? { "test/unit": "test/unit.ts", "test/host": "test/host.ts" }
    : { extension: "src/extension.ts" },
  outdir: "out",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node20",
  sourcemap: tests ? "inline" : false,
  minify: !tests,
  logLevel: "warning",
};

if (tests) {
  // What needs an editor gets a stand-in for it.
  const { external: _, ...rest } = options;
  const entryPoints = { "test/checkpoints": "test/checkpoints.ts" };
  await esbuild.build({ ...rest, entryPoints, alias: { vscode: "./test/editor.ts" } });
}

if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...options, sourcemap: "linked", minify: false });
  await context.watch();
} else {
  await esbuild.build(options);
}
