import { FakeDocuments, type Reply, refused } from './fake-documents'
import type { FakeJob, FakeJobs } from './fake-jobs'

type DocumentRequest = Parameters<FakeDocuments['handle']>[0]

interface OpenTransaction {
  readonly id: string
  readonly mode: string
  readonly token: string
  /** What was read, as of which version. */
  readonly reads: Map<string, number>
  readonly writes: DocumentRequest[]
  readonly jobs: FakeJob[]
  readonly events: FakeEvent[]
  readonly mails: object[]
  /** What its own writes would make of it. */
  readonly view: FakeDocuments
  /** Of an exclusive one. */
  readonly release: () => void
}

export interface FakeEvent {
  readonly type: string
  readonly data: unknown
}

/** Optimistic and exclusive transactions over FakeDocuments; a collection that was read conflicts when it was written meanwhile. */
export class FakeTransactions {
  readonly #documents: FakeDocuments
  readonly #jobs: FakeJobs
  readonly #open = new Map<string, OpenTransaction>()
  /** Whoever writes waits for it. */
  #writer: Promise<void> = Promise.resolve()
  /** The modes of all that were begun. */
  /** Events that have happened, within transactions or not. */
  readonly published: FakeEvent[] = []
  /** Emails that were sent. */
  readonly mailed: object[] = []
  readonly begun: string[] = []
  /** How many of the next commits conflict, whatever was read. */
  conflicts = 0

  constructor(documents: FakeDocuments, jobs: FakeJobs) {
    this.#documents = documents
    this.#jobs = jobs
  }

  isOpen(token: string): boolean {
    return [...this.#open.values()].some((transaction) => transaction.token === token)
  }

  async begin(token: string, mode: string): Promise<Reply> {
    if (this.isOpen(token)) return refused(409, { code: 'TRANSACTION_OPEN', message: 'one at a time' })
    this.begun.push(mode)
    const release = mode === 'exclusive' ? await this.#hold() : () => {}
    const id = crypto.randomUUID()
    this.#open.set(id, {
      ...{ id, mode, token, release },
      ...{ reads: new Map(), writes: [], jobs: [], events: [], mails: [], view: copied(this.#documents) },
    })
    return { status: 201, body: { id } }
  }

  handle(id: string, request: DocumentRequest): Reply {
    const transaction = this.#open.get(id)
    if (transaction === undefined) return refused(404, { code: 'NOT_FOUND', message: 'no such transaction is open' })
    const { reads, writes, view } = transaction
    if (request.method === 'GET') {
      if (writes.some(({ collection }) => collection === request.collection)) {
        return refused(409, {
          code: 'READ_AFTER_WRITE',
          message: `${request.collection} was written in this transaction`,
        })
      }
      reads.set(request.collection, this.#documents.version(request.collection))
      return this.#documents.read(request)
    }
    const reply = view.write(request)
    const id_ = (reply.body as { readonly id?: string } | undefined)?.id
    if (reply.status < 300) writes.push({ ...request, id: request.id ?? id_ })
    return reply
  }

  push(id: string, body: { readonly jobs: Parameters<FakeJobs['push']>[0] }): Reply {
    const transaction = this.#open.get(id)
    if (transaction === undefined) return refused(404, { code: 'NOT_FOUND', message: 'no such transaction is open' })
    return this.#jobs.push(body.jobs, (job) => transaction.jobs.push(job))
  }

  publish(id: string, event: FakeEvent): Reply {
    const transaction = this.#open.get(id)
    if (transaction === undefined) return refused(404, { code: 'NOT_FOUND', message: 'no such transaction is open' })
    transaction.events.push(event)
    return { status: 201, body: {} }
  }

  send(id: string, mail: object): Reply {
    const transaction = this.#open.get(id)
    if (transaction === undefined) return refused(404, { code: 'NOT_FOUND', message: 'no such transaction is open' })
    transaction.mails.push(mail)
    return { status: 201, body: { id: 'm-1', created: true } }
  }

  async commit(id: string, { completes = false }: { readonly completes?: boolean } = {}): Promise<Reply> {
    const transaction = this.#open.get(id)
    const release = transaction?.mode === 'exclusive' ? transaction.release : await this.#hold()
    const reply = this.#commitHeld(id, completes)
    release()
    return reply
  }

  #commitHeld(id: string, completes: boolean): Reply {
    const transaction = this.#open.get(id)
    this.#open.delete(id)
    if (transaction === undefined) return refused(404, { code: 'NOT_FOUND', message: 'no such transaction is open' })
    if (this.conflicts > 0 && transaction.mode === 'optimistic') {
      this.conflicts--
      return conflict()
    }
    if (this.#isStale(transaction)) return conflict()
    const lost = completes ? this.#jobs.complete(transaction.token) : undefined
    if (lost !== undefined) return lost
    this.#jobs.pushed.push(...transaction.jobs)
    this.published.push(...transaction.events)
    this.mailed.push(...transaction.mails)
    for (const write of transaction.writes) this.#documents.write(write)
    return { status: 200, body: { seq: 'epoch.1' } }
  }

  rollBack(id: string): Reply {
    const transaction = this.#open.get(id)
    this.#open.delete(id)
    transaction?.release()
    return transaction !== undefined && this.#isStale(transaction) ? conflict() : { status: 204 }
  }

  async #hold(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#writer
    this.#writer = before.then(() => promise)
    await before
    return resolve
  }

  #isStale({ reads }: OpenTransaction): boolean {
    return [...reads].some(([collection, version]) => this.#documents.version(collection) !== version)
  }
}

function conflict(): Reply {
  return refused(503, { code: 'TRANSACTION_CONFLICT', message: 'what it read has changed' })
}

function copied(documents: FakeDocuments): FakeDocuments {
  const copy = new FakeDocuments()
  for (const [name, all] of documents.collections) copy.collections.set(name, new Map(all))
  return copy
}
