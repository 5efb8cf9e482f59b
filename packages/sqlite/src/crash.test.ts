import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openDatabase } from './database'
import { itemIds, sql } from './testing/items'
import { tempFolder } from './testing/temp-folder'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const ROUNDS = 5

describe('kill -9', () => {
  test('W4 F8 every acknowledged write is there, none twice, the file is sound, and a new epoch begins', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const acknowledged: string[] = []
    const epochs = new Set<string>()
    for (let round = 1; round <= ROUNDS; round++) {
      acknowledged.push(...(await writeUntilKilled(path, round)))
      const db = await openDatabase({ path })
      const stored = itemIds(db) as string[]
      const missing = new Set(acknowledged).difference(new Set(stored))
      expect([...missing]).toEqual([])
      expect(new Set(stored).size).toBe(stored.length)
      expect(db.get(sql('PRAGMA integrity_check'))).toEqual(['ok'])
      // One change for each document: none was logged without being stored, or the other way round.
      const changes = db.all(sql('SELECT doc_id FROM _koyalite_changes ORDER BY doc_id')).map(([id]) => id)
      expect(changes).toEqual(stored)
      epochs.add(db.feed.epoch)
      await db.close()
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 100)
    expect(epochs.size).toBe(ROUNDS)
  })
})

/** The writes that a process acknowledged before it was killed in the middle of many. */
async function writeUntilKilled(path: string, round: number): Promise<string[]> {
  const child = Bun.spawn(
    [process.execPath, `${import.meta.dir}/testing/concurrent-writers-child.ts`, path, String(round)],
    {
      stdout: 'pipe',
    },
  )
  // Not always at the same moment of a batch.
  const enough = 2_000 + Math.floor(Math.random() * 4_000)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > enough * 5) child.kill('SIGKILL')
  }
  await child.exited
  // The last line may be cut.
  return text.split('\n').slice(0, -1)
}
