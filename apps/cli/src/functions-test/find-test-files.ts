import { statSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { CommandError } from '../command-error'

const TESTS = new Bun.Glob('functions/**/*.test.{ts,tsx,js,mjs}')

/**
 * The test files of a project, by their paths from its folder. Throws a CommandError where there are none.
 * @param wanted files, folders or names of functions; empty: all
 */
export function findTestFiles(dir: string, wanted: readonly string[]): readonly string[] {
  const all = [...TESTS.scanSync({ cwd: dir })].filter((file) => !file.includes('node_modules/')).sort()
  if (all.length === 0) {
    throw new CommandError('there are no tests in functions/', {
      advice: 'koyalite functions new <name> --test writes a function with one; docs/functions-testing.md has more.',
    })
  }
  if (wanted.length === 0) return all
  const chosen = wanted.flatMap((one) => {
    const files = all.filter((file) => isMeant(dir, file, one))
    if (files.length > 0) return files
    throw new CommandError(`no test is called ${one}`, { exitCode: 2, advice: `There are: ${all.join(', ')}` })
  })
  return [...new Set(chosen)]
}

function isMeant(dir: string, file: string, wanted: string): boolean {
  if (basename(file).startsWith(`${wanted}.test.`)) return true
  return [resolve(wanted), resolve(dir, wanted)].some((path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return false
    const within = relative(path, resolve(dir, file))
    return stat.isDirectory() ? !within.startsWith('..') : within === ''
  })
}
