import { AppError, type SqlCell, type SqlValue } from '@koyalite/contracts'

/** A line is sent when it has so many characters; a row that is longer is a line of its own. */
const LINE_CHARACTERS = 64 * 1024
/** The server holds each row while it passes it on. Characters of JSON. */
const MAX_ROW = 16 * 1024 * 1024

/** Lines of rows, and at the end how many there were, and whether there are more than the limit. Throws OUT_OF_RANGE at a row that is too large. */
export function* rowLines(
  rows: Iterable<readonly SqlValue[]>,
  limit: number,
): Generator<string, { readonly rows: number; readonly cut: boolean }> {
  let count = 0
  let pending: string[] = []
  let characters = 0
  for (const row of rows) {
    if (count === limit) {
      if (pending.length > 0) yield lineOf(pending)
      return { rows: count, cut: true }
    }
    count++
    const text = JSON.stringify(row.map(toCell))
    if (text.length > MAX_ROW) throw new AppError('OUT_OF_RANGE', TOO_LARGE)
    pending.push(text)
    characters += text.length
    if (characters < LINE_CHARACTERS) continue
    yield lineOf(pending)
    pending = []
    characters = 0
  }
  if (pending.length > 0) yield lineOf(pending)
  return { rows: count, cut: false }
}

const TOO_LARGE = `A row has more than ${MAX_ROW / 1024 / 1024} MB as JSON: read its values in parts, by substr().`

function lineOf(rows: readonly string[]): string {
  return `{"type":"rows","rows":[${rows.join(',')}]}\n`
}

/** Nothing is rounded: what JSON's numbers cannot hold in every program is text with a tag. */
function toCell(value: SqlValue): SqlCell {
  switch (typeof value) {
    case 'bigint':
      return isSafe(value) ? Number(value) : { $int: String(value) }
    case 'number':
      return Number.isFinite(value) ? value : { $real: String(value) }
    case 'object':
      return value === null
        ? null
        : { $blob: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
    case 'string':
      return value
  }
}

function isSafe(value: bigint): boolean {
  return value >= -9007199254740991n && value <= 9007199254740991n
}
