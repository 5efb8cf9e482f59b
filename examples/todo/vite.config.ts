import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `koyalite dev` listens: dev.ts says so. */
const target = process.env.KOYALITE_URL ?? 'http://127.0.0.1:8090'

/** @public Read by Vite. */
// biome-ignore lint/style/noDefaultExport: Vite wants one
export default defineConfig({
  plugins: [react()],
  // KoyaLite serves what `vite build` writes, at /public/index.html: files without folders, and none of it written into others.
  base: './',
  publicDir: false,
  build: { outDir: 'public', assetsDir: '', assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
  server: { proxy: { '/api': { target, ws: true } } },
})
