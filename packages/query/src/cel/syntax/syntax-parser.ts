import type { Definition } from '@koyalite/schema'
import { CelError } from './cel-error'
import { bytesLiteral, numberLiteral, stringLiteral } from './cel-literal'
import { RESERVED, type Token, tokenize } from './cel-token'
import type { BinaryOperator, Range, Syntax } from './parse-cel'

/** Most nodes of an expression. */
export const MAX_NODES = 1500
/** Deepest nesting; every level costs a few of SQLite's 1000. */
export const MAX_DEPTH = 48
/** Deepest nesting of parentheses, lists and calls. What they hold is limited by MAX_DEPTH. */
const MAX_NESTING = 200
const MAX_LIST_ITEMS = 1000
const MAX_MAP_ENTRIES = 200
const MAX_ARGUMENTS = 16

/** Binary operators from the loosest to the tightest. All of a level are read from the left to the right. */
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['==', '!=', '<', '<=', '>', '>=', 'in']),
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
]

/**
 * Reads the grammar of CEL (cel-spec, langdef), by recursive descent: one method per rule. Messages and optional values are left out.
 * @throws CelError
 */
export class SyntaxParser {
  readonly #tokens: readonly Token[]
  readonly #definition: Definition | undefined
  #at = 0
  #nodes = 0
  #nesting = 0
  /** The parentheses around an expression: its own range is without them, those of what it is a part of have them. */
  readonly #parentheses = new Map<Syntax, Range>()
  readonly #depths = new Map<Syntax, number>()

  constructor(source: string, definition?: Definition) {
    this.#tokens = tokenize(source)
    this.#definition = definition
  }

  parse(): Syntax {
    const root = this.#expression()
    const rest = this.#next()
    if (rest.kind !== 'end') throw unexpected(rest)
    return root
  }

  /** Expr = ConditionalOr ["?" ConditionalOr ":" Expr] */
  #expression(): Syntax {
    if (++this.#nesting > MAX_NESTING) throw new CelError('the expression is nested too deeply', this.#next())
    const condition = this.#chain('||')
    let result = condition
    if (this.#take('?')) {
      const whenTrue = this.#chain('||')
      this.#expect(':')
      const whenFalse = this.#expression()
      const range = this.#across(condition, whenFalse)
      result = this.#node({ kind: 'conditional', condition, whenTrue, whenFalse, ...range }, [
        condition,
        whenTrue,
        whenFalse,
      ])
    }
    this.#nesting--
    return result
  }

  /** ConditionalOr, ConditionalAnd: one node for all that stand in a row. */
  #chain(operator: '||' | '&&'): Syntax {
    const operand = (): Syntax => (operator === '||' ? this.#chain('&&') : this.#binary(0))
    const first = operand()
    const operands = [first]
    while (this.#take(operator)) operands.push(operand())
    const last = operands.at(-1) ?? first
    if (operands.length === 1) return first
    return this.#node({ kind: 'logic', operator, operands, ...this.#across(first, last) }, operands)
  }

  /** Relation, Addition, Multiplication */
  #binary(level: number): Syntax {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const { kind, text } = this.#next()
      if ((kind !== 'symbol' && kind !== 'keyword') || !operators.has(text)) return left
      this.#at++
      const right = this.#binary(level + 1)
      // The level holds only these.
      const operator = text as BinaryOperator
      left = this.#node({ kind: 'binary', operator, left, right, ...this.#across(left, right) }, [left, right])
    }
  }

  /** Unary = Member | "!" {"!"} Member | "-" {"-"} Member. One minus before a number is a part of it. */
  #unary(): Syntax {
    const [sign, second] = [this.#next(), this.#tokens[this.#at + 1]]
    if (sign.kind !== 'symbol' || (sign.text !== '!' && sign.text !== '-')) return this.#member()
    if (sign.text === '-' && (second?.kind === 'int' || second?.kind === 'double')) return this.#member()
    const starts: number[] = []
    while (this.#next().kind === 'symbol' && this.#next().text === sign.text) {
      starts.push(this.#next().start)
      this.#at++
    }
    let operand = this.#member()
    if (this.#nodes + starts.length > MAX_NODES) throw tooManyParts(sign)
    for (const start of starts.reverse()) {
      const kind = sign.text === '!' ? 'not' : 'negate'
      operand = this.#node({ kind, operand, start, end: this.#endOf(operand) }, [operand])
    }
    return operand
  }

  /** Member = Primary {"." SELECTOR ["(" [ExprList] ")"] | "[" Expr "]"} */
  #member(): Syntax {
    let base = this.#primary()
    for (;;) {
      const start = this.#startOf(base)
      if (this.#take('.')) {
        const name = this.#next()
        if (name.kind !== 'name' && name.kind !== 'escaped name') throw expected('a name', name)
        this.#at++
        if (name.kind === 'name' && this.#take('(')) {
          const args = this.#arguments()
          base = this.#node({ kind: 'call', name: name.text, target: base, args, start, end: this.#end() }, [
            base,
            ...args,
          ])
        } else {
          const text = name.kind === 'name' ? name.text : name.text.slice(1, -1)
          base = this.#node({ kind: 'select', base, name: text, nameStart: name.start, start, end: name.end }, [base])
        }
      } else if (this.#take('[')) {
        const index = this.#expression()
        this.#expect(']')
        base = this.#node({ kind: 'index', base, index, start, end: this.#end() }, [base, index])
      } else return base
    }
  }

  #primary(): Syntax {
    const token = this.#next()
    this.#at++
    const { start, end, text } = token
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'double':
        return this.#node({ kind: 'literal', value: numberLiteral(token, '', token), start, end }, [])
      case 'string':
        return this.#node({ kind: 'literal', value: stringLiteral(token), start, end }, [])
      case 'bytes':
        return this.#node({ kind: 'literal', value: bytesLiteral(token), start, end }, [])
      case 'parameter':
        return this.#node({ kind: 'parameter', number: Number(text.slice(1)), start, end }, [])
      case 'keyword':
        if (text === 'in') throw unexpected(token)
        return this.#node({ kind: 'literal', value: text === 'null' ? null : text === 'true', start, end }, [])
      case 'name': {
        if (RESERVED.has(text)) throw new CelError(`reserved identifier: ${text}`, token)
        if (!this.#take('(')) return this.#node({ kind: 'name', name: text, start, end }, [])
        const args = this.#arguments()
        return this.#node({ kind: 'call', name: text, target: null, args, start, end: this.#end() }, args)
      }
      case 'symbol':
        return this.#symbol(token)
      case 'escaped name':
      case 'end':
        throw unexpected(token)
    }
  }

  #symbol(token: Token): Syntax {
    const { start } = token
    switch (token.text) {
      case '(': {
        const inner = this.#expression()
        this.#expect(')')
        this.#parentheses.set(inner, { start, end: this.#end() })
        return inner
      }
      case '[': {
        const items = this.#items(']', MAX_LIST_ITEMS, `a list may have at most ${MAX_LIST_ITEMS} elements`, () =>
          this.#expression(),
        )
        return this.#node({ kind: 'list', items, start, end: this.#end() }, items)
      }
      case '{': {
        const entries = this.#items('}', MAX_MAP_ENTRIES, `a map may have at most ${MAX_MAP_ENTRIES} entries`, () => {
          const key = this.#expression()
          this.#expect(':')
          return [key, this.#expression()] as const
        })
        return this.#node({ kind: 'map', entries, start, end: this.#end() }, entries.flat())
      }
      case '-': {
        const number = this.#next()
        if (number.kind !== 'int' && number.kind !== 'double') throw unexpected(token)
        this.#at++
        const range = { start, end: number.end }
        return this.#node({ kind: 'literal', value: numberLiteral(number, '-', range), ...range }, [])
      }
      default:
        throw unexpected(token)
    }
  }

  /** [ExprList] ")" */
  #arguments(): readonly Syntax[] {
    const args: Syntax[] = []
    if (this.#take(')')) return args
    do {
      args.push(this.#expression())
      if (args.length > MAX_ARGUMENTS)
        throw new CelError(`a call may have at most ${MAX_ARGUMENTS} arguments`, this.#next())
    } while (this.#take(','))
    this.#expect(')')
    return args
  }

  /** Parts of a list or map with commas between them, and one behind them where somebody likes that. */
  #items<T>(close: string, limit: number, tooMany: string, read: () => T): readonly T[] {
    const items: T[] = []
    if (this.#take(',') || this.#next().text === close) {
      this.#expect(close)
      return items
    }
    do {
      if (items.length > 0 && this.#next().kind === 'symbol' && this.#next().text === close) break
      items.push(read())
      if (items.length > limit) throw new CelError(tooMany, this.#next())
    } while (this.#take(','))
    this.#expect(close)
    return items
  }

  #node<S extends Syntax>(parsed: S, children: readonly Syntax[]): S {
    const node = this.#definition === undefined ? parsed : { ...parsed, definition: this.#definition }
    if (++this.#nodes > MAX_NODES) throw tooManyParts(node)
    const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, this.#depths.get(child) ?? 0), 0)
    if (depth > MAX_DEPTH) throw new CelError(`an expression may be nested at most ${MAX_DEPTH} levels deep`, node)
    this.#depths.set(node, depth)
    return node
  }

  #across(first: Syntax, last: Syntax): Range {
    return { start: this.#startOf(first), end: this.#endOf(last) }
  }

  #startOf(syntax: Syntax): number {
    return (this.#parentheses.get(syntax) ?? syntax).start
  }

  #endOf(syntax: Syntax): number {
    return (this.#parentheses.get(syntax) ?? syntax).end
  }

  #next(): Token {
    // The last token is the end, which nothing takes.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token
  }

  /** Where the token before ends. */
  #end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  #take(symbol: string): boolean {
    const { kind, text } = this.#next()
    if (kind !== 'symbol' || text !== symbol) return false
    this.#at++
    return true
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw expected(`'${symbol}'`, this.#next())
  }
}

function tooManyParts(range: Range): CelError {
  return new CelError(`an expression may have at most ${MAX_NODES} parts`, range)
}

function expected(what: string, token: Token): CelError {
  return new CelError(`expected ${what}, got ${describe(token)}`, token)
}

function unexpected(token: Token): CelError {
  const operator = token.kind === 'name' ? OPERATOR_WORDS.get(token.text.toLowerCase()) : undefined
  const advice = operator === undefined ? '' : ` (did you mean '${operator}'?)`
  return new CelError(`unexpected token: ${describe(token)}${advice}`, token)
}

/** Operators of other languages. */
const OPERATOR_WORDS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['is', '=='],
])

function describe({ kind, text }: Token): string {
  switch (kind) {
    case 'end':
      return 'the end'
    case 'int':
    case 'uint':
    case 'double':
      return 'a number'
    case 'string':
    case 'bytes':
      return 'a string'
    default:
      return `'${text}'`
  }
}
