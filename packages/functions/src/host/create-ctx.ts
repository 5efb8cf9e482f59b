import type { Ctx, UserAuth } from '../ctx'
import type { AdminDb, Db, Transaction, TransactionOptions } from '../db-types'
import type { Call } from './call'
import { collectionsOf, membersOf } from './db-members'
import { jobOfCall } from './job-of-call'
import { namedCollections } from './named-collections'
import { openEvents } from './open-events'
import { openMail } from './open-mail'
import { type Collections, openPart } from './open-part'
import { openQueue } from './open-queue'
import { runTransaction, transactionOpen } from './run-transaction'

const V1 = '/internal/v1'

export interface HostFacts {
  readonly env: Readonly<Record<string, string>>
  readonly collections: Collections | undefined
}

/** What a handler gets. Its parts are made when they are used. */
export function createCtx(call: Call, { env, collections }: HostFacts): Ctx {
  const { info, log, signal } = call
  const { auth, request, chain } = info
  const check = () => {
    if (call.hasTransaction) throw transactionOpen(call)
  }
  const root = once(() => openPart({ call, source: 'db', base: '' }))
  const functions = once(() => openPart({ call, source: 'functions', base: '' }))
  const jobs = once(() => openPart({ call, source: 'queue', base: '', check }))
  const queue = once(() => openQueue(jobs(), `${V1}/jobs`))
  const events = once(() => openEvents(jobs(), `${V1}/events`))
  const mail = once(() => openMail(jobs(), `${V1}/mails`))
  const openTransaction = (path: string, follow: <T>(request: Promise<T>) => Promise<T>) => {
    const collection = collectionsOf(openPart({ call, source: 'db', base: path, collections, follow }))
    const later = openPart({ call, source: 'queue', base: '', follow })
    const members = {
      collection,
      queue: openQueue(later, `${path}/jobs`),
      events: openEvents(later, `${path}/events`),
      mail: openMail(later, `${path}/mails`),
    }
    return namedCollections(members, collection) as unknown as Transaction
  }
  const db = once(() => {
    const members = membersOf(openPart({ call, source: 'db', base: `${V1}/db`, collections, check }))
    const transaction = <T>(work: (tx: Transaction) => Promise<T> | T, options?: TransactionOptions) =>
      runTransaction({ call, server: root(), open: openTransaction }, work, options)
    return namedCollections({ ...members, transaction }, members.collection) as unknown as Db
  })
  const adminDb = once(() => {
    const members = membersOf(openPart({ call, source: 'admin', base: `${V1}/admin`, collections, check }))
    return namedCollections(members, members.collection) as unknown as AdminDb
  })
  return {
    auth,
    user: auth?.kind === 'user' ? (auth satisfies UserAuth) : null,
    get db() {
      return db()
    },
    admin: {
      get db() {
        return adminDb()
      },
    },
    functions: {
      call: async (name, input, options) =>
        (await functions().request('POST', `${V1}/functions/${encodeURIComponent(name)}`, {
          ...options,
          body: input,
        })) as never,
    },
    get queue() {
      return queue()
    },
    job: jobOfCall(call, jobs),
    get event() {
      return call.event
    },
    get events() {
      return events()
    },
    get mail() {
      return mail()
    },
    log: {
      debug: (message, fields) => log.write('debug', String(message), fields),
      info: (message, fields) => log.write('info', String(message), fields),
      warn: (message, fields) => log.write('warn', String(message), fields),
      error: (message, fields) => log.write('error', String(message), fields),
    },
    env,
    request: { ip: request.ip, headers: new Headers(request.headers) },
    signal,
    deadline: new Date(info.deadline),
    request_id: request.id,
    version: info.version,
    chain,
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
