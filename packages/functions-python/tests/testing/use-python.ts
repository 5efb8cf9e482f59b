import { afterAll } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instance, type InstanceOptions, startInstance } from '@koyalite/functions/protocol-testing'

const PROGRAMS = join(import.meta.dir, '../..')
const ASK = 'import sys; print(getattr(sys, "_base_executable", sys.executable)); sys.exit(sys.version_info < (3, 9))'

/** The Python of this machine; null where it has none that runs functions. */
export const PYTHON: string | null = findPython()

function findPython(): string | null {
  if (Bun.which('python3') === null) return null
  const { success, stdout } = Bun.spawnSync(['python3', '-c', ASK])
  return success ? stdout.toString().trim() : null
}

/** Instances of functions that a test writes, run by the host as the server does it. */
export function usePython() {
  const project = mkdtempSync(join(tmpdir(), 'koyalite-python-functions-'))
  const instances: Instance[] = []
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()))
    rmSync(project, { recursive: true, force: true })
  })
  const start = async (source: string, options: Partial<InstanceOptions> = {}) => {
    const name = `fn_${crypto.randomUUID().slice(0, 8)}`
    mkdirSync(join(project, 'functions'), { recursive: true })
    const entry = join(project, 'functions', `${name}.py`)
    writeFileSync(entry, source)
    const command = [PYTHON ?? '', '-I', '-S', '-B', '-u', '-X', 'utf8', join(PROGRAMS, 'start.py'), PROGRAMS]
    const instance = await startInstance({ command, ...options, entry })
    instances.push(instance)
    return instance
  }
  return { start, project }
}
