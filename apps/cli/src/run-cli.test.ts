import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runKoyalite } from '@koyalite/testkit'

describe('a wrong call exits with 2, and says how the command is called', () => {
  test.each([
    ['dve', "unknown command 'dve'\n(Did you mean dev?)", 'koyalite --help'],
    ['db sed', "unknown command 'sed'\n(Did you mean seed?)", 'koyalite db --help'],
    ['dev --prot 1', "unknown option '--prot'\n(Did you mean --port?)", 'koyalite dev --help'],
    ['db import', 'missing required argument', 'koyalite db import --help'],
    ['init x --template blgo', 'Allowed choices are basic, blog, saas.', 'koyalite init --help'],
    ['rules explain posts foo', "there is no operation 'foo'.", 'koyalite rules explain --help'],
  ])('%s', async (call, says, help) => {
    const { code, stdout, stderr } = await runKoyalite(call.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toStartWith('error: ')
    expect(stderr).toContain(says)
    expect(stderr).toEndWith(`How it is called: ${help}\n`)
  })
})

test('the next steps that init names can be typed as they stand', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-init-'))
  try {
    const { stdout } = await runKoyalite(['init', '--dir', join(dir, 'app')])
    const [command = ''] = stdout.trim().split('\n').at(-1)?.trim().split(' ') ?? []
    expect(Bun.which(command)).not.toBeNull()
    expect(stdout.trim()).toEndWith(`${command} dev`)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
