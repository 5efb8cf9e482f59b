import {
  type Collection,
  type Expression,
  OPERATIONS,
  type Operation,
  type Schema,
  type SchemaRename,
} from '@koyalite/schema'
import { type CelScope, definitionScope, ruleScope, type SchemaMention } from '../cel/check/cel-scope'
import { checkCondition, checkDefinition } from '../cel/check/check-cel'
import { definitionsOf } from '../cel/check/definitions'
import { REQUEST_PARTS } from '../cel/check/expression'
import { CelError } from '../cel/syntax/cel-error'

/** A rule or definition that names what has another name now. */
export interface RewrittenRule {
  readonly expression: Expression
  readonly source: string
}

/**
 * The rules and definitions of a schema that mention what is renamed, with the new name; each once. `schema` still has the old one. Rules
 * that are not valid stay as they are: what they mention nobody knows.
 */
export function renameInRules(schema: Schema, rename: SchemaRename): readonly RewrittenRule[] {
  const replacements = new Map<Expression, Map<number, Replacement>>()
  const note = (expression: Expression) => (mention: SchemaMention) => {
    const name = newName(mention, rename)
    if (name === null) return
    const owner = mention.range.definition?.body ?? expression
    const found = replacements.get(owner) ?? new Map<number, Replacement>()
    found.set(mention.range.start, { ...mention.range, name })
    replacements.set(owner, found)
  }
  for (const collection of schema.collections.values()) {
    for (const { expression, operation } of expressionsOf(collection)) {
      const options = { old: operation === 'update', requestParts: REQUEST_PARTS, onMention: note(expression) }
      tryToCheck(() => checkCondition(expression.source, ruleScope(schema, collection, options)))
    }
  }
  for (const parsed of definitionsOf(schema).values()) {
    const scope: CelScope = {
      ...definitionScope(schema, { nodes: 0 }),
      onMention: note(parsed.definition.body),
    }
    tryToCheck(() => checkDefinition(parsed, scope))
  }
  return [...replacements].map(([expression, found]) => ({ expression, source: rewrite(expression.source, found) }))
}

interface Replacement {
  readonly start: number
  readonly end: number
  readonly name: string
}

function expressionsOf({ fields, rules, policies }: Collection): readonly {
  readonly expression: Expression
  readonly operation: Operation
}[] {
  const ofRules = OPERATIONS.map((operation) => ({ operation, expression: rules[operation] }))
  const ofFields = [...fields.values()].flatMap(({ read, write }) => [
    { operation: 'read' as const, expression: read },
    { operation: 'create' as const, expression: write },
  ])
  const ofPolicies = policies.flatMap(({ on, using, check }) =>
    on.flatMap((operation) => [using, check].map((expression) => ({ operation, expression }))),
  )
  return [...ofRules, ...ofFields, ...ofPolicies].flatMap(({ operation, expression }) =>
    expression === undefined ? [] : [{ operation, expression }],
  )
}

function tryToCheck(check: () => unknown): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof CelError)) throw error
  }
}

function newName(mention: SchemaMention, rename: SchemaRename): string | null {
  switch (rename.kind) {
    case 'collection':
      return mention.kind === 'collection' && mention.collection.name === rename.from ? rename.to : null
    case 'field': {
      if (mention.kind !== 'field' || mention.field.name !== rename.from) return null
      if (mention.collection.name !== rename.collection) return null
      return mention.isWithoutId && rename.to.endsWith('_id') ? rename.to.slice(0, -3) : rename.to
    }
    case 'value':
      return mention.kind === 'value' &&
        mention.value === rename.from &&
        rename.fields.has(`${mention.collection.name}.${mention.field.name}`)
        ? rename.to
        : null
  }
}

/** A literal keeps its quotes. */
function rewrite(source: string, replacements: ReadonlyMap<number, Replacement>): string {
  const fromTheEnd = [...replacements.values()].sort((a, b) => b.start - a.start)
  return fromTheEnd.reduce((text, { start, end, name }) => {
    const old = text.slice(start, end)
    const quote = /^['"]/.exec(old)?.[0]
    const written = quote === undefined ? name : `${quote}${escaped(name, quote)}${quote}`
    return `${text.slice(0, start)}${written}${text.slice(end)}`
  }, source)
}

function escaped(name: string, quote: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
}
