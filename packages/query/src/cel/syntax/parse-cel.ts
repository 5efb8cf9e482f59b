import type { Definition } from '@koyalite/schema'
import type { CelUint } from '../memory/cel-value'
import { CelError } from './cel-error'
import { SyntaxParser } from './syntax-parser'

/** Where a node stands in the source, as offsets. Parentheses around it are not included. */
export interface Range {
  readonly start: number
  readonly end: number
  /** The definition in whose body it stands; absent: in the expression itself. */
  readonly definition?: Definition
}

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

type Node<K extends string, Parts> = Range & { readonly kind: K } & Readonly<Parts>

/** The syntax tree of an expression; macros are ordinary calls in it, chains of && and || one node. */
export type Syntax =
  | Node<'literal', { value: null | boolean | bigint | number | string | Uint8Array | CelUint }>
  /** `$1`: a value that comes with the expression. */
  | Node<'parameter', { number: number }>
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

/** The range alone, of whatever has one. */
export function rangeOf({ start, end, definition }: Range): Range {
  return definition === undefined ? { start, end } : { start, end, definition }
}

/** What is written at a range: in `source`, or in the definition in which the range is. */
export function textAt({ start, end, definition }: Range, source: string): string {
  return (definition?.body.source ?? source).slice(start, end)
}

/** Longest accepted source, in UTF-16 units. */
const MAX_SOURCE_LENGTH = 8192

/**
 * Parses CEL text.
 * @param definition the one that it is the body of: the ranges of the nodes name it
 * @throws CelError for text that is not CEL, or too long, too deep, too big.
 */
export function parseCel(source: string, definition?: Definition): ParsedCel {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new CelError(`an expression may have at most ${MAX_SOURCE_LENGTH} characters`, { start: 0, end: 0 })
  }
  return { source, root: new SyntaxParser(source, definition).parse() }
}
