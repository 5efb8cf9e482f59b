import { afterAll, beforeAll, describe, expect, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { createProject, followGuide, freePort, goCache, hasGo, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(120_000)
// The library of Go need not be compiled once more.
if (hasGo) process.env.GOCACHE = goCache()

describe.skipIf(!hasGo)('docs/functions-go.md, followed to the letter', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject()
  })
  afterAll(async () => {
    await guide.stop()
    project.remove()
  })

  const guide = followGuide(join(import.meta.dir, '../docs/functions-go.md'), {
    dir: () => project.dir,
    port: freePort(),
    isInstalled: true,
    after: {
      'Modules and shared code': async ({ path }) => {
        // What an editor would say of it all.
        const files = ['report.go', 'book.go', 'refund.go', 'tomorrow.go', 'receipt.go', 'hook.go']
        for (const file of files) {
          const { stderr } = Bun.spawnSync(['go', 'vet', file], {
            cwd: path('functions'),
            env: { ...process.env, GOWORK: 'off' },
          })
          expect(stderr.toString()).toBe('')
        }
      },
    },
  })
})
