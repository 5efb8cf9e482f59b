import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import {
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  testSamples,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const BLOG = join(import.meta.dir, 'blog')

describe('docs/rest.md', () => {
  let project: TempProject
  let server: ServerProcess
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'seeds']) cpSync(join(BLOG, part), project.path(part), { recursive: true })
    expect(await runKoyalite(['db', 'seed', '--dir', project.dir])).toMatchObject({ code: 0 })
    server = await startServer(project)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const page = join(import.meta.dir, '../docs/rest.md')
  const count = testSamples([page], { url: () => server.url, dir: () => project.dir, key: () => '' })
  test('has samples', () => expect(count).toBeGreaterThan(25))
})
