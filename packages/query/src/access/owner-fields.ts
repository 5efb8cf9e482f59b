import type { Collection, Field, Schema } from '@koyalite/schema'
import { childrenOf, type Expression } from '../cel/check/expression'
import { rulesOf } from './schema-rules'

/** The fields that rules of the collection compare with the id of the caller: who is in one owns the document. In the order of the collection. */
export function ownerFields(schema: Schema, collection: Collection): readonly Field[] {
  const rules = rulesOf(schema).get(collection)
  if (rules === undefined) return []
  const found = new Set<string>()
  const clauses = Object.values(rules.operations).flatMap(({ permits, restricts }) => [...permits, ...restricts])
  const ofFields = [...rules.fields.values()].flatMap(({ read, write }) => [read, write])
  for (const rule of [...clauses.flatMap(({ using, check }) => [using, check]), ...ofFields]) {
    if (rule !== null) collect(rule.checked.root, found)
  }
  return [...collection.fields.values()].filter(({ name }) => found.has(name))
}

function collect(expression: Expression, found: Set<string>): void {
  if (expression.kind === 'equals' && !expression.negated) {
    const sides = [expression.left, expression.right]
    if (sides.some((side) => side.kind === 'auth' && side.part === 'id')) {
      for (const side of sides) if (side.kind === 'field' && side.row.kind === 'root') found.add(side.field.name)
    }
  }
  for (const child of childrenOf(expression)) collect(child, found)
}
