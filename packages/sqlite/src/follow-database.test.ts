import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { type Change, NotPrimaryError } from '@koyalite/contracts'
import type { LogPosition } from './changes/change-feed'
import { type Database, openDatabase } from './database'
import { connect } from './driver/connection'
import { type FollowingDatabase, followDatabase } from './follow-database'
import { createItems, insertItem, itemIds, sql } from './testing/items'
import { tempFolder } from './testing/temp-folder'

// Real files and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

/** A writer, and a follower that hears of what is durable. */
async function pair(path: string): Promise<{ writer: Database; follower: FollowingDatabase } & AsyncDisposable> {
  const writer = await openDatabase({ path })
  await createItems(writer)
  const follower = followDatabase({ path, durable: { epoch: writer.feed.epoch, seq: writer.feed.lastSeq } })
  return {
    writer,
    follower,
    async [Symbol.asyncDispose]() {
      await follower.close()
      await writer.close()
    },
  }
}

const turn = () => new Promise(setImmediate)

describe('a process that follows', () => {
  test('P1 sees every acknowledged write, of documents and of anything else', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    for (let n = 0; n < 50; n++) {
      const { seq } = await both.writer.write((tx) => tx.run(insertItem(`i${n}`)))
      expect(itemIds(both.follower)).toHaveLength(n + 1)
      expect(both.follower.feed.lastSeq).toBe(seq)
    }
  })

  test('P1 P2 reads and their numbers fit together while another process commits without pause', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const child = Bun.spawn([process.execPath, join(import.meta.dir, 'testing/counting-writer-child.ts'), path], {
      stdin: 'pipe',
      stdout: 'pipe',
    })
    const said = child.stdout.getReader()
    const decoder = new TextDecoder()
    let acknowledged = 0
    const hear = async () => {
      const { value } = await said.read()
      const lines = decoder.decode(value, { stream: true }).trimEnd().split('\n')
      acknowledged = Math.max(acknowledged, Number(lines.at(-1)?.split(' ')[0] ?? 0))
    }
    await hear()
    const follower = followDatabase({ path, durable: { epoch: '', seq: 0 } })
    const READ = sql("SELECT n, (SELECT max(seq) FROM _koyalite_changes) FROM items WHERE id = 'counter'")
    let moved = 0
    let last = 0
    for (let round = 0; round < 300; round++) {
      await hear()
      const heard = acknowledged
      for (let i = 0; i < 50; i++) {
        const [n, seq] = follower.get(READ) as [number, number]
        expect(follower.feed.lastSeq).toBe(seq)
        expect(n).toBeGreaterThanOrEqual(heard)
        if (seq > last) moved++
        last = seq
      }
      const rows = await follower.query(READ, { timeoutMs: 1000 })
      expect(rows.seq).toBe(rows.rows[0]?.[1] as number)
      const statements = [READ, READ, { ...READ, cacheable: true as const }]
      const [first, ...others] = await follower.readTogether(statements, { timeoutMs: 1000 })
      expect(first?.seq).toBe(first?.rows[0]?.[1] as number)
      for (const other of others) expect(other).toEqual(first as NonNullable<typeof first>)
    }
    // Otherwise the test has shown nothing.
    expect(moved).toBeGreaterThan(100)
    child.stdin.end()
    while (!(await said.read()).done);
    await child.exited
    await follower.close()
  })

  test('P2 a read and its number fit together though whoever is told of a commit reads, and so sees a later one', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const { writer, follower } = both
    const other = connect({ path: folder.file('a.db'), mode: 'write' })
    const READ = sql('SELECT count(*), (SELECT max(seq) FROM _koyalite_changes) FROM items')
    let more = 0
    follower.onCommitsOfOthers(() => {
      // Committed between the read that noticed a commit and the notification of it.
      if (more-- > 0) other.prepare('INSERT INTO items (id) VALUES (?)').run([crypto.randomUUID()])
      follower.get(READ)
    })
    for (let round = 0; round < 5; round++) {
      await writer.write((tx) => tx.run(insertItem(`i${round}`)))
      more = 1
      const { rows, seq } = await follower.query(READ, { timeoutMs: 1000 })
      expect(rows[0]?.[1]).toBe(seq)
      expect(seq).toBe(follower.feed.lastSeq)
      more = 0
      other.prepare('DELETE FROM items').run([])
      more = 1
      const [, read] = follower.get(READ) as [number, number]
      expect(read).toBe(follower.feed.lastSeq)
      more = 0
    }
    other.close()
  })

  test('P3 tells of commits before the read that sees them', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const { writer, follower } = both
    let remembered: unknown = null
    follower.onCommitsOfOthers(() => {
      remembered = follower.get(sql("SELECT value FROM _koyalite_meta WHERE key = 'x'"))?.[0]
    })
    await writer.write((tx) => tx.run(sql("INSERT INTO _koyalite_meta VALUES ('x', 'new')")))
    expect(remembered).toBe(null)
    follower.look()
    expect(remembered).toBe('new')
  })

  test('P3 tells only of commits', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    let told = 0
    both.follower.onCommitsOfOthers(() => told++)
    for (let i = 0; i < 10; i++) itemIds(both.follower)
    both.follower.look()
    expect(told).toBe(0)
  })

  test('P4 publishes what is said to be durable, once and in order, and knows numbers that it has not published', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const { writer, follower } = both
    const seen: Change[] = []
    follower.feed.subscribe((changes) => seen.push(...changes))
    const first = await writer.write((tx) => tx.run(insertItem('a')))
    const second = await writer.write((tx) => tx.run(insertItem('b')))
    expect(follower.feed.since(second.seq, 10)).toEqual([])
    expect(follower.feed.since(0, 10)).toEqual([])
    expect(follower.feed.since(second.seq + 1, 10)).toBe(null)
    await turn()
    expect(seen).toEqual([])
    const { epoch } = writer.feed
    follower.durable({ epoch, seq: first.seq })
    follower.durable({ epoch, seq: first.seq })
    await turn()
    expect(seen.map(({ docId }) => docId)).toEqual(['a'])
    follower.durable({ epoch: 'another', seq: second.seq })
    await turn()
    expect(seen).toHaveLength(1)
    follower.durable({ epoch, seq: second.seq })
    await turn()
    expect(seen.map(({ docId }) => docId)).toEqual(['a', 'b'])
    expect(follower.feed.since(0, 10)?.map(({ docId }) => docId)).toEqual(['a', 'b'])
  })

  test('P4 takes over a new epoch', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const epoch = await both.writer.newEpoch()
    both.follower.look()
    expect(both.follower.feed.epoch).toBe(epoch)
  })

  test('P5 refuses to write', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const { follower } = both
    await expect(follower.write((tx) => tx.run(insertItem('a')))).rejects.toBeInstanceOf(NotPrimaryError)
    await expect(follower.migrate((tx) => tx.run(insertItem('a')))).rejects.toBeInstanceOf(NotPrimaryError)
    expect(itemIds(both.writer)).toEqual([])
  })

  test('P6 every durable batch is told of, in order', async () => {
    using folder = tempFolder()
    await using both = await pair(folder.file('a.db'))
    const positions: LogPosition[] = []
    both.writer.onDurable((position) => positions.push(position))
    const { seq } = await both.writer.write((tx) => tx.run(insertItem('a')))
    await both.writer.write((tx) => tx.run(sql("INSERT INTO _koyalite_meta VALUES ('x', 'y')")))
    const { epoch } = both.writer.feed
    expect(positions).toEqual([
      { epoch, seq },
      { epoch, seq },
    ])
  })
})
