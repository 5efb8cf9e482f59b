// The example in one command: `npm run todo`. KoyaLite with the project in this folder, and Vite with the page, which passes /api on to it.
import { join } from 'node:path'
import { createServer } from 'vite'

const PORT = 8090
const koyalite = [process.execPath, join(import.meta.dir, '../../apps/cli/src/main.ts')]

const generated = Bun.spawnSync([...koyalite, 'generate', '--dir', import.meta.dir], {
  stdout: 'ignore',
  stderr: 'inherit',
})
if (generated.exitCode !== 0) process.exit(generated.exitCode)

process.env.KOYALITE_URL = `http://127.0.0.1:${PORT}`
const backend = Bun.spawn([...koyalite, 'dev', '--dir', import.meta.dir, '--port', String(PORT)], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
const page = await createServer({ root: import.meta.dir })
await page.listen()
while (backend.exitCode === null && !(await fetch(`${process.env.KOYALITE_URL}/health/ready`).catch(() => null))?.ok) {
  await Bun.sleep(50)
}
page.printUrls()

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => backend.kill(signal))
const code = await backend.exited
await page.close()
process.exit(code)
