import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { hasPython, mypyCache, pythonTools } from '@koyalite/testkit'

// The first run on a machine installs the tools.
setDefaultTimeout(300_000)

const PACKAGE = join(import.meta.dir, '..')

function output(program: string, ...options: readonly string[]): string {
  const { success, stdout, stderr } = Bun.spawnSync([join(pythonTools(), program), ...options], { cwd: PACKAGE })
  return success ? '' : `${stdout}${stderr}`
}

describe.skipIf(!hasPython)('checked by the tools of Python', () => {
  test('types', () => {
    expect(output('mypy', '--strict', '--cache-dir', mypyCache('functions'), 'koyalite_functions')).toBe('')
  })

  test('format, imports, and what 3.9 does not have', () => {
    expect(output('ruff', 'format', '--isolated', '--diff', '--quiet', '.')).toBe('')
    expect(output('ruff', 'check', '--isolated', '--target-version', 'py39', '--select', 'F,I,UP,W', '.')).toBe('')
  })
})
