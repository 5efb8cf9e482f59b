import { type AdapterClient, isKoyaError, KoyaError } from '@koyalite/client/adapter'
import type { PendingMutation } from '@tanstack/db'
import { inOrder } from './in-order'
import { type KoyaSource, sourceOf } from './koya-source'

type Mutation = PendingMutation<Record<string, unknown>>

/** What is used of a transaction of TanStack DB. */
export interface Mutations {
  readonly id: string
  readonly mutations: readonly Mutation[]
}

interface Write {
  readonly source: KoyaSource
  readonly type: Mutation['type']
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What the server takes in one batch. */
const MAX_WRITES = 1000

/**
 * Sends the mutations of a transaction, several of them as one batch, and resolves when their collections have what the server made of them.
 * Rejects with a KoyaError: the server's refusal, NETWORK or TIMEOUT where it did not answer, ABORTED where the user has changed meanwhile.
 */
export async function writeMutations(transaction: Mutations): Promise<void> {
  const writes = transaction.mutations.map(writeOf).filter(({ type, data }) => type !== 'update' || hasValues(data))
  const [first] = writes
  if (first === undefined) return
  if (writes.length > MAX_WRITES) {
    throw new KoyaError(
      'INVALID_REQUEST',
      `A transaction has at most ${MAX_WRITES} writes, and this one has ${writes.length}.`,
    )
  }
  const { client } = first.source
  if (writes.some(({ source }) => source.client !== client)) {
    throw new KoyaError('INVALID_REQUEST', 'All collections of a transaction have to belong to the same client.')
  }
  const keys = writes.map(({ source, id }) => `${source.collection} ${id}`)
  await inOrder(client, keys, () => send(client, writes, transaction.id))
  // That of the answer, or a later one.
  const seq = client.lastSeq
  if (seq === undefined) return
  // A collection that is not followed has no rows to wait for.
  const followed = transaction.mutations.filter(
    ({ collection: { status } }) => status === 'loading' || status === 'ready',
  )
  const sources = new Set(followed.map(({ collection }) => sourceOf(collection)))
  await Promise.all(Array.from(sources, (source) => shown(source, seq)))
}

function writeOf({ type, key, changes, collection }: Mutation): Write {
  const source = sourceOf(collection)
  if (type === 'delete') return { source, type, id: key, data: {} }
  // What the user gave: not what the collection shows besides until the server has answered.
  const data = type === 'insert' ? { ...changes, [source.key]: key } : changes
  return { source, type, id: key, data }
}

function hasValues(data: object): boolean {
  return Object.values(data).some((value) => value !== undefined)
}

/** @param id of the transaction: with the same one, the server writes it once */
async function send(client: AdapterClient, writes: readonly Write[], id: string): Promise<void> {
  const left = new AbortController()
  const stop = client.onUserChange(() => left.abort('another user has signed in, or nobody is signed in'))
  const options = { idempotencyKey: id, signal: left.signal }
  try {
    const [one, ...others] = writes
    if (one !== undefined && others.length === 0) {
      const { create, update, delete: remove } = client.documents(one.source.collection)
      if (one.type === 'insert') await create(one.data, options)
      else if (one.type === 'update') await update(one.id, one.data, options)
      else await remove(one.id, options)
      return
    }
    await client.batch(
      (tx) =>
        writes.map(({ source, type, id, data }) => {
          const documents = tx.collection(source.collection)
          if (type === 'insert') return documents.create(data)
          return type === 'update' ? documents.update(id, data) : documents.delete(id)
        }),
      options,
    )
  } finally {
    stop()
  }
}

/** The server has committed: that its change does not arrive is no reason to take it back. */
async function shown({ collection, awaitTimeout, live }: KoyaSource, seq: string): Promise<void> {
  try {
    await live().reached(seq, { timeout: awaitTimeout })
  } catch (error) {
    if (isKoyaError(error) && error.code === 'ABORTED') throw error
    console.warn(`koyalite: '${collection}' was written, but the live query does not show it yet: ${error}`)
  }
}
