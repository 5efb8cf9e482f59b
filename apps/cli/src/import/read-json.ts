import { parseRow, type RowBatches, RowError, type SourceRow } from './source-row'

/**
 * The objects of a JSON array, or objects one after another, as they arrive: the file is never in memory as a whole. Only the ends of the
 * objects are found here; JSON.parse reads them, so that what is accepted is JSON and nothing else.
 */
export async function* readJson(chunks: AsyncIterable<string>): RowBatches & AsyncGenerator {
  const state = newState()
  for await (const chunk of chunks) {
    const rows = scan(state, chunk)
    if (rows.length > 0) yield rows
  }
  if (state.depth > 0) throw new RowError(state.startLine, 'starts a document that is not closed')
  if (state.place === 'first' || state.place === 'element' || state.place === 'separator') {
    throw new RowError(state.line, 'is the end of the file, but the list is not closed: a ] is missing')
  }
}

/** What may come next outside of objects. `first`: an object or the end of the list; `element`: an object, after a comma. */
type Place = 'start' | 'first' | 'element' | 'separator' | 'sequence' | 'end'

interface State {
  place: Place
  line: number
  /** Nesting inside the present object; 0 between objects. */
  depth: number
  inString: boolean
  escaped: boolean
  startLine: number
  /** Of the present object, what earlier chunks had. */
  pieces: string[]
}

function newState(): State {
  return { place: 'start', line: 1, depth: 0, inString: false, escaped: false, startLine: 1, pieces: [] }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a

function scan(state: State, chunk: string): readonly SourceRow[] {
  const rows: SourceRow[] = []
  let start = 0
  for (let at = 0; at < chunk.length; at++) {
    const code = chunk.charCodeAt(at)
    if (code === NEWLINE) state.line++
    if (state.depth === 0) {
      if (!between(state, code)) continue
      start = at
    } else if (state.inString) {
      if (state.escaped) state.escaped = false
      else if (code === BACKSLASH) state.escaped = true
      else if (code === QUOTE) state.inString = false
    } else if (code === QUOTE) {
      state.inString = true
    } else if (code === 0x7b || code === 0x5b) {
      state.depth++
    } else if ((code === 0x7d || code === 0x5d) && --state.depth === 0) {
      rows.push(parseRow(state.startLine, state.pieces.join('') + chunk.slice(start, at + 1)))
      state.pieces = []
      state.place = state.place === 'sequence' ? 'sequence' : 'separator'
    }
  }
  if (state.depth > 0) state.pieces.push(chunk.slice(start))
  return rows
}

/** Takes one character between objects; true if it begins one. */
function between(state: State, code: number): boolean {
  if (code === 0x20 || code === 0x09 || code === NEWLINE || code === 0x0d) return false
  const character = String.fromCharCode(code)
  const { place } = state
  if (character === '{' && place !== 'separator' && place !== 'end') {
    if (place === 'start') state.place = 'sequence'
    state.depth = 1
    state.startLine = state.line
    return true
  }
  if (character === '[' && place === 'start') state.place = 'first'
  else if (character === ',' && place === 'separator') state.place = 'element'
  else if (character === ']' && (place === 'first' || place === 'separator')) state.place = 'end'
  else throw new RowError(state.line, `has ${JSON.stringify(character)} where ${EXPECTED[place]} is expected`)
  return false
}

const EXPECTED: Readonly<Record<Place, string>> = {
  start: 'a list of documents, [{…}, {…}],',
  first: 'a document, {…},',
  element: 'a document, {…},',
  separator: 'a comma or the end of the list',
  sequence: 'a document, {…},',
  end: 'the end of the file',
}
