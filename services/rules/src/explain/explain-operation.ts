import {
  type Actor,
  AppError,
  type DryRunRequest,
  type DryRunResponse,
  didYouMean,
  type Reads,
  type SqlValue,
} from '@koyalite/contracts'
import {
  accessOf,
  type CelDocument,
  type ExplainedCall,
  type ExplainedRule,
  explainRules,
  type RequestContext,
} from '@koyalite/query'
import { type Collection, type Field, type JsonValue, type Operation, signatureOf } from '@koyalite/schema'
import type { ExplainContext } from '../rules-context'
import { documentAt, ROW, storedRow, type Truth, truthOf } from '../store/rows'
import { describeActor } from './asked-actor'
import { authValue, outcomeOf } from './document-outcome'
import { explainList } from './explain-list'
import type { Explanation, ExplanationDocument, ExplanationPart, ExplanationRule } from './explanation'
import { denials, impossibilities } from './words'

/** What somebody may not do, or may, and wants to know why. */
export interface AskedOperation {
  readonly collection: string
  readonly operation: Operation
  readonly actor: Actor
  /** The key as it stands in a path; null: in general. */
  readonly id: string | null
  /** A document that is taken as stored, instead of one by `id`. */
  readonly given?: JsonValue
  /** What is sent; null: nothing. */
  readonly data: JsonValue
  /** Of a read: the parameters of a list, to explain how that is read; null: no list. */
  readonly params: URLSearchParams | null
  readonly request: RequestContext
  /** Leaves out values of fields that the actor may not read. */
  readonly hidesValues?: boolean
}

/** A request for an operation of which no more is known. */
export function plainRequest(operation: Operation, time: number): RequestContext {
  return { method: METHODS[operation], ip: '127.0.0.1', time, headers: {} }
}

const SCHEMA_FILE = 'schema.yaml'

/** Explains what the rules of the schema come to. It asks where operations ask; what it writes is rolled back. Throws COLLECTION_NOT_FOUND. */
export async function explainOperation(context: ExplainContext, asked: AskedOperation): Promise<Explanation> {
  const collection = context.schema.collections.get(asked.collection)
  if (!collection) {
    const hint = didYouMean(asked.collection, context.schema.collections.keys())
    throw new AppError('COLLECTION_NOT_FOUND', `There is no collection '${asked.collection.slice(0, 100)}'${hint}.`)
  }
  const { operation, actor, data } = asked
  const request: DryRunRequest = { ...asked.request, actor }
  const access = accessOf(context.schema, actor, request)
  const call: ExplainedCall = { access, request, collection, operation, input: data }
  const rules = explainRules(context.schema, call, fieldsOf(collection, operation, data))
  const decision = overall(call)
  const found = await lookAtDocument(context, { asked, call, rules, request })
  const shown = rules.map((rule, index) => showRule(rule, found?.outcomes[index] ?? null, found?.old))
  const summary = summaryOf({ decision, asked, rules, shown, call })
  return {
    collection: collection.name,
    operation,
    actor: describeActor(actor),
    comes_to: decision,
    summary,
    rules: shown,
    sql: operation === 'read' && asked.params !== null ? explainList(context, call, asked.params) : null,
    document:
      found &&
      (await documentAnswer(context, { asked, found, rules, shown, never: decision === 'never' ? summary : null })),
  }
}

const METHODS: Readonly<Record<Operation, string>> = { create: 'POST', read: 'GET', update: 'PATCH', delete: 'DELETE' }

/** The fields whose rules matter: of a read all, of a write those that are sent. */
function fieldsOf(collection: Collection, operation: Operation, data: JsonValue): readonly Field[] {
  const isSent = (name: string) => typeof data === 'object' && data !== null && Object.hasOwn(data, name)
  if (operation === 'delete') return []
  return [...collection.fields.values()].filter(({ name }) => operation === 'read' || isSent(name))
}

/** What an operation comes to for a caller, or for all of a class, before any document is looked at. */
export function overall({ access, collection, operation, input }: ExplainedCall): Explanation['comes_to'] {
  if (access.bypasses(collection, operation)) return 'bypassed'
  if (operation === 'read') {
    const { kind } = access.read.rows(collection)
    return kind === 'all' ? 'always' : kind === 'none' ? 'never' : 'depends'
  }
  if (operation === 'update') {
    const { permits, restricts } = access.update(collection, input)
    const never = ({ before, after }: (typeof permits)[number]) => before === 'never' || after === 'never'
    const always = ({ before, after }: (typeof permits)[number]) => before === 'always' && after === 'always'
    if (permits.every(never) || restricts.some(never)) return 'never'
    return permits.some(always) && restricts.every(always) ? 'always' : 'depends'
  }
  const verdict = access.verdict(collection, operation, input)
  return typeof verdict === 'string' ? verdict : 'depends'
}

interface Looked {
  readonly answer: DryRunResponse
  /** By rule; null where the document is not there to be asked about. */
  readonly outcomes: readonly (ExplanationPart | null)[]
  /** What is wrong with what was sent, where rules are not the matter. */
  readonly invalid: string | null
  /** The document before an update. */
  readonly old: CelDocument | undefined
}

async function lookAtDocument(
  context: ExplainContext,
  { asked, call, rules, request }: Looking,
): Promise<Looked | null> {
  const { operation, id, given, hidesValues = false } = asked
  if (operation === 'create' ? asked.data === null : id === null && given === undefined) return null
  const data = asked.data ?? {}
  const stored = await lookAtStored(context, { asked, call, rules, request })
  const without = { outcomes: stored.outcomes, invalid: null, old: undefined }
  if (operation === 'read') return { ...without, answer: stored.answer }
  const write = { operation, collection: call.collection.name, id, data, ...(given !== undefined && { given }) }
  const answer = await context.dryRun.attempt(write, request)
  if (operation === 'delete') return { ...without, answer }
  try {
    return await context.dryRun.resulting(write, request, ({ tx, row, old }) => ({
      outcomes: rules.map((rule, index) =>
        rule.row === 'resulting'
          ? outcomeOf(call, rule, { reads: tx, row: row(ROW), old, hidesValues })
          : (stored.outcomes[index] ?? null),
      ),
      ...{ answer, invalid: null, old },
    }))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...without, answer, invalid: error.message }
  }
}

interface Looking {
  readonly asked: AskedOperation
  readonly call: ExplainedCall
  readonly rules: readonly ExplainedRule[]
  readonly request: DryRunRequest
}

/** What rules say of the stored document, and whether the caller may read it. */
function lookAtStored(
  context: ExplainContext,
  { asked: { id, given, hidesValues = false }, call, rules, request }: Looking,
): Promise<Pick<Looked, 'outcomes' | 'answer'>> {
  const { collection } = call
  const look = (reads: Reads, key: SqlValue) => ({
    outcomes: rules.map((rule) =>
      rule.row === 'stored' && key !== null
        ? outcomeOf(call, rule, { reads, row: storedRow(collection, key), old: undefined, hidesValues })
        : null,
    ),
    answer: readAnswer(reads, call, key),
  })
  if (given === undefined) return Promise.resolve(look(context.database, id === null ? null : keyOf(collection, id)))
  return context.dryRun.given({ collection: collection.name, document: given }, request, look)
}

function readAnswer(reads: Reads, call: ExplainedCall, key: SqlValue): DryRunResponse {
  const { collection, access } = call
  const rows = access.read.rows(collection)
  const row = storedRow(collection, key)
  let truth: Truth | undefined = rows.kind === 'all'
  if (rows.kind === 'where') truth = truthOf(reads, row, access.bind(rows.sql(ROW)))
  if (truth === true && documentAt(reads, collection, row)) return { status: 200, code: null, message: null }
  return { status: 404, code: 'NOT_FOUND', message: `There is no document '${key}' in '${collection.name}'.` }
}

interface Answering {
  readonly asked: AskedOperation
  readonly found: Looked
  readonly rules: readonly ExplainedRule[]
  readonly shown: readonly ExplanationRule[]
  /** Why no document would do; null where one may. */
  readonly never: string | null
}

async function documentAnswer(
  context: ExplainContext,
  { asked, found, rules, shown, never }: Answering,
): Promise<ExplanationDocument> {
  const { answer } = found
  const allowed = answer.status < 300
  const at = { id: asked.id, answer, allowed }
  if (allowed) return { ...at, reasons: [] }
  const collection = context.schema.collections.get(asked.collection) as Collection
  if (
    asked.id !== null &&
    documentAt(context.database, collection, storedRow(collection, keyOf(collection, asked.id))) === undefined
  ) {
    return { ...at, reasons: [`There is no document '${asked.id}' in '${asked.collection}'.`] }
  }
  // A field's read rule decides about the field, not about the document.
  const deciding = rules.map((rule, index) => ({ rule, shown: shown[index] as ExplanationRule }))
  const pairs = deciding.filter(({ rule }) => rule.kind !== 'field' || asked.operation !== 'read')
  const ofRules = denials(
    pairs.map(({ rule }) => rule),
    pairs.map((pair) => pair.shown),
  )
  if (asked.operation !== 'read' && answer.status === 404) {
    const read = await explainOperation(context, { ...asked, operation: 'read', data: null, params: null })
    const hidden = `Callers who may not read a document must not learn that it exists: the response is 404.`
    return { ...at, reasons: [hidden, ...(read.document?.reasons ?? [])] }
  }
  if (ofRules.length > 0) return { ...at, reasons: ofRules }
  return { ...at, reasons: [found.invalid ?? never ?? answer.message ?? 'The request is refused.'] }
}

/** Why an explained operation is denied, a sentence each; empty where nothing says so. */
export function denialsOf({ document, summary, comes_to }: Explanation): readonly string[] {
  if (document && !document.allowed) return document.reasons
  return comes_to === 'never' ? [summary] : []
}

function showRule(rule: ExplainedRule, outcome: ExplanationPart | null, old: CelDocument | undefined): ExplanationRule {
  const { line, column } = rule.expression.position
  return {
    file: SCHEMA_FILE,
    line,
    column,
    name: rule.name,
    kind: rule.kind,
    about: rule.row,
    source: rule.expression.source,
    definitions: rule.definitions.map((definition) => ({
      ...definition.position,
      signature: signatureOf(definition),
      source: definition.body.source,
    })),
    comes_to: rule.decision,
    slow: rule.slow,
    warnings: rule.warnings,
    sql: sqlOf(rule, old),
    outcome,
  }
}

/** Null where it takes the document before the update, and that is not known. */
function sqlOf({ row, condition }: ExplainedRule, old: CelDocument | undefined): ExplanationRule['sql'] {
  if (row === 'resulting' && condition.reads.old.length > 0 && old === undefined) return null
  const { text, params } = condition.sql(ROW, old)
  return { text, params: params.map(jsonOf) }
}

/** What JSON has no form for is shown as a text. */
function jsonOf(value: SqlValue): string | number | null {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? `x'${value.toHex()}'` : value
}

function summaryOf({
  decision,
  asked,
  rules,
  shown,
  call,
}: {
  readonly decision: Explanation['comes_to']
  readonly asked: AskedOperation
  readonly rules: readonly ExplainedRule[]
  readonly shown: readonly ExplanationRule[]
  readonly call: ExplainedCall
}): string {
  const who = describeActor(asked.actor)
  const what = `${asked.operation} '${asked.collection}'`
  if (decision === 'bypassed') return `Rules do not apply to ${who} here: they may ${what}.`
  if (decision === 'always') return `${who} may ${what}, whatever the document.`
  if (decision === 'depends') return `Whether ${who} may ${what} depends on the document.`
  if (!rules.some(({ kind }) => kind === 'permit')) {
    return `Nobody may ${what}: no rule or permit policy allows it, and the default is to deny.`
  }
  const why = impossibilities(rules, shown, (part) => authValue(call, part))
  return [`${who} may not ${what}, whatever the document.`, ...why].join(' ')
}

function keyOf({ primaryKey }: Collection, id: string): SqlValue {
  if (primaryKey.type === 'int') return /^-?\d{1,16}$/.test(id) ? Number(id) : id
  return primaryKey.type === 'uuid' ? id.toLowerCase() : id
}
