import { afterAll, beforeAll } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instance, type InstanceOptions, startInstance } from './start-instance'

const SDK = join(import.meta.dir, '../index.ts')

const ENGINES = {
  bun: { target: 'bun', command: [process.execPath, '--no-env-file'] },
  node: { target: 'node', command: ['node'] },
  deno: { target: 'node', command: ['deno', 'run', '--allow-all', '--quiet', '--no-config'] },
} as const

/**
 * Instances of functions that a test writes, run by the host as one file, as it is packed.
 * @param program where that of the engine is, if its name does not find it
 */
export function useInstances(engine: keyof typeof ENGINES = 'bun', program?: string) {
  const { target } = ENGINES[engine]
  const [named, ...flags] = ENGINES[engine].command
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-functions-'))
  const host = join(folder, 'host.mjs')
  const instances: Instance[] = []
  beforeAll(async () => {
    const entrypoints = [join(import.meta.dir, `../host/engines/${engine}-main.ts`)]
    await Bun.build({ entrypoints, target, outdir: folder, naming: 'host.mjs' })
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
    await Bun.build({ entrypoints: [entry], target, outdir: folder, naming: `${name}.mjs` })
    return join(folder, `${name}.mjs`)
  }
  const start = async (source: string, options: Partial<InstanceOptions> = {}) => {
    const entry = options.entry ?? (await bundle(source))
    const instance = await startInstance({ command: [program ?? named, ...flags, host], ...options, entry })
    instances.push(instance)
    return instance
  }
  return { start, folder }
}
