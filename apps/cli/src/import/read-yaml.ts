import { parse, YAMLParseError } from 'yaml'
import { type RowBatches, RowError, requireObject, type SourceRow } from './source-row'
import { type Line, lineBatches } from './text-chunks'

/**
 * The items of a block sequence (`- title: …`), as they arrive: a line that begins with `-` in the first column always begins the next item,
 * so each can be parsed alone. Anchors therefore hold within their item only. Any other YAML is parsed as a whole, and has to be a sequence.
 */
export async function* readYaml(chunks: AsyncIterable<string>): RowBatches & AsyncGenerator {
  let pending: Line[] = []
  let form: 'unknown' | 'items' | 'whole' = 'unknown'
  for await (const lines of lineBatches(chunks)) {
    const rows: SourceRow[] = []
    for (const line of lines) {
      if (form === 'unknown' && isContent(line.text)) form = isItem(line.text) ? 'items' : 'whole'
      if (form === 'items' && isItem(line.text)) {
        rows.push(...parseItems(pending))
        pending = []
      }
      if (form !== 'unknown' && !isDocumentMark(line.text)) pending.push(line)
    }
    if (rows.length > 0) yield rows
  }
  yield parseItems(pending)
}

function parseItems(lines: readonly Line[]): readonly SourceRow[] {
  const first = lines[0]
  if (first === undefined) return []
  const text = lines.map((line) => line.text).join('\n')
  const items: unknown = parseText(first.number, text)
  if (items === null && !isItem(first.text)) return []
  if (!Array.isArray(items)) throw new RowError(first.number, 'does not begin a list of documents (- field: value)')
  return items.map((item) => ({ line: first.number, document: requireObject(first.number, item) }))
}

function parseText(line: number, text: string): unknown {
  try {
    return parse(text, { prettyErrors: false })
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const before = text.slice(0, error.pos[0]).split('\n').length - 1
    throw new RowError(line + before, `is not valid YAML: ${error.message}`, { cause: error })
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ') || text.startsWith('-\t')
}

function isDocumentMark(text: string): boolean {
  return text === '---' || text === '...'
}

function isContent(text: string): boolean {
  return text.trim() !== '' && !text.startsWith('#') && !text.startsWith('%') && !isDocumentMark(text)
}
