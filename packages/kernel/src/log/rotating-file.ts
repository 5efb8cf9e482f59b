import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, statSync, write, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LineTarget } from './buffered-lines'

export interface RotatingFileOptions {
  readonly dir: string
  /** Milliseconds after its last line at which a file is deleted. */
  readonly keep: number
  /** All files together; the oldest go first. */
  readonly maxBytes: number
  readonly now?: () => number
}

const NAME = /^koyalite-(\d{4}-\d\d-\d\d)\.(\d+)\.ndjson$/
const PIECES = 8
const LARGEST_PIECE = 64 * 1024 * 1024
const writeAsync = promisify(write)

/**
 * Log files of a folder: `koyalite-2026-03-01.1.ndjson`, a new one each day (UTC) and when one has its share of the space.
 * Old ones are deleted by age and by size, whenever a new one begins. Files are never renamed, so a program that follows one keeps it.
 */
export class RotatingFile implements LineTarget {
  readonly #options: RotatingFileOptions
  readonly #pieceBytes: number
  readonly #now: () => number
  #file: { readonly fd: number; readonly day: string; size: number } | null = null

  constructor(options: RotatingFileOptions) {
    this.#options = options
    this.#pieceBytes = Math.max(1, Math.min(LARGEST_PIECE, Math.floor(options.maxBytes / PIECES)))
    this.#now = options.now ?? Date.now
    mkdirSync(options.dir, { recursive: true, mode: 0o700 })
    this.#current()
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const file = this.#current()
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesWritten } = await writeAsync(file.fd, bytes, at, bytes.byteLength - at, null)
      at += bytesWritten
    }
    file.size += bytes.byteLength
  }

  writeSync(text: string): void {
    const file = this.#current()
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file.fd, bytes, at)
    file.size += bytes.byteLength
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd)
    this.#file = null
  }

  #current(): { readonly fd: number; size: number } {
    const day = new Date(this.#now()).toISOString().slice(0, 10)
    if (this.#file !== null && this.#file.day === day && this.#file.size < this.#pieceBytes) return this.#file
    const last = this.#files().findLast((file) => file.day === day)
    const isNew = last === undefined || last.size >= this.#pieceBytes
    const piece = last === undefined ? 1 : isNew ? last.piece + 1 : last.piece
    this.close()
    const fd = openSync(join(this.#options.dir, `koyalite-${day}.${piece}.ndjson`), 'a', 0o600)
    this.#file = { fd, day, size: fstatSync(fd).size }
    this.#deleteOld(`koyalite-${day}.${piece}.ndjson`)
    return this.#file
  }

  #deleteOld(current: string): void {
    const { keep, maxBytes, dir } = this.#options
    // The file that is just beginning may grow to a piece.
    let total = this.#pieceBytes
    for (const file of this.#files().toReversed()) {
      if (file.name === current) continue
      total += file.size
      if (total > maxBytes || this.#now() - file.modified > keep) rmSync(join(dir, file.name), { force: true })
    }
  }

  /** Oldest first. */
  #files() {
    return readdirSync(this.#options.dir)
      .flatMap((name) => {
        const [, day, piece] = NAME.exec(name) ?? []
        if (day === undefined || piece === undefined) return []
        const stats = statSync(join(this.#options.dir, name), { throwIfNoEntry: false })
        return stats === undefined
          ? []
          : [{ name, day, piece: Number(piece), size: stats.size, modified: stats.mtimeMs }]
      })
      .toSorted((a, b) => a.day.localeCompare(b.day) || a.piece - b.piece)
  }
}
