import {
  type Actor,
  type AuditTrail,
  type DocumentHooks,
  type OperationOverrides,
  SYSTEM,
  type TransactionOwner,
} from '@koyalite/contracts'
import { createHttpApp, createMetrics, NO_LOG } from '@koyalite/kernel'
import type { Database, DatabaseOptions } from '@koyalite/sqlite'
import { dataRoutes } from '../http/routes'
import { transactionRoutes } from '../transactions/http/transaction-routes'
import { OpenTransactions } from '../transactions/open-transactions'
import { WriterShare } from '../transactions/writer-share'
import { openTestContext, type TestResponse } from './open-api'

type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<TestResponse>

/** A call of a function, as the server sees it. */
export interface TestCall {
  /** Who has called, as they are now. */
  actor: Actor
  begin(mode?: 'optimistic' | 'exclusive'): Promise<TestTransaction>
  /** Begins one, whatever comes of it. */
  tryBegin(mode: unknown): Promise<TestResponse>
  /** What it sends below /internal/v1/transactions. */
  readonly send: Send
  end(): void
}

export interface TestTransaction {
  readonly id: string
  /** Below `/api/collections/`. */
  readonly send: Send
  /** An operation of another service. */
  run(name: string, body: unknown): Promise<TestResponse>
  commit(body?: object): Promise<TestResponse>
  rollBack(): Promise<TestResponse>
}

export interface TransactionApi {
  readonly database: Database
  readonly open: OpenTransactions
  readonly share: WriterShare
  /** Outside of transactions, as the server. */
  readonly system: Send
  /** @param name of its function */
  call(actor?: Actor, name?: string): TestCall
  close(): Promise<void>
}

/** The real routes of documents and transactions over a database in a file, where others see only what is committed. */
export async function openTransactionApi(
  yaml: string,
  {
    now = Date.now,
    warn = () => {},
    ...options
  }: Partial<DatabaseOptions> & {
    readonly audit?: Pick<AuditTrail, 'record'>
    readonly hooks?: DocumentHooks
    readonly overrides?: OperationOverrides
    readonly now?: () => number
    readonly warn?: (...said: readonly unknown[]) => void
  },
): Promise<TransactionApi> {
  const { database, context } = await openTestContext(yaml, options)
  const share = new WriterShare({ log: { warn }, now })
  const open = new OpenTransactions({ database, share, log: NO_LOG })
  const calls = new Map<string, TransactionOwner & { actor: Actor }>()
  open.ownedBy((headers) => {
    const call = calls.get(headers.get('authorization') ?? '')
    if (call === undefined) throw new Error('the call has ended')
    return call
  })
  const app = createHttpApp({
    routes: [...dataRoutes(context), ...transactionRoutes(context, open, () => {})],
    settings: {
      ...{ host: '127.0.0.1', url: null, headers: {}, max_body: 10_000_000, trust_proxy: false },
      cors: { origins: ['*'], credentials: false },
    } as never,
    log: NO_LOG,
    metrics: createMetrics().http,
    authenticate: ({ headers }) => calls.get(headers.get('authorization') ?? '')?.actor ?? SYSTEM,
    checkHost: false,
  })
  const sender =
    (base: string, credentials: Readonly<Record<string, string>> = {}): Send =>
    async (method, path, body, more = {}) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const init = {
        method,
        headers: { ...json, ...credentials, ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }
      const response = await app.fetch(new Request(`http://localhost${base}${path}`, init), { ip: '127.0.0.1' })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
    }
  let count = 0
  return {
    ...{ database, open, share, system: sender('/api/collections/') },
    call(actor = SYSTEM, name = 'f') {
      const token = `call-${count++}`
      const ends: (() => void)[] = []
      const owner = {
        actor,
        function: name,
        chain: { root: name, depth: 0 },
        onEnd: (end: () => void) => void ends.push(end),
      }
      calls.set(token, owner)
      const credentials = { authorization: token }
      const send = sender('/internal/v1/transactions', credentials)
      const tryBegin = (mode: unknown) => send('POST', '', { mode })
      return {
        get actor() {
          return owner.actor
        },
        set actor(next) {
          owner.actor = next
        },
        ...{ send, tryBegin },
        async begin(mode = 'optimistic') {
          const { status, body } = await tryBegin(mode)
          if (status !== 201) throw new Error(`expected 201, got ${status}: ${JSON.stringify(body)}`)
          const { id } = body
          return {
            id,
            send: sender(`/internal/v1/transactions/${id}/api/collections/`, credentials),
            run: (name, sent) => send('POST', `/${id}/${name}`, sent),
            commit: (sent) => send('POST', `/${id}/commit`, sent),
            rollBack: () => send('DELETE', `/${id}`),
          }
        },
        end() {
          calls.delete(token)
          for (const end of ends) end()
        },
      }
    },
    close: () => database.close(),
  }
}
