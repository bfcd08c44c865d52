// npm run vectors -- FILE …: official vectors of SFrame and MLS against this package.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { runnerImport } from "vite";

const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write("usage: npm run vectors -- FILE …\n");
  process.exit(2);
}
const { module } = await runnerImport(
  new URL("src/e2ee/vectors/run.ts", import.meta.url).pathname,
  {
    configFile: false,
    logLevel: "error",
  },
);
const total = { passed: 0, failed: 0 };
for (const file of files) {
  const text = await readFile(resolve(process.env.INIT_CWD ?? ".", file), "utf8");
  const { passed, failed, notUsed } = await module.runVectors(text);
  if (files.length > 1 || notUsed > 0) {
    process.stdout.write(
      `${file}: ${passed} passed, ${failed} failed, ${notUsed} of suites not in use\n`,
    );
  }
  total.passed += passed;
  total.failed += failed;
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
