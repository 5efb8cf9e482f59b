import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, type ServerProcess, startServer, type TempProject, testSamples } from '@koyalite/testkit'

setDefaultTimeout(60_000)
const PAGE = join(import.meta.dir, '../docs/authentication.md')
/** The page lists what providers there are. */
const SETTINGS = 'auth: { oauth: { github: { client_id: id, client_secret: secret } } }\n'

describe('docs/authentication.md', () => {
  let project: TempProject
  let server: ServerProcess
  beforeAll(async () => {
    const [, schema = ''] = /```yaml\n(version: 1\n[\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? []
    project = createProject({ schema, settings: SETTINGS })
    server = await startServer(project, { command: 'dev' })
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const count = testSamples([PAGE], { url: () => server.url, dir: () => project.dir, key: () => '' })
  test('has samples', () => expect(count).toBeGreaterThan(50))
})
