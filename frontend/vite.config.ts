import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const pages = ["room", "passkey", "idle", "devices"];
const scripts = pages.filter((page) => existsSync(here(`src/${page}.ts`)));

// Django's manifest storage adds the content hashes; here every name stays fixed.
export default defineConfig({
  base: "./",
  publicDir: "static",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        quietroom: here("styles/quietroom.css"),
        ...Object.fromEntries(scripts.map((page) => [page, here(`src/${page}.ts`)])),
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: ({ names }) =>
          names[0]?.endsWith(".svg") ? "icons/[name][extname]" : "[name][extname]",
      },
    },
  },
  // One file of its own with a fixed name, which the page's policy (worker-src 'self') allows.
  worker: {
    format: "es",
    rolldownOptions: {
      output: { entryFileNames: "e2ee-[name].js", codeSplitting: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    passWithNoTests: true,
  },
});
