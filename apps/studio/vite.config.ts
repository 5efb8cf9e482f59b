import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// biome-ignore lint/style/noDefaultExport: Vite's own form
export default defineConfig({
  base: '/_/',
  // The page has the path that the server gives the studio; files find each other from where they are.
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `{{path}}/${file}` : { relative: true }),
  },
  plugins: [react(), tailwind()],
  build: {
    // Files are named after their content, and cached for ever.
    assetsDir: 'assets',
    // Inlined, a small picture would be a `data:` address, which the policy of the page does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2024',
  },
  // `bun run --cwd apps/studio dev` beside a server: the pages with hot reload, the API of the server.
  server: { proxy: { '/api': 'http://127.0.0.1:8090' } },
})
