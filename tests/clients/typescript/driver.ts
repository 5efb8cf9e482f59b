/** The TypeScript client does what each line of the input says: see ../driver.ts. The generated folder is the first argument. */
import { isKoyaError } from '@koyalite/client'
import type { BatchStep, Filter, Followed, Operation, QuerySpec } from '../driver'
import { linesOf } from '../lines'

// The scenarios name collections and fields at run time; what the compiler makes of them is tested elsewhere.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Any = any

interface Line {
  readonly id: number
  readonly client: { readonly name: string; readonly [option: string]: unknown }
  readonly operation: Operation
}

interface Following {
  state: { docs: unknown[]; seq: string | null; states: number; error: unknown }
  stop: () => void
}

const { createKoyalite }: Any = await import(`${process.argv[2]}/koyalite`)
const clients = new Map<string, Any>()
const following = new Map<string, Following>()
/** Documents as they were seen last, by collection and key: for `ifMatch: true`. */
const seen = new Map<string, object>()

for await (const line of linesOf(process.stdin)) void answer(JSON.parse(line))
process.exit()

async function answer({ id, client: { name, ...options }, operation }: Line): Promise<void> {
  let said: object
  try {
    const koya = clients.get(name) ?? createKoyalite(options)
    clients.set(name, koya)
    said = { value: tagged((await run(koya, operation, name)) ?? null) }
  } catch (error) {
    said = isKoyaError(error) ? { failure: failureOf(error) } : { fault: String((error as Error)?.stack ?? error) }
  }
  process.stdout.write(`${JSON.stringify({ id, ...said })}\n`)
}

async function run(koya: Any, operation: Operation, client: string): Promise<unknown> {
  switch (operation.op) {
    case 'list':
      return queryOf(koya, operation.query).get()
    case 'all':
      return Array.fromAsync(queryOf(koya, operation.query).iterate())
    case 'first':
      return queryOf(koya, operation.query).first()
    case 'count':
      return queryOf(koya, operation.query).count()
    case 'page': {
      const { docs, nextCursor, total } = await queryOf(koya, operation.query).page(operation)
      return { docs, nextCursor, total: total ?? null }
    }
    case 'aggregate':
      return queryOf(koya, operation.query).aggregate(operation.input)
    case 'get': {
      const { collection, id, expand } = operation
      return see(client, collection, id, await koya.collection(collection).getById(id, { expand }))
    }
    case 'create': {
      const { collection, data, idempotencyKey } = operation
      const doc = await koya.collection(collection).create(untagged(data), { idempotencyKey })
      return see(client, collection, doc.id, doc)
    }
    case 'createMany':
      return koya.collection(operation.collection).createMany(untagged(operation.data))
    case 'update':
    case 'replace': {
      const { op, collection, id, data } = operation
      const ifMatch = operation.ifMatch === true ? seen.get(place(client, collection, id)) : operation.ifMatch
      return see(client, collection, id, await koya.collection(collection)[op](id, untagged(data), { ifMatch }))
    }
    case 'delete': {
      const { collection, id } = operation
      const ifMatch = operation.ifMatch === true ? seen.get(place(client, collection, id)) : operation.ifMatch
      return koya.collection(collection).delete(id, { ifMatch })
    }
    case 'batch':
      return koya.batch((tx: Any) => operation.operations.map((step) => stepOf(tx, step)))
    case 'call': {
      const { input, idempotencyKey } = operation
      const name = operation.function.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
      return koya.fn[name](untagged(input), { idempotencyKey })
    }
    case 'request':
      return koya.request(operation.method, operation.path, { body: operation.body })
    case 'lastSeq':
      return koya.lastSeq
    case 'register':
    case 'login':
      return void (await koya.auth[operation.op]({ email: operation.email, password: operation.password }))
    case 'logout':
      return koya.auth.logout()
    case 'user':
      await koya.auth.ready
      return koya.auth.user
    case 'follow':
      return follow(koya, operation.name, operation.query)
    case 'followed':
      return following.get(operation.name)?.state
    case 'unfollow':
      return following.get(operation.name)?.stop()
  }
}

function follow(koya: Any, name: string, query: QuerySpec): void {
  const state: Following['state'] = { docs: [], seq: null, states: 0, error: null }
  const stop = queryOf(koya, query).subscribe({
    next: ({ docs, seq }: Followed) => Object.assign(state, { docs, seq, states: state.states + 1 }),
    error: (error: unknown) => {
      state.error = failureOf(error)
    },
  })
  following.set(name, { state, stop })
}

function queryOf(koya: Any, spec: QuerySpec): Any {
  let query = koya.collection(spec.collection)
  if (spec.filter) query = query.filter(untagged(spec.filter) as Filter)
  if (spec.where) query = query.where(spec.where.expression, ...(untagged(spec.where.params) as unknown[]))
  if (spec.sort) query = query.sort(...spec.sort)
  if (spec.limit !== undefined) query = query.limit(spec.limit)
  if (spec.offset !== undefined) query = query.offset(spec.offset)
  if (spec.expand) query = query.expand(...spec.expand)
  if (spec.fields) query = query.fields(...spec.fields)
  return query
}

function stepOf(tx: Any, { op, collection, id, data }: BatchStep): unknown {
  const one = tx[collection]
  if (op === 'create') return one.create(untagged(data))
  return op === 'delete' ? one.delete(id) : one[op](id, untagged(data))
}

function see(client: string, collection: string, id: unknown, doc: object): object {
  seen.set(place(client, collection, id), doc)
  return doc
}

function place(client: string, collection: string, id: unknown): string {
  return JSON.stringify([client, collection, id])
}

function failureOf(error: Any): object {
  const { name: kind, code, status, message, details, requestId = null, operation = null } = error
  const { executed = null, execution = null } = error
  return { kind, code, status, message, details, requestId, operation, executed, execution }
}

function tagged(value: unknown): unknown {
  if (value instanceof Date) return { $timestamp: value.toISOString() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(tagged)
  return mapped(value, tagged)
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged)
  const { $timestamp, $date, $bytes } = (value ?? {}) as Readonly<Record<string, string | undefined>>
  if ($timestamp !== undefined) return new Date($timestamp)
  if ($bytes !== undefined) return new Uint8Array(Buffer.from($bytes, 'base64'))
  return $date ?? mapped(value, untagged)
}

function mapped(value: unknown, by: (value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, by(inner)]))
}
