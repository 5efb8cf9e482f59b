import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createApi,
  createProject,
  expectStatus,
  freePort,
  koyaliteCommand,
  koyaliteEnvironment,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

/** A folder of somebody else's, where Bun would run and read what lies there. */
const folder = mkdtempSync(join(tmpdir(), 'koyalite-foreign-'))
const ran = join(folder, 'ran')
writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./preload.ts"]\n')
writeFileSync(
  join(folder, 'preload.ts'),
  `require('node:fs').appendFileSync(${JSON.stringify(ran)}, process.argv.join(' ') + '\\n')\n`,
)
writeFileSync(join(folder, '.env'), 'KOYALITE_AUTH_REGISTRATION=closed\nKOYALITE_SERVER_PORT=1\n')
writeFileSync(join(folder, '.env.production'), 'KOYALITE_AUTH_REGISTRATION=closed\n')
writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "paths": { "commander": ["./preload.ts"] } } }')
const project = createProject({
  schema: `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
    rules: { read: "true", create: "true" }
`,
})
afterAll(() => {
  project.remove()
  rmSync(folder, { recursive: true })
})

async function finished(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { cwd: folder, env: koyaliteEnvironment(), stdout: 'pipe', stderr: 'pipe' })
  // A clone may say on stderr what it installs first.
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  if (code !== 0) throw new Error(`it ended with ${code}: ${errors}`)
  return output
}

test('commands, workers, readers and hashing threads run and read nothing of the folder they are started in', async () => {
  expect(await finished([...koyaliteCommand(), '--version'])).toMatch(/^\d/)
  const port = freePort()
  const args = ['start', '--workers', '2', '--port', String(port), '--dir', project.dir]
  const child = Bun.spawn([...koyaliteCommand(), ...args], {
    cwd: folder,
    env: koyaliteEnvironment(),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  try {
    const api = createApi(`http://127.0.0.1:${port}`)
    await child.stdout.getReader().read()
    const person = { email: 'ann@example.com', password: 'correct horse battery' }
    // A hash in a thread of the main process, a statement in a reader of a worker.
    expectStatus(await api.post('/api/auth/register', person), 201)
    expectStatus(await api.post('/api/collections/notes', { text: 'x' }), 201)
    expectStatus(await api.get("/api/collections/notes?where=doc.text.matches('^x')&sort=-text&count=true"), 200)
  } finally {
    child.kill('SIGTERM')
    await child.exited
  }
  expect(existsSync(ran)).toBe(false)
})

test('nor does the command of a clone', async () => {
  if (process.env.KOYALITE_BIN) return
  const command = join(import.meta.dir, '../../bin/koyalite')
  expect(await finished([command, '--version'])).toMatch(/^\d/)
  expect(existsSync(ran)).toBe(false)
})
