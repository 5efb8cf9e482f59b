import { type Field, signatureOf } from '@koyalite/schema'
import { TYPE_NAMES } from '../functions/function-conversion'
import { FUNCTIONS, isFunctionName } from '../functions/function-table'
import { CelError } from '../syntax/cel-error'
import { type Token, tokenize } from '../syntax/cel-token'
import { parseCel } from '../syntax/parse-cel'
import type { CelScope } from './cel-scope'
import { type CelType, describeType, fieldType, mayBe, scalarType } from './cel-type'
import { resolvePart } from './check-cel'
import type { Resolved } from './check-context'
import { MACRO_NAMES } from './check-macro'
import { AUTH_PARTS, type Row } from './expression'
import { boundVariables, receiverBefore } from './variables-at'

/** A word that may stand at a place of an expression. */
export interface Completion {
  readonly label: string
  readonly kind: 'field' | 'reference' | 'collection' | 'function' | 'macro' | 'definition' | 'variable' | 'value'
  /** What it is: a type, a signature, where it leads. */
  readonly detail: string
}

export interface Completions {
  /** Where the word begins that they replace: an offset (UTF-16 units). */
  readonly from: number
  readonly options: readonly Completion[]
}

/** What may be written at an offset of an expression that is being written; null where nothing is known. It need not be valid. */
export function completeCel(source: string, at: number, scope: CelScope): Completions | null {
  const before = source.slice(0, at)
  const tokens = wordsOf(before)
  if (tokens === null) return completeText(before, scope)
  const last = tokens.at(-1)
  const word = last?.kind === 'name' && last.end === at ? last : null
  const from = word?.start ?? at
  const rest = word === null ? tokens : tokens.slice(0, -1)
  const variables = boundVariables(before, rest, scope)
  if (rest.at(-1)?.text !== '.') {
    // Behind a value an operator stands, and no name.
    return isValueEnd(rest.at(-1)) ? null : { from, options: namesIn(scope, variables) }
  }
  const receiver = receiverBefore(rest.slice(0, -1))
  const resolved = receiver === null ? null : resolveText(before.slice(receiver.start, receiver.end), scope, variables)
  return resolved === null ? null : { from, options: membersOf(resolved, scope) }
}

/** Null inside of a text, and where something is that is no word. */
function wordsOf(text: string): readonly Token[] | null {
  try {
    return tokenize(text).slice(0, -1)
  } catch (error) {
    if (error instanceof CelError) return null
    throw error
  }
}

function isValueEnd(token: Token | undefined): boolean {
  if (token === undefined) return false
  if (token.kind === 'symbol') return token.text === ')' || token.text === ']' || token.text === '}'
  return token.text !== 'in'
}

function resolveText(text: string, scope: CelScope, variables: ReadonlyMap<string, Resolved>): Resolved | null {
  try {
    return resolvePart(parseCel(text), scope, variables)
  } catch (error) {
    if (error instanceof CelError) return null
    throw error
  }
}

/** Functions that are called by their name alone, and what a name may be. */
function namesIn(scope: CelScope, variables: ReadonlyMap<string, Resolved>): readonly Completion[] {
  const { schema, roots, definitions } = scope
  return [
    ...[...variables.keys()].map(
      (label): Completion => ({ label, kind: 'variable', detail: detailOf(variables.get(label)) }),
    ),
    ...Object.entries(roots).map(([label, root]): Completion => {
      const detail = root.kind === 'row' ? `a document of ${root.collection.name}` : ROOTS[root.kind]
      return { label, kind: 'variable', detail }
    }),
    ...[...(definitions?.values() ?? [])].map(
      ({ definition }): Completion => ({ label: definition.name, kind: 'definition', detail: signatureOf(definition) }),
    ),
    ...(scope.collectionsAllowed ? [...schema.collections.keys()] : []).map(
      (label): Completion => ({ label, kind: 'collection', detail: 'collection' }),
    ),
    ...GLOBAL_FUNCTIONS,
  ]
}

const ROOTS = { auth: 'the caller', request: 'the request', anything: 'a document', text: 'what happened' } as const

function detailOf(resolved: Resolved | undefined): string {
  if (resolved?.is === 'row') return `a document of ${resolved.row.collection.name}`
  return resolved?.is === 'value' ? describeType(resolved.expression.type) : ''
}

const KEYWORDS = ['true', 'false', 'null'].map((label): Completion => ({ label, kind: 'value', detail: '' }))

const GLOBAL_FUNCTIONS: readonly Completion[] = [
  ...KEYWORDS,
  { label: 'has', kind: 'macro', detail: 'has(doc.field): it is not null' },
  ...Object.entries(FUNCTIONS)
    .filter(([name, { call }]) => call !== 'method' && !TYPE_NAMES.some((type) => type === name))
    .map(([label]): Completion => ({ label, kind: 'function', detail: signature(label) })),
  ...TYPE_NAMES.filter(isFunctionName).map(
    (label): Completion => ({ label, kind: 'function', detail: signature(label) }),
  ),
]

function signature(name: string): string {
  if (!isFunctionName(name)) return ''
  const [overload] = FUNCTIONS[name].overloads
  if (overload === undefined) return `${name}()`
  const [first, ...others] = overload.params
  if (FUNCTIONS[name].call === 'method')
    return `${first}.${name}(${others.join(', ')}) ${describeType(overload.result)}`
  return `${name}(${overload.params.join(', ')}) ${describeType(overload.result)}`
}

function membersOf(resolved: Resolved, scope: CelScope): readonly Completion[] {
  switch (resolved.is) {
    case 'row':
      return fieldsOf(resolved.row, scope)
    case 'auth':
      return [
        ...AUTH_PARTS.map((label): Completion => ({ label, kind: 'field', detail: AUTH_MEANINGS[label] })),
        { label: 'can', kind: 'function', detail: "can('permission'): the role grants it" },
      ]
    case 'request':
      return resolved.parts.map((label): Completion => ({ label, kind: 'field', detail: '' }))
    case 'rows':
      return ROW_MACROS
    case 'value': {
      const { type } = resolved.expression
      const fields = resolved.reference === undefined ? [] : fieldsOf(resolved.reference, scope)
      return [...fields, ...methodsOf(type)]
    }
  }
}

const AUTH_MEANINGS = {
  id: 'of the signed-in user; null for all others',
  email: 'once it is verified; else null',
  role: 'of the signed-in user; null for all others',
  verified: 'bool: whether the address is verified',
  metadata: 'json that users write themselves: never grant rights by it',
  claims: 'json that operators and the server write',
} as const

const ROW_MACROS: readonly Completion[] = [
  { label: 'exists', kind: 'macro', detail: 'exists(x, …): one is like this' },
  { label: 'all', kind: 'macro', detail: 'all(x, …): each is like this' },
  { label: 'exists_one', kind: 'macro', detail: 'exists_one(x, …): exactly one is like this' },
  { label: 'filter', kind: 'macro', detail: 'filter(x, …): those like this' },
  { label: 'map', kind: 'macro', detail: 'map(x, …): a value of each' },
  { label: 'size', kind: 'function', detail: 'size(): how many there are' },
]

/** `author` beside `author_id`: the document that the key is of. */
function fieldsOf({ collection }: Row, scope: CelScope): readonly Completion[] {
  const fields = [...collection.fields.values()].filter((field) => scope.fieldExists?.(collection, field) ?? true)
  return fields.flatMap((field): readonly Completion[] => {
    const own: Completion = { label: field.name, kind: 'field', detail: typeInWords(field) }
    const to = field.references?.collection
    const name = field.name.endsWith('_id') ? field.name.slice(0, -3) : null
    if (to === undefined || name === null || collection.fields.has(name)) return [own]
    return [own, { label: name, kind: 'reference', detail: `the document of ${to}` }]
  })
}

function typeInWords(field: Field): string {
  const values = field.validation.enum
  const type = values === undefined ? describeType(fieldType(field)) : values.map((value) => `'${value}'`).join(' | ')
  const to = field.references === undefined ? '' : `, key of ${field.references.collection}`
  return `${type}${field.nullable ? ' or null' : ''}${to}`
}

function methodsOf(type: CelType): readonly Completion[] {
  const methods = Object.entries(FUNCTIONS).filter(
    ([, { call, overloads }]) =>
      call !== 'global' && overloads.some(({ params: [first] }) => first === 'any' || (first && mayBe(type, first))),
  )
  const macros = mayBe(type, 'list') || mayBe(type, 'map') ? MACRO_NAMES : []
  return [
    ...macros.map((label): Completion => ({ label, kind: 'macro', detail: `${label}(x, …)` })),
    ...methods.map(([label]): Completion => ({ label, kind: 'function', detail: signature(label) })),
  ]
}

/** A text that is compared with a field of an enum, with the role, or asked of `auth.can`. */
const COMPARED = /([A-Za-z_][\w.]*)\s*(?:==|!=|in\s*\[(?:[^\]]*,)?)\s*['"]([^'"]*)$/
const PERMISSION = /auth\s*\.\s*can\(\s*['"]([^'"]*)$/

function completeText(before: string, scope: CelScope): Completions | null {
  const asked = PERMISSION.exec(before)
  const permissions = new Set([...scope.schema.roles.values()].flatMap((role) => role.permissions))
  if (asked) return values(before, asked[1], permissions)
  const [, path, written] = COMPARED.exec(before) ?? []
  if (path === undefined) return null
  if (path === 'auth.role') return values(before, written, scope.schema.roles.keys())
  const quote = before.length - (written ?? '').length - 1
  const open = before.slice(0, quote)
  const variables = boundVariables(open, wordsOf(open) ?? [], scope)
  const resolved = resolveText(path, scope, variables)
  if (resolved?.is !== 'value' || resolved.expression.kind !== 'field') return null
  return values(before, written, resolved.expression.field.validation.enum ?? [])
}

function values(before: string, written = '', known: Iterable<unknown>): Completions | null {
  const options = [...known].map((value): Completion => {
    return { label: String(value), kind: 'value', detail: describeType(scalarType('string')) }
  })
  return options.length === 0 ? null : { from: before.length - written.length, options }
}
