import type { Field, Schema } from '../model'
import { convertType } from './convert-type'
import type { MigrationOperation } from './migration-file'

/** Whether a migration can be rolled back. `losses` is what a rollback does not restore. */
export type Reversibility =
  | { readonly reversible: true; readonly losses: readonly string[] }
  | { readonly reversible: false; readonly reasons: readonly string[] }

/** @param states the schemas before each operation, and the one after the last */
export function reversibilityOf(operations: readonly MigrationOperation[], states: readonly Schema[]): Reversibility {
  const judged = operations.map((operation, i) => judge(operation, states[i], states[i + 1]))
  const reasons = judged.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))
  if (reasons.length > 0) return { reversible: false, reasons }
  return { reversible: true, losses: judged.flatMap(({ loss }) => (loss === undefined ? [] : [loss])) }
}

interface Judgement {
  readonly reason?: string
  readonly loss?: string
}

function judge(operation: MigrationOperation, before: Schema | undefined, after: Schema | undefined): Judgement {
  switch (operation.type) {
    case 'rename_field':
    case 'rename_collection':
    case 'add_index':
      return {}
    case 'add_field':
      return { loss: `the values of ${operation.collection}.${operation.field} are lost` }
    case 'drop_field':
      return { reason: `the values of ${operation.collection}.${operation.field} are lost` }
    case 'drop_collection':
      return { reason: `the documents of ${operation.collection} are lost` }
    case 'sql':
      return operation.down === undefined ? { reason: "an sql operation has no 'down'" } : {}
    case 'alter_field': {
      const name = `${operation.collection}.${operation.field}`
      const fieldOf = (schema: Schema | undefined): Field | undefined =>
        schema?.collections.get(operation.collection)?.fields.get(operation.field)
      const [old, field] = [fieldOf(before), fieldOf(after)]
      if (old && field && !convertType(field.type, old.type, 'x')) {
        return { reason: `the values of ${name} cannot be converted back to ${old.type}` }
      }
      return operation.fill === undefined ? {} : { loss: `the values that the fill replaced in ${name} are lost` }
    }
  }
}
