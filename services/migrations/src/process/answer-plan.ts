import { AppError, type Sql } from '@koyalite/contracts'
import { deserializeSchema, serializeSchema } from '@koyalite/schema'
import { openConsole, type SqlFunction } from '@koyalite/sqlite'
import { planEditsHere, type SchemaText } from '../edit/plan-edits'
import type { PlanDatabase } from '../migrations-context'
import type { PlanAnswer, PlanMessage, PlanRequest } from './plan-protocol'

export interface PlanOptions {
  readonly functions: readonly SqlFunction[]
  readonly text: Pick<SchemaText, 'parse' | 'diagnose'>
  send(message: PlanMessage): void
  /** Calls back with each answer of the server. */
  onAnswer(take: (answer: PlanAnswer) => void): void
}

/** Plans a change of the schema in a process of its own, which ends with it. */
export async function answerPlan(request: PlanRequest, options: PlanOptions): Promise<void> {
  const { send, text } = options
  try {
    const { work } = request
    if (work.kind === 'parse') return send({ type: 'parsed', schema: serializeSchema(text.parse(work.source)) })
    const plan = await planEditsHere(
      { ...text, before: work.before },
      {
        database: openTables(request, options),
        schema: deserializeSchema(request.schema),
        ...{ problems: request.problems, files: request.files, systemTables: request.systemTables },
      },
      work.edit,
    )
    const schema = plan.schema()
    send({ type: 'planned', plan: { ...plan, schema: schema && serializeSchema(schema) } })
  } catch (error) {
    if (!(error instanceof AppError)) return send({ type: 'broke', message: messageOf(error) })
    const { code, message, details } = error
    send({ type: 'refused', code, message, details })
  }
}

/** What the tables are is read here; what documents are like, the server asks its readers. */
function openTables({ path, key }: PlanRequest, { functions, send, onAnswer }: PlanOptions): PlanDatabase {
  const tables = openConsole({ path, key, mode: 'read', functions })
  let asked = 0
  const open = new Map<number, PromiseWithResolvers<Extract<PlanAnswer, { type: 'rows' }>>>()
  onAnswer((answer) => {
    const waiting = open.get(answer.id)
    open.delete(answer.id)
    if (answer.type === 'rows') waiting?.resolve(answer)
    else waiting?.reject(new AppError('QUERY_TIMEOUT', answer.message))
  })
  return {
    get: (sql) => tables.all(sql)[0],
    all: (sql) => tables.all(sql),
    async query(sql: Sql, { timeoutMs }) {
      const id = ++asked
      const waiting = Promise.withResolvers<Extract<PlanAnswer, { type: 'rows' }>>()
      open.set(id, waiting)
      send({ type: 'query', id, sql, timeoutMs })
      return waiting.promise
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
