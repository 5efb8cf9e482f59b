import { CelError } from '../syntax/cel-error'
import type { Token } from '../syntax/cel-token'
import { parseCel } from '../syntax/parse-cel'
import type { CelScope } from './cel-scope'
import { DYN_TYPE } from './cel-type'
import { valueTypeOf } from './check-access'
import { resolvePart } from './check-cel'
import type { Resolved } from './check-context'
import { isMacroName } from './check-macro'

interface Span {
  readonly start: number
  readonly end: number
}

/** The variables that macros bind which are not closed yet: the `m` of `members.exists(m, m.`. */
export function boundVariables(
  source: string,
  tokens: readonly Token[],
  scope: CelScope,
): ReadonlyMap<string, Resolved> {
  const variables = new Map<string, Resolved>()
  for (const { receiver, names } of openMacros(tokens)) {
    const element = elementOf(resolveReceiver(source.slice(receiver.start, receiver.end), scope, variables))
    for (const name of names) variables.set(name, element)
  }
  return variables
}

/** The value before a dot, as a span of the source; null where there is none. */
export function receiverBefore(tokens: readonly Token[]): Span | null {
  let at = tokens.length - 1
  const end = tokens[at]?.end
  while (at >= 0) {
    const start = startOfPrimary(tokens, at)
    if (start === null || end === undefined) return null
    if (tokens[start - 1]?.text !== '.') return { start: tokens[start]?.start ?? 0, end }
    at = start - 2
  }
  return null
}

/** Where a name, or a call or index of one, begins: its last token is at `at`. */
function startOfPrimary(tokens: readonly Token[], at: number): number | null {
  const token = tokens[at]
  if (token === undefined) return null
  if (token.text !== ')' && token.text !== ']') return token.kind === 'symbol' || token.kind === 'keyword' ? null : at
  const open = openingOf(tokens, at)
  if (open === null) return null
  const before = tokens[open - 1]
  if (before?.kind === 'name' || before?.text === ')' || before?.text === ']') return startOfPrimary(tokens, open - 1)
  return open
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

function openingOf(tokens: readonly Token[], close: number): number | null {
  const open: string[] = []
  for (let at = close; at >= 0; at--) {
    const { text, kind } = tokens[at] as Token
    if (kind !== 'symbol') continue
    const opening = PAIRS[text]
    if (opening !== undefined) open.push(opening)
    else if (text === open.at(-1)) open.pop()
    if (open.length === 0) return at
  }
  return null
}

interface OpenMacro {
  readonly receiver: Span
  readonly names: readonly string[]
}

function openMacros(tokens: readonly Token[]): readonly OpenMacro[] {
  const open: number[] = []
  tokens.forEach(({ text, kind }, at) => {
    if (kind !== 'symbol') return
    if (text === '(' || text === '[' || text === '{') open.push(at)
    if (PAIRS[text] !== undefined) open.pop()
  })
  return open.flatMap((at) => {
    const name = tokens[at - 1]
    if (tokens[at]?.text !== '(' || name === undefined || !isMacroName(name.text) || tokens[at - 2]?.text !== '.')
      return []
    const receiver = receiverBefore(tokens.slice(0, at - 2))
    const [first, comma] = tokens.slice(at + 1)
    if (receiver === null || first?.kind !== 'name' || comma?.text !== ',') return []
    return [{ receiver, names: [first.text] }]
  })
}

function resolveReceiver(text: string, scope: CelScope, variables: ReadonlyMap<string, Resolved>): Resolved | null {
  try {
    return resolvePart(parseCel(text), scope, variables)
  } catch (error) {
    if (error instanceof CelError) return null
    throw error
  }
}

/** Its number means nothing: nothing is run. */
const VARIABLE = 0

function elementOf(container: Resolved | null): Resolved {
  if (container?.is === 'rows') {
    return { is: 'row', row: { kind: 'element', variable: VARIABLE, collection: container.rows.collection } }
  }
  const type = container?.is === 'value' ? valueTypeOf(container.expression.type) : DYN_TYPE
  return { is: 'value', expression: { kind: 'variable', variable: VARIABLE, type, range: { start: 0, end: 0 } } }
}
