import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openDatabase } from './database'
import { createItems, insertItem } from './testing/items'
import { type DiskImage, PowerCutDisk, writeImage } from './testing/power-cut'
import { tempFolder } from './testing/temp-folder'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(120_000)

/** More of them: KOYALITE_POWER_CUT_WRITES=5000. */
const WRITES = Number(process.env.KOYALITE_POWER_CUT_WRITES ?? 400)
/** Put the seed of a failed run here to see it again. */
const REPLAY: number | null = null
const SEED = REPLAY ?? Math.floor(Math.random() * 2 ** 31)

describe(`power cut (seed ${SEED})`, () => {
  test('W4 C2 every acknowledged write survives, wherever the power fails', async () => {
    using folder = tempFolder()
    const cuts = await writeAndCut(folder.file('a.db'), { mode: 'honest', seed: SEED })
    const outcomes = await recover(cuts, (name) => folder.file(name))
    expect(cuts.length).toBeGreaterThan(30)
    expect(cuts.filter(({ during }) => during === 'checkpoint').length).toBeGreaterThan(3)
    for (const { cut, found } of outcomes) {
      expect(found.integrity).toBe('ok')
      expect(cut.acknowledged.filter((id) => !found.ids.includes(id))).toEqual([])
      // The log and the documents are of one state.
      expect(found.seq).toBe(found.ids.length)
    }
    // Something was lost in at least one of them, or the cuts proved nothing.
    expect(outcomes.some(({ cut, found }) => found.ids.length < cut.committed)).toBe(true)
  })

  test('the simulation finds a database that acknowledges before the sync', async () => {
    using folder = tempFolder()
    const cuts = await writeAndCut(folder.file('a.db'), { mode: 'early', seed: SEED })
    const outcomes = await recover(cuts, (name) => folder.file(name))
    const lost = outcomes.filter(({ cut, found }) => cut.acknowledged.some((id) => !found.ids.includes(id)))
    expect(lost.length).toBeGreaterThan(0)
  })
})

interface Cut {
  readonly image: DiskImage
  readonly during: 'write' | 'checkpoint'
  readonly acknowledged: readonly string[]
  readonly committed: number
}

interface Found {
  readonly integrity: string
  readonly ids: readonly string[]
  readonly seq: number
}

/** Writes from 16 sides, and keeps the disk as it would be after a cut at random moments. */
async function writeAndCut(path: string, { mode, seed }: { mode: 'honest' | 'early'; seed: number }): Promise<Cut[]> {
  const random = mulberry32(seed)
  const cuts: Cut[] = []
  const acknowledged: string[] = []
  let committed = 0
  const disk = new PowerCutDisk(path, random, (during, image) => {
    if (during === 'checkpoint' || random() < 0.2)
      cuts.push({ during, image: image(), acknowledged: [...acknowledged], committed })
  })
  const created = await openDatabase({ path })
  await createItems(created)
  await created.close()
  disk.settle()

  const db = await openDatabase(
    { path, checkpoints: { passiveBytes: 100 * 1024, restartBytes: 200 * 1024 } },
    { startWalSync: disk.walSync(mode), startMaintenance: disk.maintenance() },
  )
  let next = 0
  const writer = async () => {
    while (next < WRITES) {
      const id = `item-${next++}`
      const write = db.write((tx) => tx.run(insertItem(id, next)))
      committed = db.feed.lastSeq
      await write
      acknowledged.push(id)
      // Out of step with the others, so that commits fall into running syncs.
      for (let turns = Math.floor(random() * 6); turns > 0; turns--) await new Promise(setImmediate)
    }
  }
  await Promise.all(Array.from({ length: 16 }, writer))
  await db.close()
  return cuts
}

/** Opens each image in a process of its own kind: nothing of this one may help. */
async function recover(cuts: readonly Cut[], file: (name: string) => string): Promise<{ cut: Cut; found: Found }[]> {
  const paths = cuts.map(({ image }, index) => {
    const path = file(`image-${index}.db`)
    writeImage(path, image)
    return path
  })
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/testing/check-image-child.ts`], {
    stdin: Buffer.from(paths.join('\n')),
    stdout: 'pipe',
  })
  const lines = (await new Response(child.stdout).text()).trim().split('\n')
  return cuts.map((cut, index) => ({ cut, found: JSON.parse(lines[index] ?? 'null') as Found }))
}

/** A small generator of random numbers that a seed determines. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
