import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server's policy forbids inline scripts and data: scripts, so nothing is inlined.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/deskcal/http/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/ws": { target: "ws://127.0.0.1:8766", ws: true, changeOrigin: true } } },
  test: { include: ["tests/**/*.test.ts"] },
});
