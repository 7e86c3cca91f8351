import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the program serves the page; `src/http/page-routes.ts` says the same. */
const BASE = '/app/'

/** What the program answers and not the page, while Vite serves the page. */
const OF_THE_PROGRAM = ['/v1', '/s', '/docs', '/redoc', '/openapi.json', '/health', '/sandbox']

export default defineConfig({
  root: import.meta.dirname,
  base: BASE,
  plugins: [react()],
  build: {
    // A file for everything, because the content security policy knows no `data:` scripts and caches know files.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 600,
    // What three pages or more share is one file: in eighty small ones the same code is larger, compressed, and takes eighty requests.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'common', test: /\.[jt]sx?$|\.mjs$/, minShareCount: 3 }] } },
    },
  },
  server: {
    strictPort: true,
    proxy: Object.fromEntries(
      OF_THE_PROGRAM.map((path) => [path, { target: process.env['POSTRIDER_URL'] ?? 'http://127.0.0.1:8000' }]),
    ),
  },
})
