import { allowsAdmin, requireAdmin, SQL_AREA } from '@koyalite/access'
import {
  type Actor,
  AppError,
  type AuditEvent,
  auditedActor,
  documentRead,
  type ErrorCode,
  type SqlLine,
  splitStatements,
} from '@koyalite/contracts'
import { serializeSchema } from '@koyalite/schema'
import { SQL_INTERNAL_AREA } from '../admin-areas'
import type { SqlChild } from '../process/sql-child'
import type { SqlReply, SqlRequest, SqlWork } from '../process/sql-protocol'
import type { SqlContext } from '../sql-context'
import { errorLine, fetchedInTime, type SqlResult } from './fetched-in-time'

export const SQL_MODES = ['read', 'plan', 'dry_run', 'write'] as const
export type SqlMode = (typeof SQL_MODES)[number]

export interface SqlRun {
  /** One statement or several. */
  readonly sql: string
  readonly mode: SqlMode
  /** Rows of each statement. */
  readonly limit: number
  /** Asks for internal fields, and tables of the system. */
  readonly internal: boolean
  /** The name under which it can be stopped. */
  readonly run: string
  readonly ip: string
  readonly requestId: string
  readonly now: number
  readonly signal: AbortSignal
}

/** Other writes wait for all of a write. */
const WRITE_MS = 5_000
/** A reader that takes nothing for so long is gone, says how long `sql.fetch_timeout` is. */
const PATIENCE_MS = 60_000
const MEMORY_BYTES = 1024 ** 3
/** What a write returns is kept until it is committed. Characters of lines. */
const MAX_WRITTEN = 32 * 1024 * 1024
/** Of what is recorded. */
const MAX_AUDITED = 10_000
const MAX_STATEMENTS = 100

/**
 * Runs statements in a process of their own. Throws FORBIDDEN (also where a write needs a fresh proof of the operator),
 * UNAVAILABLE, QUERY_TIMEOUT, or what is wrong with the first statement; an error after that is the last line.
 */
export async function runSql(context: SqlContext, actor: Actor, run: SqlRun): Promise<SqlResult> {
  const statements = splitStatements(run.sql).map(({ from, to }) => run.sql.slice(from, to))
  if (statements.length === 0) throw new AppError('INVALID_REQUEST', 'There is no statement to run.')
  if (statements.length > MAX_STATEMENTS)
    throw new AppError('INVALID_REQUEST', `${MAX_STATEMENTS} statements at most run together.`)
  if (context.databasePath === ':memory:')
    throw new AppError('INVALID_REQUEST', 'A database in memory has no SQL console: no other process can read it.')
  const isWrite = run.mode === 'dry_run' || run.mode === 'write'
  if (isWrite) requireWriter(actor)
  if (run.mode === 'write') context.auth.requireProof(actor, run.now)
  if (run.internal) requireAdmin(actor, SQL_INTERNAL_AREA, 'read')
  const event = auditEventOf(actor, run)
  // What is written is recorded within its transaction.
  if (!isWrite) await context.audit.keep([event])
  const request: SqlRequest = {
    path: context.databasePath,
    key: context.encryptionKey ?? undefined,
    schema: serializeSchema(context.schema),
    work: workOf(context, run, { actor, audit: event }),
    statements,
    limit: Math.min(run.limit, context.settings.sql.max_rows),
    showsInternal: run.internal || (isWrite && allowsAdmin(actor, SQL_INTERNAL_AREA, 'read')),
  }
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  const release = context.running.add({ run: run.run, actor, sql: run.sql, mode: run.mode, since: run.now, stop })
  const signal = AbortSignal.any([stopped.signal, run.signal])
  let child: SqlChild | null = null
  try {
    child = startChild(context, { isWrite, signal })
    const result = isWrite
      ? await written(context, child, { request, run })
      : await read(context, child, { request, actor, run })
    const { fetch_timeout: totalMs } = context.settings.sql
    return fetchedInTime(result, { onceMs: PATIENCE_MS, totalMs, signal, release })
  } catch (error) {
    child?.kill()
    release()
    throw error
  }
}

/** Persons who may: keys write documents by the API of data, which has rules for it. Throws FORBIDDEN. */
function requireWriter(actor: Actor): void {
  requireAdmin(actor, SQL_AREA, 'write')
  if (actor.kind === 'service_key')
    throw new AppError('FORBIDDEN', 'Service keys only read by SQL: they write documents by /api/collections.')
}

function auditEventOf(actor: Actor, { sql, mode, ip, requestId }: SqlRun): AuditEvent {
  const text = sql.length > MAX_AUDITED ? `${sql.slice(0, MAX_AUDITED)} …` : sql
  return {
    event: mode === 'write' ? 'sql.written' : 'sql.read',
    outcome: 'success',
    ...auditedActor(actor),
    ip,
    requestId,
    details: { sql: text, mode },
  }
}

function workOf(
  { database }: SqlContext,
  { mode, now }: SqlRun,
  { actor, audit }: { readonly actor: Actor; readonly audit: AuditEvent },
): SqlWork {
  if (mode === 'read' || mode === 'plan') return { kind: mode }
  const by =
    actor.kind === 'operator'
      ? {
          operator: { id: actor.id, email: actor.email },
          ...{ route: 'POST /api/admin/sql', at: now, epoch: database.feed.epoch },
        }
      : null
  return { kind: 'write', audit: mode === 'write' ? audit : null, by }
}

function startChild(
  { children, settings }: SqlContext,
  { isWrite, signal }: { readonly isWrite: boolean; readonly signal: AbortSignal },
): SqlChild {
  const computeMs = isWrite ? WRITE_MS : settings.sql.timeout
  let child: SqlChild
  try {
    child = children.take({ computeMs, memoryBytes: MEMORY_BYTES })
  } catch (error) {
    throw new AppError('UNAVAILABLE', 'The process of the statement could not be started.', { cause: error })
  }
  const stop = () => child.kill()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return child
}

const TOO_MANY_WRITTEN = `Together the rows that a write returns have ${MAX_WRITTEN / 1024 / 1024} MB at most: nothing was written.`

/** The writer is lent to the process, which has it for seconds at most: then it is killed, and nothing is written. */
async function written(
  context: SqlContext,
  child: SqlChild,
  { request, run }: { readonly request: SqlRequest; readonly run: SqlRun },
): Promise<SqlResult> {
  const lines = await context.database.handOver(async () => {
    try {
      let text = ''
      for (let reply = await child.begin(request); ; reply = await child.more()) {
        text += reply.text
        logFault(context, run, reply)
        if (reply.isLast) return text
        // Not after the last one: that has committed.
        if (text.length > MAX_WRITTEN) throw new AppError('OUT_OF_RANGE', TOO_MANY_WRITTEN)
      }
    } finally {
      child.kill()
      // Only then does it no longer hold the database.
      await child.exited
    }
  })
  throwFirstError(lines)
  let isTaken = false
  return {
    async next() {
      if (isTaken) return null
      isTaken = true
      return lines
    },
    stop() {},
  }
}

async function read(
  context: SqlContext,
  child: SqlChild,
  { request, actor, run }: { readonly request: SqlRequest; readonly actor: Actor; readonly run: SqlRun },
): Promise<SqlResult> {
  const recorded = new Set<string>()
  const recordReads = async ({ opened }: SqlReply) => {
    const audited = opened.filter((name) => context.schema.collections.get(name)?.audit && !recorded.has(name))
    if (audited.length === 0) return
    for (const name of audited) recorded.add(name)
    const by = { actor, ip: run.ip, requestId: run.requestId }
    const event = { how: 'exported', query: run.sql.slice(0, MAX_AUDITED), documents: null } as const
    await context.audit.keep(audited.map((collection) => documentRead(by, { ...event, collection })))
  }
  let reply: SqlReply | null = await child.begin(request)
  logFault(context, run, reply)
  throwFirstError(reply.text)
  await recordReads(reply)
  return {
    async next() {
      const current = reply
      if (current === null) return null
      if (current.isLast) {
        reply = null
        child.kill()
        return current.text
      }
      try {
        reply = await child.more()
        logFault(context, run, reply)
        await recordReads(reply)
      } catch (error) {
        reply = { text: errorLine(knownError(error)), opened: [], fault: null, isLast: true }
      }
      return current.text
    },
    stop: () => child.kill(),
  }
}

/** What is wrong with the first statement is the error of the request. */
function throwFirstError(lines: string): void {
  const [first = ''] = lines.split('\n', 1)
  if (!first.startsWith('{"type":"error"')) return
  const { code, message } = JSON.parse(first) as SqlLine & { readonly type: 'error' }
  throw new AppError(code as ErrorCode, message)
}

/** What broke is for the log; the response says that something did. */
function logFault({ log }: SqlContext, { requestId }: SqlRun, { fault }: SqlReply): void {
  if (fault !== null) log.error({ request_id: requestId, err: fault }, 'a statement of the SQL console failed')
}

function knownError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', 'The statement failed.')
}
