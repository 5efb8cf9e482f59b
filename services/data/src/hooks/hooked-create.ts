import type { Tx } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { StoredValues } from '../document-input'
import { insertDocument, type NewDocument } from '../store/insert-documents'
import { openDocument } from '../store/open-document'
import { refusal } from '../store/state-before'
import type { Check, Target } from '../store/target'
import type { HookTarget, WriteHooks } from './hook-source'
import { completeValues, returnedValues, shownValues, textsOf } from './hook-values'
import { hooksOf } from './hooks-of'
import { type Preparation, preparation } from './preparation'

/** What hooks have to do with a new document. */
export interface HookedCreation {
  readonly hooks: WriteHooks
  readonly preparation: Preparation
  /** What the caller's values must pass, as they were sent. */
  readonly sent: readonly Check[]
}

/** Null where the collection has no hooks for new documents. */
export function hookedCreation(
  target: Target,
  {
    values,
    sent,
    prepared,
  }: {
    readonly values: StoredValues
    readonly sent: readonly Check[]
    readonly prepared?: Preparation | undefined
  },
): HookedCreation | undefined {
  const hooks = hooksOf(target.context, target.model.collection.name, ['create'])
  if (hooks === null) return undefined
  return {
    hooks,
    sent,
    preparation: prepared ?? preparation(target, hooks, { operations: ['create'], shown: () => shownValues(values) }),
  }
}

/** Which values a new document may lack until its hooks have run: any of them. Undefined: there are no hooks. */
export function lackedBy({ context, model }: HookTarget): ((field: Field) => boolean) | undefined {
  const hooks = context.hooks.of(model.collection.name)
  const mayFill = hooks !== null && (hooks.has('prepare', 'create') || hooks.has('before', 'create'))
  return mayFill ? () => true : undefined
}

/** Stores a new document, and runs its hooks. Returns what `insertDocument` does. */
export function createDocument(tx: Tx, document: NewDocument): string {
  const { target, values, checks, hooked } = document
  if (hooked === undefined) return insertDocument(tx, document)
  const { hooks, sent, preparation } = hooked
  requireSent(tx, target, { values: completeValues(target, values), key: null, checks: [...checks, ...sent], sent })
  const texts = textsOf(shownValues(values))
  const prepared = returnedValues(target, 'create', { given: values, texts, result: preparation.made('create') })
  const text = insertDocument(tx, { target, values: valuesBy(tx, document, prepared, hooks), checks })
  if (hooks.has('after', 'create')) {
    const { collection } = target.model
    const made = JSON.parse(text) as Readonly<Record<string, string | number>>
    const doc = openDocument(tx, collection, made[collection.primaryKey.name] ?? null)
    hooks.after(tx, target, 'create', { doc, old: null })
  }
  return text
}

function valuesBy(tx: Tx, { target }: NewDocument, prepared: StoredValues, hooks: WriteHooks): StoredValues {
  const given = completeValues(target, prepared)
  // A key that the database makes has no value yet.
  const shown = shownValues(new Map([...given].filter(([field, value]) => value !== null || prepared.has(field))))
  const texts = textsOf(shown)
  const result = hooks.has('before', 'create') ? hooks.before(tx, target, 'create', { data: shown, old: null }) : shown
  return returnedValues(target, 'create', { given, texts, result }, { isWhole: true })
}

/** Throws where what was sent does not pass the rules of the fields that it names, as it was sent. */
export function requireSent(
  tx: Tx,
  target: Target,
  { sent, checks, ...resulting }: Parameters<typeof refusal>[2] & { readonly sent: readonly Check[] },
): void {
  if (sent.length === 0 || refusal(tx, target, { ...resulting, checks: sent }) === undefined) return
  // All of them together are refused with what the first one says, as where there are no hooks.
  throw refusal(tx, target, { ...resulting, checks })
}
