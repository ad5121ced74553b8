import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const FIRST = /\/src\/first\.ts$/;

/** The script that asks the server runs as soon as it is there: before styles and the rest of the scripts. */
function firstScript(): Plugin {
  return {
    name: "first-script",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const chunk = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.moduleIds.some((id) => FIRST.test(id)));
        if (!chunk) return html;
        const named = `<script type="module" crossorigin src="/${chunk.fileName}">`;
        if (!html.includes(named)) throw new Error(`index.html does not name ${chunk.fileName}`);
        return html.replace(named, named.replace("<script ", "<script async "));
      },
    },
  };
}

// The server's policy forbids inline scripts and data: scripts, so nothing is inlined.
export default defineConfig({
  plugins: [react(), firstScript()],
  build: {
    outDir: "../src/deskcal/http/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "first", test: FIRST, priority: 2 },
            { name: "index", test: /\/src\/main\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/ws": { target: "ws://127.0.0.1:8766", ws: true, changeOrigin: true } } },
  test: { include: ["tests/**/*.test.ts"] },
});
