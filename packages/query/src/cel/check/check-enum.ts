import { didYouMean } from '@koyalite/schema'
import { CelError } from '../syntax/cel-error'
import type { CelScope } from './cel-scope'
import type { Expression } from './expression'

/** A literal that is compared with a field of few possible values must be one of them. */
export function checkEnumValue(field: Expression, literal: Expression, onMention?: CelScope['onMention']): void {
  if (field.kind !== 'field' || literal.kind !== 'const') return
  const { value } = literal
  const allowed = field.field.validation.enum
  if (allowed === undefined || (typeof value !== 'string' && typeof value !== 'bigint')) return
  if (allowed.some((candidate) => String(candidate) === String(value))) {
    onMention?.({
      kind: 'value',
      collection: field.row.collection,
      field: field.field,
      value: String(value),
      range: literal.range,
    })
    return
  }
  const words = allowed.map(String)
  throw new CelError(
    `${field.field.name} is never '${value}'${didYouMean(String(value), words)}: it is one of ${words.join(', ')}`,
    literal.range,
  )
}
