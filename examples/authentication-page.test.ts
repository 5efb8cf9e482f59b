import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createProject,
  findBrowser,
  freePort,
  openPage,
  type ServerProcess,
  startServer,
  type TempProject,
  testSamples,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const PAGE = join(import.meta.dir, '../docs/authentication.md')
/** The page lists what providers there are. */
const SETTINGS = 'auth: { oauth: { github: { client_id: id, client_secret: secret } } }\n'

const TEXT = readFileSync(PAGE, 'utf8')
const port = freePort()

describe('docs/authentication.md', () => {
  let project: TempProject
  let server: ServerProcess
  beforeAll(async () => {
    const [, schema = ''] = /```yaml\n(version: 1\n[\s\S]*?)```/.exec(TEXT) ?? []
    const files = { 'public/index.html': '<title>Passkeys</title>' }
    project = createProject({ schema, files, settings: `${SETTINGS}server: { url: "http://localhost:${port}" }\n` })
    server = await startServer(project, { command: 'dev', port })
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const count = testSamples([PAGE], { url: () => server.url, dir: () => project.dir, key: () => '' })
  test('has samples', () => expect(count).toBeGreaterThan(50))

  test.skipIf(findBrowser() === null)('its script for passkeys adds one and signs in with it', async () => {
    const [, script = ''] = /```js\n([\s\S]*?)```/.exec(TEXT) ?? []
    const page = await openPage(findBrowser() ?? '', `http://localhost:${port}/public/index.html`, {
      authenticator: true,
    })
    try {
      await page.until('document.readyState === "complete"')
      const done = await page.evaluate(`(async () => {
        ${script}
        const account = { email: 'passkeys@example.com', password: 'correct horse battery' }
        const { access_token } = await post('/api/auth/register', account)
        return { added: await addPasskey(access_token), signedIn: await signInWithPasskey() }
      })()`)
      expect(done.added).toEqual({
        ...{ id: expect.any(String), name: 'Laptop', created_at: expect.any(String), last_used_at: null },
      })
      expect(done.signedIn).toMatchObject({ user: { email: 'passkeys@example.com' }, token_type: 'Bearer' })
    } finally {
      await page.close()
    }
  })
})
