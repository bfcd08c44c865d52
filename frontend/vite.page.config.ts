import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import product from "./vite.config";

const entry = fileURLToPath(new URL("src/testing/e2ee-page.ts", import.meta.url));

// The tests' own page, built like the product's scripts and never shipped with them.
export default mergeConfig(
  defineConfig({ ...product, build: { ...product.build, rolldownOptions: {} } }),
  defineConfig({
    publicDir: false,
    build: {
      rolldownOptions: { input: { page: entry }, output: { entryFileNames: "[name].js" } },
    },
  }),
);
