import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestSource } from './run-test-file'

/** Where tests are, below the folder of a project. */
const TESTS = 'rules/**/*.test.{yaml,yml}'

/** The rule tests of a project, by name. Files that go while they are read are left out. */
export async function projectTests(dir: string): Promise<readonly TestSource[]> {
  const names: string[] = []
  for await (const name of glob(TESTS, { cwd: dir })) names.push(name.replaceAll('\\', '/'))
  const sources = await Promise.all(
    names.sort().map(async (name) => {
      const source = await readFile(join(dir, name), 'utf8').catch(() => null)
      return source === null ? [] : [{ name, source }]
    }),
  )
  return sources.flat()
}
