import { afterAll, beforeAll } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Instance, startInstance } from '@koyalite/functions/protocol-testing'
import { goCache } from '@koyalite/testkit'

const PACKAGE = resolve(import.meta.dir, '../../packages/functions-go')

/** For a test file in which instances of a function in Go run. @param source of its main package */
export function useGoHost(source: string): { start(): Promise<Instance> } {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-go-host-'))
  const entry = join(folder, 'function')
  const instances: Instance[] = []
  beforeAll(() => {
    cpSync(source, join(folder, 'main.go'))
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
  return {
    async start() {
      const instance = await startInstance({ command: [entry], entry })
      instances.push(instance)
      return instance
    },
  }
}
