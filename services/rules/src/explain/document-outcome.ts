import type { Reads, Sql } from '@koyalite/contracts'
import type { CelDocument, ConditionPart, ExplainedCall, ExplainedRule } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'
import { documentAt, ROW, truthOf } from '../store/rows'
import type { ExplanationPart } from './explanation'

/** A document that rules are asked about, where it can be read. */
export interface Subject {
  readonly reads: Reads
  /** The document as a row for FROM, at `ROW`. */
  readonly row: Sql
  /** What it was before an update. */
  readonly old: CelDocument | undefined
  /** Whether values of fields that the caller may not read are left out. */
  readonly hidesValues: boolean
}

/** How a rule comes out for a document, with its operands; null where the document is not there. */
export function outcomeOf(call: ExplainedCall, rule: ExplainedRule, subject: Subject): ExplanationPart | null {
  const document = documentAt(subject.reads, call.collection, subject.row)
  return document === undefined ? null : partOutcome(call, rule.condition, { ...subject, document })
}

type Found = Subject & { readonly document: Readonly<Record<string, JsonValue>> }

function partOutcome(call: ExplainedCall, part: ConditionPart, found: Found): ExplanationPart {
  const result = truthOf(found.reads, found.row, part.sql(ROW, found.old)) ?? 'error'
  return {
    source: part.source,
    ...part.range,
    calls: part.calls,
    definition: part.definition,
    result,
    operator: part.operator,
    operands: part.operands.map((operand) => partOutcome(call, operand, found)),
    values: part.operands.length > 0 ? {} : valuesOf(call, part, found),
  }
}

function valuesOf(call: ExplainedCall, { reads }: ConditionPart, found: Found): Readonly<Record<string, JsonValue>> {
  const values: Record<string, JsonValue> = {}
  for (const name of reads.auth) if (name !== 'can') values[`auth.${name}`] = authValue(call, name)
  for (const name of reads.doc) if (isShown(call, name, found)) values[`doc.${name}`] = found.document[name] ?? null
  for (const name of reads.old) {
    // A stored document is its own `old`.
    const value = found.old === undefined ? found.document[name] : found.old[name]
    if (isShown(call, name, found) && isJson(value)) values[`old.${name}`] = value
  }
  return values
}

/** Internal fields never are. */
function isShown({ access, collection }: ExplainedCall, name: string, { document, hidesValues }: Found): boolean {
  if (!Object.hasOwn(document, name)) return false
  const field = collection.fields.get(name)
  return !hidesValues || (field !== undefined && access.read.field(collection, field).kind === 'all')
}

export function authValue({ access }: ExplainedCall, part: string): JsonValue {
  const { id, email, role, verified, metadata, claims } = access.auth
  return { id, email, role, verified, metadata, claims }[part] ?? null
}

function isJson(value: JsonValue | bigint | Uint8Array | undefined): value is JsonValue {
  return value !== undefined && typeof value !== 'bigint' && !(value instanceof Uint8Array)
}
