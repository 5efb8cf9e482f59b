import type { Condition } from '../filter/condition'

/** The fields of the listed collection that a condition is about, by name: of a path along a reference, the reference. */
export function fieldsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(fieldsOf)
    case 'not':
      return fieldsOf(condition.of)
    case 'compare':
      return [condition.path.references[0]?.field.name ?? condition.path.field.name]
    case 'cel':
      return [...(condition.dependencies.rows.get('doc') ?? [])]
  }
}
