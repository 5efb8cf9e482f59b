import { basename, join, resolve } from 'node:path'
import { requireAdmin } from '@koyalite/access'
import { AppError, documentRead } from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Retention, Route } from '@koyalite/kernel'
import { z } from 'zod'
import { BACKUPS_AREA, SETTINGS_AREA } from './admin-areas'
import * as answer from './answer-schemas'
import { backupsIn, type FoundBackup, removeBackup } from './backup-place'
import { backupAndPrune } from './operations/backup-and-prune'
import { DUMP_FORMATS, type Dump, dumpDatabase } from './operations/dump-database'
import { resetDatabase } from './operations/reset-database'
import { runDoctor } from './operations/run-doctor'
import { verifyBackup } from './operations/verify-backup'
import type { OperationsContext } from './operations-context'

const NO_STORE = { 'cache-control': 'no-store' }

/** Everything here reads or replaces the whole database, so the rules for backups stand for all of it. */
export function backupRoutes(context: OperationsContext): readonly Route[] {
  const write = (request: ApiRequest) => requireAdmin(request.actor, BACKUPS_AREA, 'write')
  return [
    {
      method: 'GET',
      path: '/api/admin/backups',
      summary: 'List backups, newest first, with the schedule',
      responses: { 200: answer.backupsAnswer },
      handle: async (request) => {
        requireAdmin(request.actor, BACKUPS_AREA, 'read')
        const backups = await backupsIn(folderOf(context))
        return json(200, { backups: backups.map(describe), schedule: describeSchedule(context) })
      },
    },
    {
      method: 'POST',
      path: '/api/admin/backups',
      summary: 'Create a backup now',
      body: CREATE,
      responses: { 201: answer.createdBackupAnswer },
      handle: async (request) => {
        write(request)
        const { to, keep } = await input(request, CREATE)
        if (to !== undefined && request.actor.kind !== 'system') {
          throw new AppError(
            'FORBIDDEN',
            'Only the command line on the same machine may choose the destination of a backup.',
          )
        }
        const options = { keep: keep ?? null, ...(to === undefined ? {} : { to }) }
        const { backup, removed } = await backupAndPrune(context, request.actor, options)
        return json(201, { ...describe(backup), removed })
      },
    },
    {
      method: 'PUT',
      path: '/api/admin/backups/schedule',
      summary: 'Set the backup schedule until the next start, which reads koyalite.yaml',
      body: SCHEDULE,
      responses: { 200: answer.scheduleAnswer },
      handle: async (request) => {
        write(request)
        const { schedule, keep } = await input(request, SCHEDULE)
        try {
          context.schedule.follow({ schedule, keep: keep ?? context.schedule.plan().keep })
        } catch (error) {
          if (error instanceof RangeError) throw new AppError('INVALID_REQUEST', `schedule: ${error.message}`)
          throw error
        }
        return json(200, describeSchedule(context))
      },
    },
    {
      method: 'POST',
      path: '/api/admin/backups/:name/verify',
      summary: 'Verify a backup: checksums, and every page of its database',
      responses: { 200: answer.verifiedBackupAnswer },
      handle: async (request) => {
        requireAdmin(request.actor, BACKUPS_AREA, 'read')
        const found = await named(context, request)
        const key = context.settings.database.encryption_key ?? undefined
        const { backup, problems } = await verifyBackup(found.path, { key, scratch: join(context.dir, 'data') })
        return json(200, { ...describe(backup), ok: problems.length === 0, problems })
      },
    },
    {
      method: 'DELETE',
      path: '/api/admin/backups/:name',
      summary: 'Delete a backup',
      responses: { 204: null },
      handle: async (request) => {
        write(request)
        await removeBackup(await named(context, request))
        return { status: 204, body: null }
      },
    },
    {
      method: 'GET',
      path: '/api/admin/dump',
      summary: 'Dump all data as SQL, NDJSON or CSV, from one snapshot',
      handle: async (request) => {
        write(request)
        return answerDump(context, request)
      },
    },
    {
      method: 'POST',
      path: '/api/admin/reset',
      summary: 'Delete all documents and users; refused in production and under koyalite start',
      responses: { 200: answer.resetAnswer },
      handle: async (request) => {
        write(request)
        const { documents, backup, epoch } = await resetDatabase(context, request.actor)
        return json(200, { documents, backup: backup === null ? null : backup.path, epoch })
      },
    },
    {
      method: 'GET',
      path: '/api/admin/doctor',
      summary: 'Check the project for problems',
      responses: { 200: answer.findingsAnswer },
      handle: async (request) => {
        requireAdmin(request.actor, SETTINGS_AREA, 'read')
        return json(200, { findings: await runDoctor(context) })
      },
    },
  ]
}

const RETENTION = z.union([
  z.strictObject({ count: z.int().min(1) }),
  z.strictObject({ ageMs: z.int().min(1) }),
]) satisfies z.ZodType<Retention>
const CREATE = z.strictObject({ to: z.string().min(1).optional(), keep: RETENTION.optional() })
const SCHEDULE = z.strictObject({ schedule: z.string().min(1).nullable(), keep: RETENTION.optional() })

async function input<T>(request: ApiRequest, type: z.ZodType<T>): Promise<T> {
  const parsed = type.safeParse(await request.json())
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('INVALID_REQUEST', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not valid'}`)
}

function folderOf({ dir, settings }: OperationsContext): string {
  return resolve(dir, settings.backups.dir)
}

async function named(context: OperationsContext, request: ApiRequest): Promise<FoundBackup> {
  const backups = await backupsIn(folderOf(context))
  const found = backups.find(({ path }) => basename(path) === request.params.name)
  if (found === undefined) throw new AppError('NOT_FOUND', `There is no backup '${request.params.name}'.`)
  return found
}

function describe({ path, form, manifest }: FoundBackup) {
  return {
    name: basename(path),
    path,
    form,
    created_at: manifest?.created_at ?? null,
    epoch: manifest?.epoch ?? null,
    seq: manifest?.seq ?? null,
    encrypted: manifest?.encrypted ?? null,
    version: manifest?.version ?? null,
    files: manifest?.files.length ?? 1,
    bytes: manifest?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? null,
  }
}

function describeSchedule({ schedule }: OperationsContext) {
  const plan = schedule.plan()
  return { schedule: plan.schedule, keep: plan.keep, next: schedule.next(), last: schedule.last() }
}

/**
 * SQL, or one collection: the text itself. Several collections as NDJSON or CSV: lines `{"collection","text"}`, for whoever writes each to a file of
 * its own; one answer, because only that is of one moment.
 */
async function answerDump(context: OperationsContext, request: ApiRequest): Promise<Response> {
  const format = DUMP_FORMATS.find((name) => name === (request.query.get('format') ?? 'sql'))
  if (format === undefined) throw new AppError('INVALID_REQUEST', `format must be one of ${DUMP_FORMATS.join(', ')}.`)
  const collections = request.query.getAll('collection')
  await keepExport(context, request, format === 'sql' ? [] : collections)
  const dump = await dumpDatabase(context, collections.length === 0 ? { format } : { format, collections })
  const inFrames = format !== 'sql' && request.query.get('frames') === 'true'
  if (format === 'csv' && !inFrames && collections.length !== 1) {
    await dump.stop()
    throw new AppError('INVALID_REQUEST', 'A CSV dump holds one collection: choose it with collection=.')
  }
  return new Response(streamOf(dump, inFrames), {
    status: 200,
    headers: {
      ...NO_STORE,
      'content-type': inFrames ? 'application/x-ndjson' : TYPES[format],
      'koyalite-dump-seq': String(dump.seq),
      ...(dump.unlike.length > 0 && { 'koyalite-dump-unlike': headerText(dump.unlike) }),
    },
  })
}

/** A list of lines as a header can have it: JSON in ASCII, some of them where there are many. */
function headerText(lines: readonly string[]): string {
  const some = lines.slice(0, 10).map((line) => line.slice(0, 150))
  return JSON.stringify(some).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Kept before anything is given: of collections that are marked `audit: true`. @param chosen by name; none: all */
async function keepExport(context: OperationsContext, request: ApiRequest, chosen: readonly string[]): Promise<void> {
  const read = [...context.schema.collections.values()].filter(
    ({ audit, name }) => audit && (chosen.length === 0 || chosen.includes(name)),
  )
  if (read.length === 0) return
  const { actor, ip, id: requestId, query } = request
  await context.database.write((tx) => {
    for (const { name: collection } of read) {
      const event = { how: 'exported', collection, query: query.toString(), documents: null } as const
      context.record(tx, documentRead({ actor, ip, requestId }, event))
    }
  })
}

const TYPES = { sql: 'application/sql', ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const

function streamOf(dump: Dump, inFrames: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const next = await dump.texts.next()
      if (next.done === true) return controller.close()
      controller.enqueue(encoder.encode(inFrames ? `${JSON.stringify(next.value)}\n` : next.value.text))
    },
    cancel: () => dump.stop(),
  })
}

function json(status: number, value: object): ApiResponse {
  return { status, body: JSON.stringify(value), headers: NO_STORE }
}
