/** The rows without the first `count`. */
export async function* skipRows<T>(batches: AsyncIterable<readonly T[]>, count: number): AsyncGenerator<readonly T[]> {
  let left = count
  for await (const rows of batches) {
    yield left > 0 ? rows.slice(left) : rows
    left -= rows.length
  }
}
