import { describe, expect, test } from 'bun:test'
import { PAGE_SIZE, type PageRequest, RowWindow } from './row-window'

interface Row {
  readonly key: number
  readonly text?: string
}

/** A list on a server: pages by cursor over keys, whatever is inserted or deleted. */
class FakeList {
  readonly requests: PageRequest[] = []
  maps = 0
  hasMap = true
  keys: number[]
  constructor(size: number) {
    this.keys = Array.from({ length: size }, (_, at) => at * 10)
  }

  readonly window = (): RowWindow<Row> =>
    new RowWindow<Row>({
      patience: 0,
      keyOf: ({ key }) => String(key),
      fetchPage: async (request, signal) => {
        await Bun.sleep(0)
        signal.throwIfAborted()
        this.requests.push(request)
        const after = request.cursor === null ? -1 : Number(request.cursor)
        const from = this.keys.findIndex((key) => key > after)
        const begin = (from < 0 ? this.keys.length : from) + request.offset
        const page = this.keys.slice(begin, begin + request.limit)
        const last = page.at(-1)
        const isEnd = last === undefined || begin + request.limit >= this.keys.length
        return { rows: page.map((key) => ({ key })), next: isEnd ? null : String(last) }
      },
      fetchMap: async () => {
        this.maps++
        if (!this.hasMap) throw new Error('QUERY_TIMEOUT')
        const { length } = this.keys
        const cursors = Array.from({ length: Math.max(0, Math.ceil(length / 1000) - 1) }, (_, at) =>
          String(this.keys[(at + 1) * 1000 - 1]),
        )
        return { total: length, step: 1000, cursors }
      },
    })
}

/** Shows rows, and waits until they are there. */
async function shown(
  source: RowWindow<Row>,
  first: number,
  last = first + 20,
): Promise<readonly (number | undefined)[]> {
  source.show({ first, last })
  const end = () => Math.min(last, source.count - 1)
  while (source.rowAt(first) === undefined || source.rowAt(end()) === undefined) {
    await new Promise<void>((resolve) => {
      const stop = source.subscribe(() => {
        stop()
        resolve()
      })
    })
  }
  return Array.from({ length: end() - first + 1 }, (_, at) => source.rowAt(first + at)?.key)
}

async function settled(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !isDone(); turn++) await Bun.sleep(1)
  expect(isDone()).toBe(true)
}

describe('a list that is read by cursor', () => {
  test('of one page asks once, and knows its end', async () => {
    const list = new FakeList(37)
    const source = list.window()
    expect((await shown(source, 0)).slice(0, 3)).toEqual([0, 10, 20])
    expect([source.count, source.isExact, list.requests.length, list.maps]).toEqual([37, true, 1, 0])
  })

  test('of none is empty, exactly', async () => {
    const source = new FakeList(0).window()
    source.show({ first: 0, last: 20 })
    await settled(() => source.isExact)
    expect(source.count).toBe(0)
  })

  test('is counted by the map, after the first page is there', async () => {
    const list = new FakeList(12_345)
    const source = list.window()
    await shown(source, 0)
    await settled(() => source.isExact)
    expect([source.count, list.maps, list.requests.length]).toEqual([12_345, 1, 1])
  })

  test('waits until it is known how many rows there are, also before the first page; without a map it says so', async () => {
    const list = new FakeList(12_345)
    expect(await list.window().counted()).toBe(12_345)
    const few = new FakeList(3)
    const source = few.window()
    await shown(source, 0)
    expect([await source.counted(), few.maps]).toEqual([3, 0])
    list.hasMap = false
    await expect(list.window().counted()).rejects.toThrow('could not be counted')
  })

  test('jumps anywhere by a cursor of the map and at most 1,000 keys, never by an offset', async () => {
    const list = new FakeList(50_000)
    const source = list.window()
    await shown(source, 0)
    await settled(() => source.isExact)
    expect((await shown(source, 49_990, 49_999)).at(-1)).toBe(499_990)
    expect((await shown(source, 31_777))[0]).toBe(317_770)
    const far = list.requests.filter(({ detail }) => detail === 'keys')
    expect(far.reduce((sum, { limit }) => sum + limit, 0)).toBeLessThanOrEqual(2_000)
    expect(list.requests.every(({ offset }) => offset === 0)).toBe(true)
  })

  test('is reached without a map too', async () => {
    const list = new FakeList(50_000)
    list.hasMap = false
    const source = list.window()
    await shown(source, 0)
    expect(source.isExact).toBe(false)
    source.show({ first: 20_000, last: 20_020 })
    await settled(() => source.rowAt(20_000) !== undefined)
    expect(source.rowAt(20_000)?.key).toBe(200_000)
    expect(source.count).toBe(20_201)
  })

  test('shows each row that stays exactly once, whatever others insert and delete while one scrolls', async () => {
    const list = new FakeList(10_000)
    const stays = new Set(list.keys.filter((_, at) => at % 7 !== 0))
    const source = list.window()
    const seen: number[] = []
    for (let position = 0, turn = 0; ; position += 20, turn++) {
      const rows = await shown(source, position, position + 19)
      seen.push(...rows.filter((key): key is number => key !== undefined))
      if (source.isExact && position + 20 >= source.count) break
      // Before and behind what is shown.
      const at = (turn * 7919) % list.keys.length
      list.keys.splice(at, 0, (list.keys[at - 1] ?? -6) + 5)
      const gone = list.keys.findIndex((key, index) => index > (turn * 104_729) % list.keys.length && !stays.has(key))
      if (gone >= 0) list.keys.splice(gone, 1)
      if (turn > 1_000) break
    }
    const counted = seen.filter((key) => stays.has(key))
    expect(new Set(counted).size).toBe(counted.length)
    expect(counted.length).toBe(stays.size)
  })

  test('keeps a bounded number of rows', async () => {
    const source = new FakeList(20_000).window()
    for (let position = 0; position < 19_000; position += PAGE_SIZE) await shown(source, position)
    const loaded = Array.from({ length: 100 }, (_, page) => source.rowAt(page * PAGE_SIZE)).filter(
      (row) => row !== undefined,
    )
    expect(loaded.length).toBeLessThanOrEqual(20)
  })

  test('shows what was there until it has been read again, and where a row stands', async () => {
    const list = new FakeList(5_000)
    const source = list.window()
    await shown(source, 2_000)
    list.keys.unshift(-10)
    source.refresh()
    expect(source.rowAt(2_000)?.key).toBe(20_000)
    await settled(() => source.rowAt(2_000)?.key === 19_990)
    expect(source.positionOf('19990')).toBe(2_000)
    await settled(() => source.count === 5_001)
    source.patch('19990', (row) => ({ ...row, text: 'changed' }))
    expect(source.rowAt(2_000)).toEqual({ key: 19_990, text: 'changed' })
  })

  test('is read whole over pages that were never shown', async () => {
    const list = new FakeList(5_000)
    const source = list.window()
    await shown(source, 0)
    const progress: number[] = []
    const rows = await source.read({ first: 1_234, last: 2_633 }, { onProgress: (count) => progress.push(count) })
    expect([rows.length, rows[0]?.key, rows.at(-1)?.key]).toEqual([1_400, 12_340, 26_330])
    expect(progress).toEqual([500, 1_000, 1_400])
    expect(source.rowAt(2_000)).toBeUndefined()
  })

  test('says why it cannot be read, and goes on when it can', async () => {
    let isDown = true
    const source = new RowWindow<Row>({
      keyOf: ({ key }) => String(key),
      fetchPage: async () => {
        if (isDown) throw new Error('the server is away')
        return { rows: [{ key: 1 }], next: null }
      },
      fetchMap: () => Promise.reject(new Error('away')),
    })
    source.show({ first: 0, last: 10 })
    await settled(() => source.error !== null)
    isDown = false
    source.refresh()
    await settled(() => source.rowAt(0) !== undefined)
    expect(source.error).toBeNull()
  })
})
