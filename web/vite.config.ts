/** Build, development proxy and test settings of the browser client. */
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the server. */
const server = loadEnv("", ".", "KYOO_SERVER").KYOO_SERVER ?? "http://127.0.0.1:8901";
const proxied = ["/api", "/auth", "/video", "/scanner", "/server", "/.well-known"];

export default defineConfig({
  base: "/",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  // Inlined assets would be data: URLs, which a strict content security policy refuses.
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  worker: { format: "es" },
  // Both start workers and load WebAssembly relative to their own files, which pre-bundling would move.
  optimizeDeps: { exclude: ["jassub", "libpgs"], include: ["jassub > throughput", "jassub > lfa-ponyfill"] },
  test: { setupFiles: ["./src/lib/testSetup.ts"] },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      proxied.map((path) => [path, { target: server, xfwd: true, ws: path === "/api" }]),
    ),
  },
});
