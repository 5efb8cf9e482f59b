import { afterAll, beforeAll, describe, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Instance, JOB_BEHAVIOURS, startInstance } from '@koyalite/functions/protocol-testing'
import { goCache, hasGo } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const PACKAGE = resolve(import.meta.dir, '../../../packages/functions-go')

describe.skipIf(!hasGo)('jobs, in go', () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-go-jobs-'))
  const entry = join(folder, 'function')
  const instances: Instance[] = []
  beforeAll(() => {
    cpSync(join(import.meta.dir, 'host.go'), join(folder, 'main.go'))
    const replaced = `require koyalite.dev/koyalite v0.0.0\nreplace koyalite.dev/koyalite => ${PACKAGE}\n`
    writeFileSync(join(folder, 'go.mod'), `module function\ngo 1.24\n${replaced}`)
    mkdirSync(join(folder, 'home'))
    const env = { PATH: process.env.PATH ?? '', HOME: join(folder, 'home'), GOCACHE: goCache() }
    const built = Bun.spawnSync(['go', 'build', '-o', entry, '.'], {
      cwd: folder,
      env: { ...env, GOWORK: 'off', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOPROXY: 'off', CGO_ENABLED: '0' },
    })
    if (!built.success) throw new Error(built.stderr.toString())
  })
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()))
    rmSync(folder, { recursive: true, force: true })
  })
  for (const { name, run } of JOB_BEHAVIOURS) {
    test(name, async () => {
      const instance = await startInstance({ command: [entry], entry })
      instances.push(instance)
      await run(instance)
    })
  }
})
