import { setTimeout as sleep } from 'node:timers/promises'
import { isKoyaError, KoyaError } from '@koyalite/client/data'
import type { Transaction, TransactionOptions } from '../db-types'
import type { Call } from './call'
import type { PartClient } from './open-part'
import { marked } from './passed-errors'

export interface TransactionParts {
  readonly call: Call
  /** For begin, commit and rollback. */
  readonly server: PartClient
  /** @param path of the transaction @param follow around each of its requests */
  open(path: string, follow: <T>(request: Promise<T>) => Promise<T>): Transaction
}

type Work<T> = (tx: Transaction) => Promise<T> | T

/** The last one holds the writer, so that it cannot be overtaken. */
const TRIES = 5
const PATH = '/internal/v1/transactions'
const NO_JOB = '`completes` is for jobs, and this call runs none: write { completes: ctx.job !== null }'
const CONFLICT = Symbol('conflict')

export function transactionOpen(call: Call): KoyaError {
  const message = 'A transaction of this call is open: use its `tx`, or end it first.'
  return marked({ call, source: 'db' }, new KoyaError('TRANSACTION_OPEN', message, { status: 409 }))
}

/** `ctx.db.transaction`. Work that read what has changed meanwhile runs again: whether it committed or threw. */
export async function runTransaction<T>(
  parts: TransactionParts,
  work: Work<T>,
  { mode = 'optimistic', completes = false }: TransactionOptions = {},
): Promise<T> {
  const { call } = parts
  if (call.hasTransaction) throw transactionOpen(call)
  if (completes && call.info.job === undefined) throw new TypeError(NO_JOB)
  call.hasTransaction = true
  try {
    for (let attempt = 1; ; attempt++) {
      const result = await attemptOnce(parts, work, { mode: attempt < TRIES ? mode : 'exclusive', completes })
      if (result !== CONFLICT) return result
      await sleep(Math.random() * 10 * attempt)
    }
  } finally {
    call.hasTransaction = false
  }
}

async function attemptOnce<T>(
  { server, open }: TransactionParts,
  work: Work<T>,
  { mode, completes }: Required<TransactionOptions>,
): Promise<T | typeof CONFLICT> {
  const { id } = await server.request<{ readonly id: string }>('POST', PATH, { body: { mode } })
  const path = `${PATH}/${id}`
  const requests = openRequests()
  const repeats = (error: unknown) => mode === 'optimistic' && isConflict(error)
  let result: T
  try {
    result = await work(open(path, requests.follow))
    await requests.settled()
  } catch (error) {
    const conflict = await rollBack(server, path)
    if (repeats(error) || repeats(conflict)) return CONFLICT
    throw error
  }
  try {
    await server.request('POST', `${path}/commit`, completes ? { body: { completes } } : {})
    return result
  } catch (error) {
    if (repeats(error)) return CONFLICT
    throw error
  }
}

/** What the server refuses the rollback with: a conflict, where what was read no longer holds. It is rolled back in any case. */
async function rollBack(server: PartClient, path: string): Promise<unknown> {
  try {
    await server.request('DELETE', path)
    return undefined
  } catch (error) {
    return error
  }
}

function isConflict(error: unknown): boolean {
  return isKoyaError(error) && error.code === 'TRANSACTION_CONFLICT'
}

/** The requests of one transaction that have not settled: a write that nobody awaits is part of it all the same. */
function openRequests() {
  const open = new Set<Promise<unknown>>()
  return {
    follow<T>(request: Promise<T>): Promise<T> {
      open.add(request)
      const remove = () => open.delete(request)
      request.then(remove, remove)
      return request
    },
    /** Rejects with what one of them rejects with. */
    async settled(): Promise<void> {
      while (open.size > 0) await Promise.all(open)
    },
  }
}
