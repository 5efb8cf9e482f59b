import { isSeq, LineCounter, parseDocument } from 'yaml'
import { type RowBatches, RowError, type SourceRow } from './source-row'
import { type Line, lineBatches } from './text-chunks'
import { valuesOf, yamlRows } from './yaml-rows'

/**
 * The items of a block sequence (`- title: …`), as they arrive: a line that begins with `-` in the first column always begins the next item,
 * so each can be parsed alone. From the first line that may have an anchor, and for any other YAML, the rest is parsed as a whole: later items may repeat what it
 * names.
 */
export async function* readYaml(chunks: AsyncIterable<string>): RowBatches & AsyncGenerator {
  let pending: Line[] = []
  let isAnchored = false
  let form: 'unknown' | 'items' | 'whole' = 'unknown'
  for await (const lines of lineBatches(chunks)) {
    const rows: SourceRow[] = []
    for (const line of lines) {
      if (form === 'unknown' && isContent(line.text)) form = isItem(line.text) ? 'items' : 'whole'
      if (form === 'items' && isItem(line.text) && !isAnchored) {
        rows.push(...parseItems(pending))
        pending = []
      }
      isAnchored ||= ANCHOR.test(line.text)
      if (form !== 'unknown' && !isDocumentMark(line.text)) pending.push(line)
    }
    if (rows.length > 0) yield rows
  }
  yield parseItems(pending)
}

/** What may be an anchor: it may as well stand in a text. */
const ANCHOR = /(?:^|[\s,:[{-])&[^\s,[\]{}]/

function parseItems(lines: readonly Line[]): readonly SourceRow[] {
  const first = lines[0]
  if (first === undefined) return []
  const counter = new LineCounter()
  const document = parseDocument(lines.map((line) => line.text).join('\n'), {
    prettyErrors: false,
    merge: true,
    lineCounter: counter,
  })
  const lineOf = (offset: number): number => first.number + Math.max(counter.linePos(offset).line, 1) - 1
  const [mistake] = document.errors
  if (mistake) throw new RowError(lineOf(mistake.pos[0]), `is not valid YAML: ${mistake.message}`, { cause: mistake })
  const { contents } = document
  if (contents === null && !isItem(first.text)) return []
  if (!isSeq(contents)) throw new RowError(first.number, 'does not start a list of documents (- field: value)')
  return yamlRows(contents, valuesOf(document, lineOf) as readonly unknown[], lineOf)
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
