import {
  authOfActor,
  type CodeCaller,
  type CodeEffects,
  didYouMean,
  type HookCall,
  type HookDocuments,
  type HookList,
  type HookValues,
  type JobChain,
  type JsonValue,
  type LaterHookDocuments,
  type Tx,
} from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { asKoyaErrors, koyaErrorOf } from './hook-errors'
import { wireOf, wireValues } from './wire-values'

export interface ContextParts {
  readonly effects: CodeEffects
  readonly database: Pick<Database, 'write'>
  readonly log: Log
  /** Of the server's environment and the project's .env. */
  readonly env: () => Readonly<Record<string, string>>
  readonly collections: () => readonly string[]
}

/** Which hook a context is for. */
export interface ContextOf {
  /** `posts.beforeCreate in hooks/posts.ts` */
  readonly place: string
  readonly file: string
  readonly call: HookCall
}

/** How what a hook asks for is run: at once in the write, or each in a write of its own. */
type Run = <T>(work: (tx: Tx) => T) => unknown

/** What `before…` gets; `end` when it has returned: what is asked later is refused. */
export function beforeContext(
  parts: ContextParts,
  of: ContextOf,
  { tx, documents }: { readonly tx: Tx; readonly documents: HookDocuments },
): { readonly ctx: object; end(): void } {
  let isOver = false
  const requireOpen = () => {
    if (isOver) throw new Error(`${of.place} has returned: its write is over, and ctx with it`)
  }
  const run: Run = (work) =>
    asKoyaErrors(() => {
      requireOpen()
      return work(tx)
    })
  const ask = (name: keyof HookDocuments, args: readonly unknown[]) =>
    asKoyaErrors(() => {
      requireOpen()
      return (documents[name] as (...args: readonly unknown[]) => unknown)(...args)
    })
  const ctx = { ...shared(parts, of), ...effectsOf(parts, of, run), db: dbOf(parts, of, ask) }
  return {
    ctx,
    end() {
      isOver = true
    },
  }
}

/** What `prepare…` and `after…` get. */
export function laterContext(
  parts: ContextParts,
  of: ContextOf,
  { documents, signal }: { readonly documents: LaterHookDocuments; readonly signal?: AbortSignal },
): object {
  const run: Run = (work) =>
    asLaterKoyaErrors(async () => (await parts.database.write((tx) => work(tx) as JsonValue)).value)
  const ask = (name: keyof HookDocuments, args: readonly unknown[]) =>
    asLaterKoyaErrors(() => (documents[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args))
  return {
    ...shared(parts, of),
    ...effectsOf(parts, of, run),
    db: dbOf(parts, of, ask),
    ...(signal && { signal }),
  }
}

/** `asKoyaErrors` of what is waited for. */
export async function asLaterKoyaErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw koyaErrorOf(error)
  }
}

function shared({ log, env }: ContextParts, { file, call }: ContextOf) {
  const { actor, collection, operation, ip, requestId } = call
  const logged = (level: 'debug' | 'info' | 'warn' | 'error') => (message: unknown, fields?: object) =>
    log[level]({ hook: file, ...(requestId !== null && { request_id: requestId }), ...fields }, String(message))
  return {
    ...{ auth: authOfActor(actor), collection, operation },
    log: { debug: logged('debug'), info: logged('info'), warn: logged('warn'), error: logged('error') },
    get env() {
      return env()
    },
    request: { ip, id: requestId },
    chain: chainOf(call),
  }
}

function effectsOf({ effects }: ContextParts, { place, call }: ContextOf, run: Run) {
  const caller: CodeCaller = { name: 'hooks', actor: call.actor, chain: chainOf(call) }
  const jobs = (sent: readonly object[], pick: (jobs: readonly unknown[]) => unknown) =>
    run((tx) => {
      const pushed = effects.push(tx, caller, wireOf({ jobs: sent }, place)) as { readonly jobs: readonly unknown[] }
      return pick(pushed.jobs)
    })
  return {
    queue: {
      push: (name: string, payload?: unknown, options?: object) =>
        jobs([{ ...options, name, payload }], ([job]) => job),
      pushMany: (name: string, list: readonly unknown[]) =>
        list.length === 0 ? run(() => []) : jobs(sentJobs(name, list), (pushed) => pushed),
    },
    mail: {
      send: (mail: unknown) =>
        run((tx) => (effects.send(tx, caller, wireOf(mail, place)) as { readonly id: string }).id),
    },
    events: {
      publish: (type: string, data: unknown = null) =>
        run((tx) => {
          effects.publish(tx, caller, wireOf({ type, data }, place))
        }),
    },
  }
}

/** As `pushMany` of functions: elements with a payload have options, others are payloads. */
function sentJobs(name: string, list: readonly unknown[]): readonly object[] {
  const hasPayload = (job: unknown): job is object =>
    typeof job === 'object' && job !== null && Object.hasOwn(job, 'payload')
  return list.every(hasPayload) ? list.map((job) => ({ ...job, name })) : list.map((payload) => ({ name, payload }))
}

type Ask = (name: keyof HookDocuments, args: readonly unknown[]) => unknown

function dbOf({ collections }: ContextParts, { place }: ContextOf, ask: Ask): object {
  const documentsOf = (collection: string) => ({
    get: (id: string | number) => ask('get', [collection, String(id)]),
    list: (query: HookList = {}) => ask('list', [collection, wireOf(query, place)]),
    count: (filter?: JsonValue) => ask('count', [collection, ...(filter === undefined ? [] : [wireOf(filter, place)])]),
    create: (data: HookValues) => ask('create', [collection, wireValues(data, place)]),
    update: (id: string | number, data: HookValues) => ask('update', [collection, String(id), wireValues(data, place)]),
    delete: (id: string | number) => ask('delete', [collection, String(id)]),
  })
  const collection = (name: string) => {
    const names = collections()
    if (!names.includes(name)) throw new TypeError(`there is no collection '${name}'${didYouMean(name, names)}`)
    return documentsOf(name)
  }
  return new Proxy(
    {},
    {
      get: (_, name) =>
        // What asks whether this is a promise, or how to print it, names no collection.
        typeof name === 'symbol' || name === 'then' || name === 'toJSON'
          ? undefined
          : name === 'collection'
            ? collection
            : collection(name),
    },
  )
}

function chainOf({ chain, requestId }: HookCall): JobChain {
  return chain ?? { root: requestId ?? Bun.randomUUIDv7(), depth: 0 }
}
