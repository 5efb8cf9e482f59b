import { afterAll, beforeAll, describe, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { createProject, followGuide, freePort, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

describe('docs/webhooks.md, followed to the letter', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject()
  })
  afterAll(async () => {
    await guide.stop()
    project.remove()
  })

  const guide = followGuide(join(import.meta.dir, '../docs/webhooks.md'), {
    dir: () => project.dir,
    port: freePort(),
    isInstalled: true,
  })
})
