import { Miniflare } from 'miniflare'

const miniflare = new Miniflare({
  modules: true,
  scriptPath: 'dist/worker.js',
  compatibilityDate: '2026-01-01',
  bindings: { KOYALITE_URL: process.env.KOYALITE_URL },
})
const response = await miniflare.dispatchFetch('http://localhost/')
console.log(await response.text())
await miniflare.dispose()
