import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { hasGo } from '@koyalite/testkit'

const PACKAGE = join(import.meta.dir, '../../../../packages/functions-go')

function go(...command: readonly string[]): string {
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local' }
  const { stdout, stderr } = Bun.spawnSync([...command], { cwd: PACKAGE, env })
  return `${stdout}${stderr}`
}

test.skipIf(!hasGo)(
  'the package that functions in Go import is formatted, vetted and tested',
  () => {
    expect(go('gofmt', '-l', '.')).toBe('')
    expect(go('go', 'vet', './...')).toBe('')
    expect(go('go', 'test', './...')).toMatch(/^ok /)
  },
  120_000,
)
