import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pythonTools } from '@koyalite/testkit'
import { syncSource } from '../sync-source'

/** The part of Python clients that no schema changes. */
export const RUNTIME = join(import.meta.dir, '../runtime')

/** The files of `sync`, as they have to be, by their paths in the runtime. */
export function syncRuntime(): ReadonlyMap<string, string> {
  const names = readdirSync(join(RUNTIME, 'aio')).filter((name) => name.endsWith('.py') && name !== '__init__.py')
  return new Map([
    ['sync/__init__.py', '"""Without `await`: made from `aio`."""\n'],
    ...names.map(
      (name) => [`sync/${name}`, formatted(syncSource(readFileSync(join(RUNTIME, 'aio', name), 'utf8')))] as const,
    ),
  ])
}

function formatted(text: string): string {
  const sort = run(['check', '--select', 'I,F401', '--fix-only', '--quiet', '-'], text)
  return run(['format', '-'], sort)
}

function run(args: readonly string[], text: string): string {
  const ruff = Bun.spawnSync([join(pythonTools(), 'ruff'), ...args], { stdin: Buffer.from(text), cwd: RUNTIME })
  if (!ruff.success) throw new Error(`ruff: ${ruff.stderr}`)
  return ruff.stdout.toString()
}
