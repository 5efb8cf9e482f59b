import type { RandomSource } from './random-source'
import { DATES, ENUM_WORDS, JSON_KEYS, STRINGS, TIMES } from './random-world'

/** A variable in reach: an element of a json list, or a row of a collection. */
interface Variable {
  readonly name: string
  readonly is: 'json' | 'users' | 'teams' | 'members' | 'docs'
}

type Kind = 'bool' | 'int' | 'double' | 'string' | 'timestamp' | 'date' | 'duration' | 'json'

const FIELDS: Readonly<Record<Exclude<Variable['is'], 'json'>, Readonly<Partial<Record<Kind, readonly string[]>>>>> = {
  users: { string: ['id', 'email', 'role'], bool: ['verified'], json: ['metadata'], timestamp: ['created_at'] },
  teams: { string: ['id', 'name', 'owner_id'], int: ['level'], json: ['data'] },
  members: { string: ['team', 'user'], int: ['rank'], bool: ['active'] },
  docs: {
    string: ['s', 's2', 'author_id', 'team_id'],
    int: ['i', 'i2'],
    double: ['d'],
    bool: ['b'],
    timestamp: ['t'],
    date: ['day'],
    json: ['j'],
  },
}

/** References between rows, as rules name them. */
const STEPS: Readonly<Record<Exclude<Variable['is'], 'json'>, readonly (readonly [string, Variable['is']])[]>> = {
  users: [],
  teams: [['owner', 'users']],
  members: [
    ['team', 'teams'],
    ['user', 'users'],
  ],
  docs: [
    ['author', 'users'],
    ['team', 'teams'],
  ],
}

const DOC: Variable = { name: 'doc', is: 'docs' }

/**
 * The text of a random condition over `doc`. Types are mostly right, values mostly not.
 * @param options `dates`: the type that plain CEL does not have
 */
export function randomCondition(random: RandomSource, depth: number, { dates = true } = {}): string {
  return new ExpressionWriter(random, { dates }).write('bool', depth, [DOC])
}

class ExpressionWriter {
  readonly #random: RandomSource
  readonly #dates: boolean
  #variables = 0

  constructor(random: RandomSource, { dates }: { readonly dates: boolean }) {
    this.#random = random
    this.#dates = dates
  }

  write(kind: Kind, depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    if (kind === 'bool') return this.#bool(depth, scope)
    if (kind === 'date' && !this.#dates) return this.write('timestamp', depth, scope)
    if (depth > 0 && random.chance(0.12)) {
      const [a, b] = [this.write(kind, depth - 1, scope), this.write(kind, depth - 1, scope)]
      return `(${this.#bool(depth - 1, scope)} ? ${a} : ${random.chance(0.15) && kind !== 'json' ? 'null' : b})`
    }
    if (depth > 0 && random.chance(0.3)) return this.#operation(kind, depth - 1, scope)
    return random.chance(0.7) ? this.#field(kind, scope) : this.#literal(kind, scope)
  }

  #literal(kind: Kind, scope: readonly Variable[]): string {
    const random = this.#random
    switch (kind) {
      case 'bool':
        return random.pick(['true', 'false'])
      case 'int':
        return random.pick(['0', '1', '2', '-1', '3', '9223372036854775807', '-9223372036854775808'])
      case 'double':
        return random.pick(['0.0', '1.0', '1.5', '-2.5', '2.0', '1e308', '9007199254740992.0', '9223372036854775808.0'])
      case 'string':
        return random.chance(0.7)
          ? JSON.stringify(random.pick(STRINGS))
          : random.pick(['auth.id', 'auth.role', 'auth.email'])
      case 'timestamp':
        return random.chance(0.4) ? 'request.time' : `timestamp('${random.pick(TIMES)}')`
      case 'date':
        return random.chance(0.4) ? 'today()' : `date('${random.pick([...DATES, '2026-02-30'])}')`
      case 'duration':
        return `duration('${random.pick(['0h', '1h', '-24h', '2000000h'])}')`
      case 'json':
        return random.chance(0.5)
          ? this.#json(scope)
          : `auth.${random.pick(['metadata', 'claims'])}${random.pick(['.a', '.b', '.c', '.zz', '.b[2]', ''])}`
    }
  }

  /** A row in reach, at the end of no, one or two references. */
  #row(scope: readonly Variable[]): { readonly path: string; readonly is: Exclude<Variable['is'], 'json'> } {
    const random = this.#random
    const rows = scope.filter((variable) => variable.is !== 'json')
    const start = random.pick(rows)
    let { name: path, is } = start
    while (is !== 'json' && STEPS[is].length > 0 && random.chance(0.3)) {
      const [step, target] = random.pick(STEPS[is])
      path += `.${step}`
      is = target
    }
    if (is === 'json') throw new Error('rows are no json')
    return { path, is }
  }

  #field(kind: Kind, scope: readonly Variable[]): string {
    if (kind === 'json' && this.#random.chance(0.7)) return this.#json(scope)
    const row = this.#row(scope)
    const names = FIELDS[row.is][kind]
    return names === undefined ? this.#literal(kind, scope) : `${row.path}.${this.#random.pick(names)}`
  }

  #json(scope: readonly Variable[]): string {
    const random = this.#random
    const variable = scope.find((candidate) => candidate.is === 'json')
    const row = this.#row(scope)
    const [field] = FIELDS[row.is].json ?? []
    let path =
      variable !== undefined && random.chance(0.6)
        ? variable.name
        : field === undefined
          ? 'doc.j'
          : `${row.path}.${field}`
    while (random.chance(0.5)) {
      const key = random.pick(JSON_KEYS)
      if (random.chance(0.2)) path += `[${random.pick(['0', '1', '2', 'doc.i'])}]`
      else path += key.includes(' ') || random.chance(0.2) ? `[${JSON.stringify(key)}]` : `.${key}`
    }
    return path
  }

  #operation(kind: Kind, depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const of = (inner: Kind): string => this.write(inner, depth, scope)
    switch (kind) {
      case 'int':
        return random.pick([
          () => `(${of('int')} ${random.pick(['+', '-', '*', '/', '%'])} ${of('int')})`,
          () => `-(${of('int')})`,
          () => `size(${of('string')})`,
          () => `${of('json')}.size()`,
          () => `int(${of(random.pick(['json', 'double', 'string']))})`,
          () => `${this.#rows(depth, scope)}.size()`,
          () => `${of(random.pick(['timestamp', 'date']))}.getFullYear()`,
          () => (this.#dates ? `(${of('date')} - ${of('date')})` : of('int')),
          () =>
            `${of('json')}.filter(x${++this.#variables}, ${this.#bool(depth, [...scope.filter((v) => v.is !== 'json'), { name: `x${this.#variables}`, is: 'json' }])}).size()`,
        ])()
      case 'double':
        return random.pick([
          () => `(${of('double')} ${random.pick(['+', '-', '*', '/'])} ${of('double')})`,
          () => `double(${of(random.pick(['int', 'json']))})`,
        ])()
      case 'string':
        return random.pick([
          () => `(${of('string')} + ${of('string')})`,
          () => `${of('string')}.lowerAscii()`,
          () => `${of('string')}.replace(${of('string')}, 'x')`,
          () => `string(${of(random.pick(['int', 'date']))})`,
        ])()
      case 'timestamp':
        return random.chance(0.6)
          ? `(${of('timestamp')} ${random.pick(['+', '-'])} ${of('duration')})`
          : `timestamp(${of(random.pick(['json', 'date']))})`
      case 'date':
        return random.chance(0.5)
          ? `(${of('date')} ${random.pick(['+', '-'])} ${of('int')})`
          : `date(${of(random.pick(['json', 'string', 'timestamp', 'timestamp']))})`
      case 'duration':
        return `(${of('timestamp')} - ${of('timestamp')})`
      default:
        return this.#field(kind, scope)
    }
  }

  /** A collection, filtered or not. */
  #rows(depth: number, scope: readonly Variable[]): string {
    const is = this.#random.pick(['members', 'teams'] as const)
    if (depth <= 0 || this.#random.chance(0.6)) return is
    const name = `r${++this.#variables}`
    return `${is}.filter(${name}, ${this.#bool(depth - 1, [...scope, { name, is }])})`
  }

  #bool(depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const inner = (): string => this.#bool(depth - 1, scope)
    if (depth > 0 && random.chance(0.45)) {
      return random.pick([
        () => `(${inner()} && ${inner()})`,
        () => `(${inner()} || ${inner()})`,
        () => `!(${inner()})`,
        () => `!(${inner()})`,
        () => `(${inner()} ? ${inner()} : ${inner()})`,
        () => this.#macro(depth - 1, scope),
        () => this.#macro(depth - 1, scope),
      ])()
    }
    return this.#atom(Math.max(0, depth - 1), scope)
  }

  #macro(depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const name = `v${++this.#variables}`
    const macro = random.pick(['exists', 'exists', 'all', 'exists_one'])
    if (random.chance(0.5)) {
      const rows = this.#rows(depth, scope)
      const is = rows.startsWith('members') ? 'members' : 'teams'
      return `${rows}.${macro}(${name}, ${this.#bool(depth, [...scope, { name, is }])})`
    }
    const rest = scope.filter((variable) => variable.is !== 'json')
    return `${this.#json(scope)}.${macro}(${name}, ${this.#bool(depth, [...rest, { name, is: 'json' }])})`
  }

  #atom(depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const of = (kind: Kind): string => this.write(kind, depth, scope)
    const kind = (): Kind =>
      random.pick(['int', 'double', 'string', 'timestamp', 'date', 'duration', 'json', 'string', 'json'])
    const equal = random.pick(['==', '!='])
    return random.pick([
      () => {
        const type = kind()
        return `${of(type)} ${equal} ${of(type)}`
      },
      () => `${of(kind())} ${equal} null`,
      () => `${of('json')} ${equal} ${of(random.pick(['int', 'double', 'string']))}`,
      () => `${of('json')} ${equal} ${this.#bool(0, scope)}`.replace(/ (==|!=) (.*)$/, ' $1 ($2)'),
      () => {
        const type = kind()
        return `${of(type)} ${random.pick(['<', '<=', '>', '>='])} ${of(type)}`
      },
      () => `${of('json')} ${random.pick(['<', '<=', '>', '>='])} ${of(random.pick(['int', 'double', 'string']))}`,
      () => `${of('int')} ${random.pick(['==', '<', '>='])} ${of('double')}`,
      () => `${of(random.pick(['string', 'json']))} in ${this.#list('string', depth, scope)}`,
      () => `${of('int')} in ${this.#list('int', depth, scope)}`,
      () => `${of('date')} in ${this.#list(this.#dates ? 'date' : 'timestamp', depth, scope)}`,
      () => `${of(random.pick(['string', 'int', 'double', 'json']))} in ${of('json')}`,
      () => `${of('string')}.${random.pick(['startsWith', 'endsWith', 'contains'])}(${of('string')})`,
      () => `${of('string')}.matches('${random.pick(['^a', 'b$', '[ab]+', ''])}')`,
      () => `${of('json')}.${random.pick(['startsWith', 'contains'])}(${of('string')})`,
      () => `has(${this.#hasArgument(scope)})`,
      () => of('json'),
      () => this.#field('bool', scope),
      () => `doc.e ${equal} '${random.pick(ENUM_WORDS)}'`,
      () =>
        random.pick([
          'doc.author == null',
          'doc.team != null',
          'doc.team.owner == null',
          'auth == null',
          'auth != null',
        ]),
      () =>
        random.pick([
          "auth.can('comments:write')",
          "auth.can('x')",
          `auth.can('posts:' + ${of('string')})`,
          `auth.can(${of('string')})`,
          'auth.verified',
          "auth.role == 'admin'",
        ]),
      () => `${of('string')} in members.map(r, r.user)`,
      () => this.#carried(depth, scope),
      () => this.#carried(depth, scope),
    ])()
  }

  /** Comparisons of values that lists, maps and variables carry: nobody stays nobody there. */
  #carried(depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const of = (kind: 'string' | 'json'): string => this.write(kind, depth, scope)
    const equal = random.pick(['==', '!='])
    const name = `c${++this.#variables}`
    const who = (): string => random.pick(['auth.id', 'auth.email', 'auth.role', 'auth.claims.b', of('string')])
    return random.pick([
      () => `[${who()}] ${equal} [${of('string')}]`,
      () => `{'k': ${who()}} ${equal} {'k': ${of('string')}}`,
      () => `{'k': ${who()}}.k ${equal} ${of('string')}`,
      () =>
        `[${who()}, ${of('string')}].${random.pick(['exists', 'all', 'exists_one'])}(${name}, ${name} ${equal} ${of('string')})`,
      () => `cel.bind(${name}, ${who()}, ${of('string')} ${equal} ${name})`,
      () => `cel.bind(${name}, ${who()}, ${name} ${equal} null)`,
      () => `(${this.#bool(0, scope)} ? ${who()} : ${of('string')}) ${equal} ${random.pick(['null', of('string')])}`,
      () => `${of('string')} in [${who()}, ${of('string')}]`,
      () => `${who()} in [${of('string')}]`,
      () => `${who()} in members.map(r, r.user)`,
      () => `dyn(${who()}) ${equal} ${of('json')}`,
      () => `auth.claims.b.exists(${name}, ${name} ${equal} ${of('json')})`,
      () => `auth.claims ${equal} ${of('json')}`,
    ])()
  }

  #list(kind: Kind, depth: number, scope: readonly Variable[]): string {
    const random = this.#random
    const items = Array.from({ length: random.below(3) + 1 }, () => {
      if (random.chance(0.15)) return 'null'
      return random.chance(0.6) ? this.#literal(kind, scope) : this.write(kind, depth, scope)
    })
    return `[${items.join(', ')}]`
  }

  #hasArgument(scope: readonly Variable[]): string {
    const random = this.#random
    if (random.chance(0.5)) return `${this.#json(scope)}.${random.pick(['a', 'b'])}`
    const row = this.#row(scope)
    const names = Object.values(FIELDS[row.is]).flat()
    return `${row.path}.${random.pick(names)}`
  }
}
