import { parseRow, type RowBatches } from './source-row'
import { lineBatches } from './text-chunks'

/** One JSON object per line; empty lines are passed over. */
export async function* readNdjson(chunks: AsyncIterable<string>): RowBatches & AsyncGenerator {
  for await (const lines of lineBatches(chunks)) {
    yield lines.filter(({ text }) => text.trim() !== '').map(({ number, text }) => parseRow(number, text))
  }
}
