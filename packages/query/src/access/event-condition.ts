import { spendWork, WorkExhaustedError, withWorkBudget } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import { eventScope } from '../cel/check/cel-scope'
import { type CheckedCel, checkCondition } from '../cel/check/check-cel'
import { dependenciesOf } from '../cel/check/dependencies-of'
import { countNodes } from '../cel/check/expression'
import { ANONYMOUS_FACTS, type CelDocument } from '../cel/memory/cel-environment'
import { compileRun } from '../cel/memory/run-expression'
import { CelError } from '../cel/syntax/cel-error'

/** What a condition on an event is about: what happened, and to documents of which collection; null: it is not about documents. */
export interface EventPlace {
  readonly collection: Collection | null
  /** `posts.created` */
  readonly type: string
}

/** The document of an event as it is and was, in the API's shape; null where there is none. */
export interface EventDocuments {
  readonly doc: CelDocument | null
  readonly old: CelDocument | null
}

/** Whether an event meets a condition. `error` where that cannot be said: a document that is not there, a division by zero. */
export type EventCondition = (documents: EventDocuments) => boolean | 'error'

/**
 * Compiles a condition over `doc`, `old` and `type`, such as `when` of a webhook. Other documents and the caller are not known to it.
 * @throws CelError for one that `eventConditionProblem` would have found
 */
export function compileEventCondition(schema: Schema, place: EventPlace, source: string): EventCondition {
  const checked = check(schema, place, source)
  const run = compileRun(checked.root)
  const nodes = countNodes(checked.root)
  return ({ doc, old }) => {
    const documents = { ...(doc && { doc }), ...(old && { old }) }
    const environment = { auth: ANONYMOUS_FACTS, request: NO_REQUEST, documents, follow: () => null, rows: () => [] }
    try {
      const result = withWorkBudget(() => {
        spendWork(nodes)
        return run({ environment, slots: [] })
      })
      return typeof result === 'boolean' ? result : 'error'
    } catch (error) {
      // Too expensive for one event, which is a fault of the condition.
      if (error instanceof WorkExhaustedError) return 'error'
      throw error
    }
  }
}

/** What is wrong with such a condition; null where nothing is. */
export function eventConditionProblem(schema: Schema, place: EventPlace, source: string): string | null {
  try {
    check(schema, place, source)
    return null
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return error.definition === undefined ? error.message : `in '${error.definition.name}': ${error.message}`
  }
}

/** The scope has no request: nothing reads it. */
const NO_REQUEST = { method: '', ip: '', time: 0, body: null, headers: {} }

function check(schema: Schema, place: EventPlace, source: string): CheckedCel {
  const checked = checkCondition(source, eventScope(schema, place))
  const [reference] = dependenciesOf(checked).references
  if (reference !== undefined) {
    const message = `doc.${reference.field} leads to another document, which an event does not have: only fields of doc and old can be used`
    throw new CelError(message, checked.root.range)
  }
  return checked
}
