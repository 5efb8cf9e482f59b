import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_LOG } from '@koyalite/kernel'
import { openDatabase } from '@koyalite/sqlite'

setDefaultTimeout(60_000)

test('killed beside writes whose hooks write elsewhere: each is there with what its hook wrote, or not at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-hooks-'))
  const path = join(folder, 'test.db')
  for (const enough of [1, 40, 200]) {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, '../testing/hooked-child.ts'), path], {
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const stored: number[] = []
    let rest = ''
    for await (const bytes of child.stdout) {
      const lines = (rest + new TextDecoder().decode(bytes)).split('\n')
      rest = lines.pop() ?? ''
      stored.push(...lines.map(Number))
      if (stored.length >= enough) child.kill('SIGKILL')
    }
    await child.exited
    const database = await openDatabase({ path, log: NO_LOG })
    const ids = database.all({ text: 'SELECT "id" FROM "posts"', params: [] }).map(([id]) => id as number)
    const count = database.get({ text: 'SELECT "posts" FROM "counts"', params: [] })?.[0]
    await database.close()
    expect(stored.length).toBeGreaterThanOrEqual(enough)
    expect(stored.filter((id) => !ids.includes(id))).toEqual([])
    expect(count).toBe(ids.length)
    for (const file of ['', '-wal', '-shm']) rmSync(path + file, { force: true })
  }
  rmSync(folder, { recursive: true, force: true })
})
