import type { GridSource, ReadOptions, RowRange } from './grid-source'
import { PageStarts, type PositionMap } from './page-starts'

export interface PageRequest {
  /** Null: from the beginning. */
  readonly cursor: string | null
  /** Rows to skip from there; only where there is no cursor. */
  readonly offset: number
  readonly limit: number
  /** `preview`: long values may be shortened. `whole`: all of them. `keys`: as little as possible, on the way to a cursor. */
  readonly detail: 'preview' | 'whole' | 'keys'
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** The cursor of the page behind it; null: there is none. */
  readonly next: string | null
}

export interface RowWindowOptions<Row> {
  fetchPage(request: PageRequest, signal: AbortSignal): Promise<Page<Row>>
  fetchMap(signal: AbortSignal): Promise<PositionMap>
  keyOf(row: Row): string
  isWhole?(row: Row, columns: readonly string[]): boolean
  /** How long a page far from what is loaded has to be asked for before it is read: a thumb passes thousands. @default 60 ms */
  readonly patience?: number
}

export const PAGE_SIZE = 200
const MAX_PAGES = 20
const MAX_LIMIT = 500
/** Rows to a page that are walked over by keys; further, the server skips them itself. */
const MAX_WALK = 5_000

/**
 * Rows of a list that is read by cursor, of which a window is in memory: at most 20 pages of 200. A page behind one that is loaded begins where
 * that ends, so that scrolling on shows each row once whatever others insert or delete; a page far away begins at a cursor of the
 * position map. See ADR 219.
 */
export class RowWindow<Row> implements GridSource<Row> {
  readonly keyOf: (row: Row) => string
  readonly isWhole: (row: Row, columns: readonly string[]) => boolean
  readonly #options: RowWindowOptions<Row>
  /** In the order of their use, the latest last. */
  #pages = new Map<number, readonly Row[]>()
  #stale = new Set<number>()
  readonly #starts = new PageStarts()
  readonly #loading = new Map<number, AbortController>()
  readonly #listeners = new Set<() => void>()
  #shown: RowRange = { first: 0, last: 0 }
  #count = 0
  #isExact = false
  #version = 0
  #error: unknown = null
  #mapping: Promise<void> | null = null
  #ended = new AbortController()

  constructor(options: RowWindowOptions<Row>) {
    this.#options = options
    this.keyOf = options.keyOf
    this.isWhole = options.isWhole ?? (() => true)
  }

  readonly version = (): number => this.#version
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get count(): number {
    return this.#count
  }
  get isExact(): boolean {
    return this.#isExact
  }
  /** Why the rows cannot be read, until reading succeeds again. */
  get error(): unknown {
    return this.#error
  }
  /** Whether anything is known yet. */
  get isEmpty(): boolean {
    return this.#pages.size === 0
  }

  /** How many rows there are, as soon as that is known. Rejects where they cannot be counted. */
  async counted(): Promise<number> {
    if (!this.#isExact) await this.#mapped()
    if (!this.#isExact) throw new Error('The documents could not be counted.')
    return this.#count
  }

  rowAt(position: number): Row | undefined {
    return this.#pages.get(Math.floor(position / PAGE_SIZE))?.[position % PAGE_SIZE]
  }

  /** Where a row that is in memory stands. */
  positionOf(key: string): number | null {
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => this.keyOf(row) === key)
      if (at >= 0) return page * PAGE_SIZE + at
    }
    return null
  }

  loadedAround(position: number): RowRange {
    let first = Math.floor(position / PAGE_SIZE)
    let last = first
    while (this.#pages.has(first - 1)) first--
    while (this.#pages.has(last + 1)) last++
    return { first: first * PAGE_SIZE, last: Math.min((last + 1) * PAGE_SIZE, this.#count) - 1 }
  }

  show(range: RowRange): void {
    this.#shown = range
    const wanted = this.#wanted()
    for (const [page, loading] of this.#loading) if (!wanted.includes(page)) loading.abort()
    for (const page of wanted) {
      const rows = this.#pages.get(page)
      if (rows === undefined || this.#stale.has(page)) this.#load(page)
      if (rows === undefined) continue
      this.#pages.delete(page)
      this.#pages.set(page, rows)
    }
  }

  /** Reads again what is shown; it stays there until the new rows have come. What is not shown is dropped. */
  refresh(): void {
    const wanted = new Set(this.#wanted())
    for (const page of this.#pages.keys()) if (!wanted.has(page)) this.#pages.delete(page)
    for (const loading of this.#loading.values()) loading.abort()
    this.#loading.clear()
    this.#stale = new Set(this.#pages.keys())
    this.#starts.clear()
    this.#mapping = null
    this.show(this.#shown)
  }

  /** Shows other values of a row, without reading it again. */
  patch(key: string, change: (row: Row) => Row): void {
    for (const [page, rows] of this.#pages) {
      if (!rows.some((row) => this.keyOf(row) === key)) continue
      this.#pages.set(
        page,
        rows.map((row) => (this.keyOf(row) === key ? change(row) : row)),
      )
      this.#changed()
      return
    }
  }

  async read({ first, last }: RowRange, { signal, onProgress }: ReadOptions = {}): Promise<readonly Row[]> {
    const rows: Row[] = []
    const ended = signal ?? new AbortController().signal
    let cursor = await this.#cursorAt(first, ended)
    while (rows.length <= last - first) {
      const limit = Math.min(MAX_LIMIT, last - first + 1 - rows.length)
      const page = await this.#options.fetchPage({ ...cursor, limit, detail: 'whole' }, ended)
      rows.push(...page.rows)
      onProgress?.(rows.length)
      if (page.next === null) break
      cursor = { cursor: page.next, offset: 0 }
    }
    return rows
  }

  /** Reads nothing any more. */
  close(): void {
    this.#ended.abort()
    for (const loading of this.#loading.values()) loading.abort()
  }
  /** Whether it has been closed. */
  get isClosed(): boolean {
    return this.#ended.signal.aborted
  }

  #wanted(): readonly number[] {
    const first = Math.floor(this.#shown.first / PAGE_SIZE)
    const last = Math.floor(this.#shown.last / PAGE_SIZE)
    const pages = Array.from({ length: last - first + 1 }, (_, at) => first + at)
    // The next one before it is needed, once the end of this one is near.
    const isNearEnd = this.#shown.last % PAGE_SIZE > PAGE_SIZE / 2
    const isNearStart = this.#shown.first % PAGE_SIZE < PAGE_SIZE / 2
    if (isNearEnd && this.#pages.has(last) && (last + 1) * PAGE_SIZE < this.#count) pages.push(last + 1)
    if (isNearStart && this.#pages.has(first) && first > 0) pages.push(first - 1)
    return pages
  }

  #load(page: number): void {
    if (this.#loading.has(page) || this.isClosed) return
    const ended = new AbortController()
    this.#loading.set(page, ended)
    void this.#read(page, ended.signal)
      .then((read) => this.#take(page, read))
      .catch((error: unknown) => {
        if (!ended.signal.aborted) this.#error = error
      })
      .finally(() => {
        if (this.#loading.get(page) !== ended) return
        this.#loading.delete(page)
        this.#changed()
        if (this.#error === null && !ended.signal.aborted) this.show(this.#shown)
      })
  }

  async #read(page: number, signal: AbortSignal): Promise<Page<Row>> {
    if (this.#starts.get(page) === undefined) await pause(this.#options.patience ?? 60, signal)
    const cursor = await this.#cursorAt(page * PAGE_SIZE, signal)
    const read = await this.#options.fetchPage({ ...cursor, limit: PAGE_SIZE, detail: 'preview' }, signal)
    signal.throwIfAborted()
    return read
  }

  /** How a page from a position on is asked for. */
  async #cursorAt(position: number, signal: AbortSignal): Promise<Pick<PageRequest, 'cursor' | 'offset'>> {
    const near = this.#starts.before(position, PAGE_SIZE)
    if (position - near.position > PAGE_SIZE) await this.#mapped()
    signal.throwIfAborted()
    let { cursor, position: at } = this.#starts.before(position, PAGE_SIZE)
    if (position - at > MAX_WALK) return { cursor: null, offset: position }
    while (at < position) {
      const limit = Math.min(MAX_LIMIT, position - at)
      const { rows, next } = await this.#options.fetchPage({ cursor, offset: 0, limit, detail: 'keys' }, signal)
      // The list has become shorter: what is there comes last.
      if (next === null) break
      cursor = next
      at += rows.length
    }
    return { cursor, offset: 0 }
  }

  #take(page: number, { rows, next }: Page<Row>): void {
    this.#error = null
    this.#pages.delete(page)
    this.#stale.delete(page)
    this.#pages.set(page, rows)
    const end = page * PAGE_SIZE + rows.length
    if (next !== null) {
      this.#starts.set(page + 1, next)
      this.#count = Math.max(this.#count, end + 1)
      void this.#mapped()
    } else if (rows.length > 0 || page === 0) {
      this.#count = end
      this.#isExact = true
    } else this.#count = Math.min(this.#count, end)
    this.#drop()
  }

  /** Once. Without it there is a list too, whose end is not known. */
  #mapped(): Promise<void> {
    this.#mapping ??= this.#options.fetchMap(this.#ended.signal).then(
      (map) => {
        this.#starts.map(map)
        this.#count = map.total
        this.#isExact = true
        this.#changed()
      },
      () => {},
    )
    return this.#mapping
  }

  /** The pages that were not shown for the longest time. */
  #drop(): void {
    const wanted = this.#wanted()
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) return
      if (!wanted.includes(page)) this.#pages.delete(page)
    }
  }

  #changed(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
