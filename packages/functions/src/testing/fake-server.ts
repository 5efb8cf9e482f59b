import { FakeDocuments, type Reply, refused } from './fake-documents'
import { FakeJobs } from './fake-jobs'
import { type FakeEvent, FakeTransactions } from './fake-transactions'

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
  readonly at: number
  readonly truncated?: boolean
}

export interface FakeServerOptions {
  readonly socket: string
  readonly instanceToken: string
  /** Response to `ready`. @default 204 */
  readonly ready?: Reply
  /** What `functions.call` of a name gives. */
  readonly functions?: Readonly<Record<string, (input: unknown) => Reply>>
  readonly admin?: boolean
}

/** The side of the server of PROTOCOL.md, over documents in memory. */
export class FakeServer {
  readonly documents = new FakeDocuments()
  readonly jobs = new FakeJobs()
  readonly transactions = new FakeTransactions(this.documents, this.jobs)
  /** By execution. */
  readonly logs = new Map<string, LogLine[]>()
  /** `GET /internal/v1/db/api/collections/posts`, … with their headers. */
  readonly requests: { readonly line: string; readonly headers: Headers }[] = []
  /** The tokens of calls, and their executions. */
  readonly tokens = new Map<string, string>()
  readonly ready: Promise<Record<string, unknown>>
  readonly #options: FakeServerOptions
  readonly #isReady: (body: Record<string, unknown>) => void
  readonly #server: ReturnType<typeof Bun.serve>
  readonly #aliveEnd = Promise.withResolvers<() => void>()

  constructor(options: FakeServerOptions) {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>()
    this.ready = promise
    this.#isReady = resolve
    this.#options = options
    this.#server = Bun.serve({
      unix: options.socket,
      ...({ idleTimeout: 0 } as object),
      fetch: (request) => this.#answer(request),
    })
  }

  /** Ends `alive`, once it was asked for: the instance exits. */
  async endAlive(): Promise<void> {
    const end = await this.#aliveEnd.promise
    end()
  }

  async stop(): Promise<void> {
    await this.#server.stop(true)
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    this.requests.push({ line: `${request.method} ${url.pathname}`, headers: request.headers })
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
    const path = url.pathname.replace(/^\/internal\/v1\//, '')
    if (path === 'ready' || path === 'alive') {
      if (token !== this.#options.instanceToken)
        return sent(refused(401, { code: 'UNAUTHENTICATED', message: 'not the instance' }))
      return path === 'alive' ? this.#alive() : this.#readyReply(request)
    }
    const execution = this.tokens.get(token)
    if (execution === undefined) return sent(refused(401, { code: 'UNAUTHENTICATED', message: 'the call has ended' }))
    const text = await request.text()
    if (path === 'logs') return this.#takeLogs(execution, text)
    const body = text === '' ? undefined : JSON.parse(text)
    return sent(await this.#reply({ token, path, query: url.searchParams, method: request.method, body }))
  }

  #reply(request: RoutedRequest): Reply | Promise<Reply> {
    const { token, path, body } = request
    const [part = '', ...rest] = path.split('/')
    if (part === 'functions') return this.#callFunction(decodeURIComponent(rest[0] ?? ''), body)
    if (part === 'transactions') {
      const [id, ...inner] = rest
      if (id === undefined) return this.transactions.begin(token, (body as { readonly mode: string }).mode)
      if (inner[0] === 'commit')
        return this.transactions.commit(id, body as { readonly completes?: boolean } | undefined)
      if (inner[0] === 'events') return this.transactions.publish(id, body as FakeEvent)
      if (inner[0] === 'mails') return this.transactions.send(id, body as object)
      if (inner[0] === 'jobs') return this.transactions.push(id, body as PushBody)
      return inner[0] === 'api'
        ? this.transactions.handle(id, documentRequest(request, inner))
        : this.transactions.rollBack(id)
    }
    if (part === 'jobs') {
      return this.jobs.push((body as PushBody).jobs, (job) => this.jobs.pushed.push(job))
    }
    if (part === 'events') {
      this.transactions.published.push(body as FakeEvent)
      return { status: 201, body: {} }
    }
    if (part === 'mails') {
      this.transactions.mailed.push(body as object)
      return { status: 201, body: { id: 'm-1', created: true } }
    }
    if (part === 'job') return this.jobs.report(token, body as { readonly progress: number })
    if (part === 'admin' && !this.#options.admin)
      return refused(403, { code: 'FORBIDDEN', message: 'without `admin: true`' })
    if (part === 'db' && this.transactions.isOpen(token))
      return refused(409, { code: 'TRANSACTION_OPEN', message: 'open' })
    if (rest.join('/') === 'api/batch') return this.#batch(body as { readonly operations: readonly BatchOperation[] })
    return this.documents.handle(documentRequest(request, rest))
  }

  #callFunction(name: string, input: unknown): Reply {
    const run = this.#options.functions?.[name]
    return run?.(input) ?? refused(404, { code: 'FUNCTION_NOT_FOUND', message: `there is no function ${name}` })
  }

  #batch({ operations }: { readonly operations: readonly BatchOperation[] }): Reply {
    const methods = { create: 'POST', update: 'PATCH', upsert: 'PUT', delete: 'DELETE' }
    const results = operations.map(({ op, collection, id, data }) => {
      const query = new URLSearchParams()
      return this.documents.write({ method: methods[op], collection, id, body: data, query }).body ?? null
    })
    return { status: 200, body: { results } }
  }

  async #readyReply(request: Request): Promise<Response> {
    this.#isReady((await request.json()) as Record<string, unknown>)
    return sent(this.#options.ready ?? { status: 204 })
  }

  #alive(): Response {
    return new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('\n'))
          this.#aliveEnd.resolve(() => controller.close())
        },
      }),
    )
  }

  #takeLogs(execution: string, text: string): Response {
    const lines = text.split('\n').filter((line) => line !== '')
    this.logs.set(execution, [...(this.logs.get(execution) ?? []), ...lines.map((line) => JSON.parse(line))])
    return new Response(null, { status: 204 })
  }
}

interface RoutedRequest {
  readonly token: string
  readonly path: string
  readonly query: URLSearchParams
  readonly method: string
  readonly body: unknown
}

type PushBody = Parameters<FakeTransactions['push']>[1]

interface BatchOperation {
  readonly op: 'create' | 'update' | 'upsert' | 'delete'
  readonly collection: string
  readonly id?: string
  readonly data?: unknown
}

/** @param steps `api`, `collections`, the collection, and the key */
function documentRequest({ method, query, body }: RoutedRequest, steps: readonly string[]) {
  const [, , collection = '', key] = steps
  const id = key === undefined ? undefined : decodeURIComponent(key).replace(/^~/, '')
  return { method, collection, id, query, body }
}

function sent({ status, body }: Reply): Response {
  return body === undefined ? new Response(null, { status }) : Response.json(body, { status })
}
