import { AppError, didYouMean, type Sql } from '@koyalite/contracts'
import { bound, compileMatching, type ListQuery, READ_ALL } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import type { Portion } from '@koyalite/sqlite'
import { damagedError } from '../damaged-error'
import type { OperationsContext } from '../operations-context'
import { csvDump, DUMPED_ROW, EVERY_ROW, ndjsonDump } from '../store/document-dump'
import { SCHEMA_VERSION, sqlDump } from '../store/sql-dump'
import { unlikeValues } from '../store/unlike-values'

export const DUMP_FORMATS = ['sql', 'ndjson', 'csv'] as const
export type DumpFormat = (typeof DUMP_FORMATS)[number]

export interface DumpRequest {
  readonly format: DumpFormat
  /** By name; of `ndjson` and `csv`. Default: all. */
  readonly collections?: readonly string[]
  /** Which documents of the only collection. Default: all. */
  readonly query?: ListQuery
}

export interface DumpedText {
  /** Null: of the whole database. */
  readonly collection: string | null
  readonly text: string
}

export interface Dump {
  /** The last change that it shows. */
  readonly seq: number
  /** Values that the format cannot hold, a line for each document: some of them. */
  readonly unlike: readonly string[]
  /** Texts to be put one after the other, for each collection; each ends with a line. */
  readonly texts: AsyncIterableIterator<DumpedText>
  stop(): Promise<void>
}

/** A migration between reading the tables' names and beginning to read their rows: then once more. */
const ATTEMPTS = 5

/** Everything that is stored, internal fields included, as of one moment, while reads and writes continue. */
export async function dumpDatabase(context: OperationsContext, request: DumpRequest): Promise<Dump> {
  const parts = partsOf(context, request)
  // Damage can look like documents: twice the same, or one that is not there. What is dumped must be all that there is, and nothing else.
  const damages = await context.database.verify(parts.kind === 'database' ? undefined : parts.tables)
  if (damages.length > 0) throw damagedError(damages)
  for (let attempt = 1; ; attempt++) {
    const { version, statements } = statementsOf(context, parts)
    const stream = await context.database.stream([SCHEMA_VERSION, ...statements.map(({ sql }) => sql)])
    const first = await stream.portions.next()
    if (first.done !== true && first.value.text === version) {
      const found = await untilTexts(stream.portions, (index) => statements[index - 1]?.kind === 'check')
      const texts = named(found, stream.portions, (index) => statements[index - 1]?.collection ?? null)
      return { seq: stream.seq, unlike: found.unlike, texts, stop: () => stream.stop() }
    }
    await stream.stop()
    if (attempt === ATTEMPTS)
      throw new AppError('UNAVAILABLE', 'The schema is being changed; dump again when that is done.')
  }
}

interface Statement {
  /** `check`: returns what the format cannot represent. All of these come first. */
  readonly kind: 'check' | 'texts'
  readonly collection: string | null
  readonly sql: Sql
}

type Parts =
  | { readonly kind: 'database' }
  | { readonly kind: 'documents'; readonly tables: readonly string[]; readonly statements: readonly Statement[] }

function partsOf(context: OperationsContext, request: DumpRequest): Parts {
  const { schema } = context
  const { format, collections, query } = request
  if (format === 'sql') {
    if (collections !== undefined) {
      throw new AppError('INVALID_REQUEST', 'An SQL dump covers the whole database; dump collections as ndjson or csv.')
    }
    return { kind: 'database' }
  }
  const chosen: readonly Collection[] = collections?.map((name) => {
    const collection = schema.collections.get(name)
    if (collection !== undefined) return collection
    throw new AppError(
      'COLLECTION_NOT_FOUND',
      `There is no collection '${name}'${didYouMean(name, schema.collections.keys())}.`,
    )
  }) ?? [...schema.collections.values()]
  const condition = query === undefined ? EVERY_ROW : bound(compileMatching(query, READ_ALL, DUMPED_ROW))
  const checks = chosen.map((collection): Statement => {
    return { kind: 'check', collection: collection.name, sql: unlikeValues(collection, condition) }
  })
  const texts = chosen.flatMap((collection) =>
    (format === 'ndjson' ? [ndjsonDump(collection, condition)] : csvDump(collection, condition)).map(
      (sql): Statement => ({ kind: 'texts', collection: collection.name, sql }),
    ),
  )
  return { kind: 'documents', tables: chosen.map(({ table }) => table), statements: [...checks, ...texts] }
}

function statementsOf(
  { database }: OperationsContext,
  parts: Parts,
): { version: string; statements: readonly Statement[] } {
  const version = String(database.get(SCHEMA_VERSION)?.[0])
  if (parts.kind === 'documents') return { version, statements: parts.statements }
  return { version, statements: sqlDump(database).map((sql) => ({ kind: 'texts', collection: null, sql })) }
}

/** What the checks have found, and the first portion behind them. */
interface Checked {
  readonly unlike: readonly string[]
  readonly first: Portion | null
}

async function untilTexts(
  portions: AsyncIterableIterator<Portion>,
  isCheck: (statement: number) => boolean,
): Promise<Checked> {
  const unlike: string[] = []
  for (;;) {
    const next = await portions.next()
    if (next.done === true) return { unlike, first: null }
    if (!isCheck(next.value.statement)) return { unlike, first: next.value }
    unlike.push(...next.value.text.split('\n').filter((line) => line !== ''))
  }
}

async function* named(
  { first }: Checked,
  portions: AsyncIterableIterator<Portion>,
  collectionOf: (statement: number) => string | null,
): AsyncIterableIterator<DumpedText> {
  const dumped = ({ statement, text }: Portion): DumpedText => ({ collection: collectionOf(statement), text })
  if (first === null) return
  yield dumped(first)
  for await (const portion of portions) yield dumped(portion)
}
