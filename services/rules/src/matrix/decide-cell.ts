import {
  type Access,
  type ExplainedCall,
  type ExplainedRule,
  explainRules,
  isGuard,
  type Verdict,
} from '@koyalite/query'
import type { Collection, Field, Operation, Schema } from '@koyalite/schema'
import { overall, plainRequest } from '../explain/explain-operation'
import type { MatrixCell, MatrixCondition } from './matrix'
import { remainingCondition } from './remaining-condition'

interface Deciding {
  readonly schema: Schema
  readonly access: Access
  readonly collection: Collection
}

type Decided = Omit<MatrixCell, 'actor'>

/** Whether callers may do something. Who may not read a document can neither change nor delete it: for them it is not there. */
export function decideOperation(deciding: Deciding, operation: Operation): Decided {
  const own = decide(deciding, operation)
  if (operation === 'read' || operation === 'create' || own.comes_to === 'never' || own.comes_to === 'bypassed')
    return own
  const read = decide(deciding, 'read')
  if (read.comes_to === 'never') return read
  if (read.comes_to !== 'depends') return own
  return { comes_to: 'depends', conditions: [...own.conditions, ...read.conditions] }
}

function decide(deciding: Deciding, operation: Operation): Decided {
  const call = callOf(deciding, operation)
  const comes_to = overall(call)
  return { comes_to, conditions: comes_to === 'depends' ? conditionsOf(deciding, call, []) : [] }
}

/** Whether callers may read or write a field of the documents that they may read or write. */
export function decideField(deciding: Deciding, field: Field, how: 'read' | 'write'): Decided {
  const { access, collection } = deciding
  const comes_to =
    how === 'read' ? readable(access, collection, field) : wordOf(access.writeField(collection, field, null))
  if (comes_to !== 'depends') return { comes_to, conditions: [] }
  const call = callOf(deciding, how === 'read' ? 'read' : 'update')
  return { comes_to, conditions: conditionsOf(deciding, call, [field]).filter(({ kind }) => kind === 'field') }
}

function readable({ read }: Access, collection: Collection, field: Field): 'always' | 'never' | 'depends' {
  if (field.internal) return 'never'
  const { kind } = read.field(collection, field)
  return kind === 'all' ? 'always' : kind === 'none' ? 'never' : 'depends'
}

function wordOf(verdict: Verdict): 'always' | 'never' | 'depends' {
  return isGuard(verdict) ? 'depends' : verdict
}

function callOf({ access, collection }: Deciding, operation: Operation): ExplainedCall {
  return { access, collection, operation, input: null, request: plainRequest(operation, 0) }
}

/** What is left of the rules that are not decided. A permit that never holds is of no use, and neither is its other half. */
function conditionsOf({ schema }: Deciding, call: ExplainedCall, fields: readonly Field[]): readonly MatrixCondition[] {
  const rules = explainRules(schema, call, fields)
  const hopeless = new Set(rules.filter(isHopeless).map(({ group }) => group))
  const open = rules.filter(({ decision, group }) => decision === 'depends' && !hopeless.has(group))
  const seen = new Set<string>()
  return open.flatMap(({ kind, name, row, expression, condition }) => {
    const text = remainingCondition(condition)
    // The rule of an update is asked of both documents.
    const key = `${kind} ${name} ${text}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ ...expression.position, kind, name, operation: call.operation, about: row, condition: text }]
  })
}

function isHopeless({ kind, decision }: ExplainedRule): boolean {
  return kind === 'permit' && decision === 'never'
}
