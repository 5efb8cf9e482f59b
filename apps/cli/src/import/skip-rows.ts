import type { RowBatches } from './source-row'

/** The rows without the first `count`. */
export async function* skipRows(batches: RowBatches, count: number): RowBatches & AsyncGenerator {
  let left = count
  for await (const rows of batches) {
    yield left > 0 ? rows.slice(left) : rows
    left -= rows.length
  }
}
