import { afterAll, beforeAll, describe, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { createProject, followGuide, freePort, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const hasPython =
  Bun.which('python3') !== null &&
  Bun.spawnSync(['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).success

describe.skipIf(!hasPython)('docs/functions-python.md, followed to the letter', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject()
  })
  afterAll(async () => {
    await guide.stop()
    project?.remove()
  })

  const guide = followGuide(join(import.meta.dir, '../docs/functions-python.md'), {
    dir: () => project.dir,
    port: freePort(),
    isInstalled: true,
  })
})
