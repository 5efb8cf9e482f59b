import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instance, type InstanceOptions, startInstance } from './start-instance'

const SDK = join(import.meta.dir, '../index.ts')

/** Instances of functions that a test writes, run by the host as one file, as it is packed. */
export function useInstances() {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-functions-'))
  const host = join(folder, 'host.js')
  const instances: Instance[] = []
  beforeAll(async () => {
    const entrypoints = [join(import.meta.dir, '../host/engines/bun-main.ts')]
    await Bun.build({ entrypoints, target: 'bun', outdir: folder, naming: 'host.js' })
  })
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()))
    rmSync(folder, { recursive: true, force: true })
  })
  /** Bundled as the server does it: with a copy of what it imports. @param source of the module */
  const bundle = async (source: string) => {
    const name = crypto.randomUUID()
    const entry = join(folder, `${name}.ts`)
    writeFileSync(entry, source.replaceAll(`'@koyalite/functions'`, `'${SDK}'`))
    await Bun.build({ entrypoints: [entry], target: 'bun', outdir: folder, naming: `${name}.js` })
    return join(folder, `${name}.js`)
  }
  const start = async (source: string, options: Partial<InstanceOptions> = {}) => {
    const entry = options.entry ?? (await bundle(source))
    const instance = await startInstance({ command: [process.execPath, '--no-env-file', host], ...options, entry })
    instances.push(instance)
    return instance
  }
  return { start, folder }
}
