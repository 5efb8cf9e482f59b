import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { CelError } from './cel-error'
import { CelUint } from './cel-value'
import { type TranslatedSource, translateSource } from './translate-source'

/** Where a node stands in the source, as offsets. Parentheses around it are not included. */
export interface Range {
  readonly start: number
  readonly end: number
}

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

type Node<K extends string, Parts> = Range & { readonly kind: K } & Readonly<Parts>

/** The syntax tree of an expression; macros are ordinary calls in it, chains of && and || one node. */
export type Syntax =
  | Node<'literal', { value: null | boolean | bigint | number | string | Uint8Array | CelUint }>
  | Node<'name', { name: string }>
  | Node<'select', { base: Syntax; name: string; nameStart: number }>
  | Node<'index', { base: Syntax; index: Syntax }>
  | Node<'call', { name: string; target: Syntax | null; args: readonly Syntax[] }>
  | Node<'list', { items: readonly Syntax[] }>
  | Node<'map', { entries: readonly (readonly [Syntax, Syntax])[] }>
  | Node<'not', { operand: Syntax }>
  | Node<'negate', { operand: Syntax }>
  | Node<'binary', { operator: BinaryOperator; left: Syntax; right: Syntax }>
  | Node<'logic', { operator: '&&' | '||'; operands: readonly Syntax[] }>
  | Node<'conditional', { condition: Syntax; whenTrue: Syntax; whenFalse: Syntax }>

export interface ParsedCel {
  readonly source: string
  readonly root: Syntax
}

/** Longest accepted source, in UTF-16 units. */
export const MAX_SOURCE_LENGTH = 8192
/** Most nodes of an expression. */
export const MAX_NODES = 1500
/** Deepest nesting; every level costs a few of SQLite's 1000. */
export const MAX_DEPTH = 48

const MIN_INT = -(2n ** 63n)
const MAX_INT = 2n ** 63n - 1n

const environment = new Environment({
  limits: {
    maxAstNodes: MAX_NODES,
    maxDepth: 200,
    maxListElements: 1000,
    maxMapEntries: 200,
    maxCallArguments: 16,
  },
})

/**
 * Parses CEL text.
 * @throws CelError for text that is not CEL, or too long, too deep, too big.
 */
export function parseCel(source: string): ParsedCel {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new CelError(`an expression may have at most ${MAX_SOURCE_LENGTH} characters`, { start: 0, end: 0 })
  }
  const translated = translateSource(source)
  return { source, root: toSyntax(parseWithLibrary(translated), translated, 1) }
}

function parseWithLibrary({ text, originOf }: TranslatedSource): ASTNode {
  try {
    return environment.parse(text).ast
  } catch (error) {
    if (error instanceof ParseError) {
      const { start, end } = error.range ?? { start: 0, end: 0 }
      throw new CelError(plainMessage(error), { start: originOf(start), end: originOf(end) })
    }
    if (error instanceof RangeError) throw new CelError('the expression is nested too deeply', { start: 0, end: 0 })
    throw error
  }
}

const LIMIT_MESSAGES: Readonly<Record<string, string>> = {
  maxAstNodes: `an expression may have at most ${MAX_NODES} parts`,
  maxDepth: 'the expression is nested too deeply',
  maxListElements: 'a list may have at most 1000 elements',
  maxMapEntries: 'a map may have at most 200 entries',
  maxCallArguments: 'a call may have at most 16 arguments',
}

/** The library's names of tokens, as they are written. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  IDENTIFIER: 'a name',
  LPAREN: "'('",
  RPAREN: "')'",
  LBRACKET: "'['",
  RBRACKET: "']'",
  LBRACE: "'{'",
  RBRACE: "'}'",
  COMMA: "','",
  COLON: "':'",
  DOT: "'.'",
  QUESTION: "'?'",
  NUMBER: 'a number',
  STRING: 'a text',
}

function plainMessage({ code, summary }: ParseError): string {
  if (code === 'invalid_macro_argument') return 'a macro takes a variable and an expression, like exists(x, x == 1)'
  if (code === 'limit_exceeded') return LIMIT_MESSAGES[/max\w+/.exec(summary)?.[0] ?? ''] ?? summary
  const text = summary.replace(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? `'${token.toLowerCase()}'`)
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function toSyntax(node: ASTNode, source: TranslatedSource, depth: number): Syntax {
  const { originOf, nameOf } = source
  const range = { start: originOf(node.start), end: originOf(node.end) }
  if (depth > MAX_DEPTH) throw new CelError(`an expression may be nested at most ${MAX_DEPTH} levels deep`, range)
  const child = (inner: ASTNode): Syntax => toSyntax(inner, source, depth + 1)
  switch (node.op) {
    case 'value':
      return literal(node.args, range)
    case 'id':
      return { kind: 'name', name: nameOf(node.args), ...range }
    case '.':
      return {
        kind: 'select',
        base: child(node.args[0]),
        name: nameOf(node.args[1]),
        nameStart: originOf(node.pos),
        ...range,
      }
    case '[]':
      return { kind: 'index', base: child(node.args[0]), index: child(node.args[1]), ...range }
    case 'call':
      return { kind: 'call', name: node.args[0], target: null, args: node.args[1].map(child), ...range }
    case 'rcall':
      return { kind: 'call', name: node.args[0], target: child(node.args[1]), args: node.args[2].map(child), ...range }
    case 'list':
      return { kind: 'list', items: node.args.map(child), ...range }
    case 'map':
      return { kind: 'map', entries: node.args.map(([key, value]) => [child(key), child(value)] as const), ...range }
    case '!_':
      return { kind: 'not', operand: child(node.args), ...range }
    case '-_':
      return negation(node.args, range, child)
    case '&&':
    case '||':
      return { kind: 'logic', operator: node.op, operands: chain(node, node.op).map(child), ...range }
    case '?:': {
      const [condition, whenTrue, whenFalse] = node.args
      return {
        kind: 'conditional',
        condition: child(condition),
        whenTrue: child(whenTrue),
        whenFalse: child(whenFalse),
        ...range,
      }
    }
    case '.?':
    case '[?]':
      throw new CelError('optional values are not supported', range)
    default:
      return { kind: 'binary', operator: node.op, left: child(node.args[0]), right: child(node.args[1]), ...range }
  }
}

/** The operands of `a && b && c`, which the parser nests to the left. Without recursion: a chain may be long. */
function chain(node: ASTNode, operator: '&&' | '||'): ASTNode[] {
  const operands: ASTNode[] = []
  let rest: ASTNode = node
  while (rest.op === operator) {
    operands.push(rest.args[1])
    rest = rest.args[0]
  }
  operands.push(rest)
  return operands.reverse()
}

/** The most negative int can only be written as one literal: its positive half is no int. */
function negation(operand: ASTNode, range: Range, child: (node: ASTNode) => Syntax): Syntax {
  if (operand.op === 'value' && (typeof operand.args === 'bigint' || typeof operand.args === 'number')) {
    return literal(-operand.args, range)
  }
  return { kind: 'negate', operand: child(operand), ...range }
}

function literal(value: unknown, range: Range): Syntax {
  if (typeof value === 'bigint' && (value < MIN_INT || value > MAX_INT)) {
    throw new CelError(`${value} does not fit into 64 bits`, range)
  }
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    typeof value === 'number' ||
    typeof value === 'string' ||
    value instanceof Uint8Array
  ) {
    return { kind: 'literal', value, ...range }
  }
  // What is left is the library's own class for unsigned integers, which it does not export.
  return { kind: 'literal', value: new CelUint(BigInt(String(value))), ...range }
}
