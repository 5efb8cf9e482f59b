import { expect, setDefaultTimeout, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInTerminal } from '@koyalite/testkit'

setDefaultTimeout(30_000)

const PROGRAM = [process.execPath, join(import.meta.dir, 'testing/table-main.ts')]
const shownIn = async (columns: number) => {
  const { shown } = await runInTerminal([], { cwd: tmpdir(), command: PROGRAM, columns })
  return shown.replaceAll('\r', '')
}

const COLUMNS = `name       state    why
first      applied  yes
第二の     pending  no: the values of posts.body are lost
\\u001b[2J  invalid
`
const LISTS = `name   first
state  applied
why    yes

name   第二の
state  pending
why    no: the values of posts.body are
       lost

name   \\u001b[2J
state  invalid
`

test('a table has columns where there is room, and lists in a narrow terminal', async () => {
  expect(await shownIn(80)).toBe(COLUMNS)
  expect(await shownIn(40)).toBe(LISTS)
})

test('what programs read has columns', async () => {
  const child = Bun.spawn(PROGRAM, { stdout: 'pipe' })
  expect(await child.stdout.text()).toBe(COLUMNS)
})
