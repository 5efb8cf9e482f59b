import type { Collection, Difference, Field, RenameHint, Schema } from '@koyalite/schema'
import type { PlanContext } from '../migrations-context'
import { type DocumentCounter, documentCounter } from '../store/count-documents'

/** How much a step can do to documents and to those who use them. */
export type StepRisk =
  /** Documents and programs stay as they are. */
  | 'none'
  /** Documents stay; programs that use the old name fail. */
  | 'renames'
  /** Existing documents have to fit, else nothing is applied. */
  | 'checks_data'
  /** Existing values become others. */
  | 'changes_data'
  | 'loses_data'

export interface PlannedStep {
  /** `~ posts.title: maxLength 200 → 100` */
  readonly change: string
  readonly risk: StepRisk
  readonly collection: string | null
  readonly field: string | null
  readonly reason: string | null
  /** In the collection; null where there is none yet, or counting takes too long. */
  readonly documents: number | null
  /** Of them those that it does something to; null where that is not known. */
  readonly concerned: number | null
  /** What existing documents get, as SQL; null where nothing is asked for. */
  readonly fill: string | null
}

export interface StepsOptions {
  readonly renames: readonly RenameHint[]
  readonly differences: readonly Difference[]
  /** After the renames. */
  readonly from: Schema
  /** Before them: what the tables are. */
  readonly stored: Schema
  readonly schema: Schema
  readonly fills: ReadonlyMap<string, string>
}

/** Each part of a plan with what it means, and for how many documents. */
export async function planSteps(context: PlanContext, options: StepsOptions): Promise<readonly PlannedStep[]> {
  const count = documentCounter(context)
  const steps: PlannedStep[] = []
  for (const { collection, from, to } of options.renames) {
    const name = collection ?? from
    const table = options.stored.collections.get(name)
    const documents = table ? await count.all(table) : null
    const change = collection === undefined ? `${from} → ${to}` : `${collection}.${from} → ${collection}.${to}`
    steps.push({
      ...{ change: `~ ${change}`, risk: 'renames', collection: collection ?? to, field: collection ? to : null },
      ...{ reason: null, documents, concerned: 0, fill: null },
    })
  }
  for (const difference of options.differences) steps.push(await stepOf(difference, options, count))
  return steps
}

async function stepOf({ subject, kind, line, reason }: Difference, options: StepsOptions, count: DocumentCounter) {
  const collection = 'collection' in subject ? subject.collection : null
  const field = subject.of === 'field' ? subject.field : null
  const before = options.from.collections.get(collection ?? '')
  // Documents are counted in the tables as they are, which may have other names.
  const table = storedTable(options, before)
  const documents = table ? await count.all(table) : null
  const fill = options.fills.get(`${collection}.${field}`) ?? null
  const base = { change: line, collection, field, reason: reason ?? null, documents, fill }
  if (kind === 'additive') return { ...base, risk: 'none', concerned: 0 } as const
  if (subject.change === 'removed' && (subject.of === 'collection' || subject.of === 'field')) {
    const old = storedField(options, collection, field)
    const concerned = !table ? null : old ? await count.filled(table, old) : documents
    return { ...base, risk: 'loses_data', concerned } as const
  }
  const [old, next] = [
    storedField(options, collection, field),
    options.schema.collections.get(collection ?? '')?.fields.get(field ?? ''),
  ]
  const concerned = table && next ? await count.unfit(table, old, next) : null
  return { ...base, risk: fill !== null || old === undefined ? 'changes_data' : 'checks_data', concerned } as const
}

/** The collection under the name that its table has now. */
function storedTable({ renames, stored }: StepsOptions, after: Collection | undefined): Collection | undefined {
  if (after === undefined) return undefined
  const name = renames
    .filter(({ collection }) => collection === undefined)
    .reduceRight((current, { from, to }) => (current === to ? from : current), after.name)
  return stored.collections.get(name)
}

function storedField(options: StepsOptions, collection: string | null, field: string | null): Field | undefined {
  const after = options.from.collections.get(collection ?? '')
  if (field === null || !after?.fields.has(field)) return undefined
  const name = options.renames
    .filter((rename) => rename.collection !== undefined)
    .reduceRight((current, { from, to }) => (current === to ? from : current), field)
  return storedTable(options, after)?.fields.get(name)
}
