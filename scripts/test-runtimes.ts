// `npm run test:runtimes [name …]`: the npm package of the client, in each of infra/runtimes, against a server. What they need is
// installed (for Next.js hundreds of megabytes), so this is a command of its own.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProject, runKoyalite, startServer } from '@koyalite/testkit'
import { buildClientPackage } from './client-package/build-client-package'
import { ROOT } from './client-package/client-packages'

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id:      { type: uuid, primary: true, default: auto }
      text:    { type: text }
      made_at: { type: timestamp, default: now }
    rules: { read: "true", create: "true" }
`
const RUNTIMES = join(ROOT, 'infra/runtimes')

const all = readdirSync(RUNTIMES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const asked = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'koyalite-runtimes-'))
const project = createProject({ schema: SCHEMA })
const server = await startServer(project)
try {
  await buildClientPackage('client', { outdir: join(work, 'client') })
  const generated = await runKoyalite(['generate', '--dir', project.dir])
  if (generated.code !== 0) throw new Error(generated.stderr)
  const failed: string[] = []
  for (const name of asked.length > 0 ? asked : all) if (!(await works(name))) failed.push(name)
  process.exitCode = failed.length > 0 ? 1 : 0
} finally {
  await server.kill('SIGKILL')
  project.remove()
  rmSync(work, { recursive: true })
}

async function works(name: string): Promise<boolean> {
  const folder = join(work, name)
  cpSync(join(RUNTIMES, name), folder, { recursive: true })
  cpSync(join(RUNTIMES, 'check-client.mjs'), join(folder, 'check-client.mjs'))
  cpSync(project.path('generated'), join(folder, 'generated'), { recursive: true })
  const start = Date.now()
  const installed = await run(
    ['npm', 'install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'],
    folder,
  )
  // As `npm install @koyalite/client` would: a copy, no link.
  mkdirSync(join(folder, 'node_modules/@koyalite'), { recursive: true })
  cpSync(join(work, 'client'), join(folder, 'node_modules/@koyalite/client'), { recursive: true })
  const { output, ok } = installed.ok ? await run(['npm', 'test', '--silent'], folder) : installed
  const passed = ok && /^(?:ok|.*1 passed.*)$/m.test(output)
  console.log(`${passed ? '✓' : '✗'} ${name}  (${((Date.now() - start) / 1000).toFixed(0)} s)`)
  if (!passed) console.log(output)
  rmSync(folder, { recursive: true })
  return passed
}

async function run(
  command: readonly string[],
  cwd: string,
): Promise<{ readonly output: string; readonly ok: boolean }> {
  const env = { ...process.env, KOYALITE_URL: server.url, CI: 'true', NEXT_TELEMETRY_DISABLED: '1' }
  const child = Bun.spawn([...command], { cwd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { output: stdout + stderr, ok: code === 0 }
}
