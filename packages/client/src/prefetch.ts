import type { CallOptions } from './call-options'
import type { ClientContext } from './client-context'
import { contextOf, partsOf } from './client-parts'
import type { LiveSnapshot } from './ports'
import { inputText, revived } from './values'

/** What a query had in one state of the server. */
export interface ReadState {
  readonly docs: readonly object[]
  readonly total?: number | undefined
  readonly seq: string
  /** With which a live query continues from there; undefined: it begins with a snapshot. */
  readonly resume?: string | undefined
}

/** A state that was read ahead, by the server that rendered the page or by the page itself. */
export interface Prefetched {
  readonly snapshot: LiveSnapshot<object>
  readonly resume: string | undefined
  /** Milliseconds since 1970: live queries that begin later do not begin with it. */
  readonly until: number
}

interface Dehydrated extends ReadState {
  readonly collection: string
}

const FRESH_MS = 60_000

interface ReadableQuery {
  readonly key: string
  readState(options?: CallOptions): Promise<ReadState>
}

/** Reads what a live query shows first: for server rendering, or before the component that shows it appears. */
export async function prefetch(query: { readonly key: string }, options?: CallOptions): Promise<void> {
  const { context } = partsOf(query)
  // All queries of a client with live queries have it.
  hold(context, query.key, await (query as ReadableQuery).readState(options))
}

/** What a live query that begins now begins with. */
export function knownState({ prefetched }: ClientContext, key: string): Prefetched | undefined {
  const known = prefetched.get(key)
  return known !== undefined && known.until > Date.now() ? known : undefined
}

/** What the query had where it was prefetched, the same object each time. */
export function prefetchedSnapshot<D>(query: { readonly key: string }): LiveSnapshot<D> | undefined {
  const { context } = partsOf(query)
  return context.prefetched.get(query.key)?.snapshot as LiveSnapshot<D> | undefined
}

/** All that was prefetched, as JSON that can stand in a script element: for `<KoyaProvider state>`, as text or as its value. */
export function dehydrate(koya: object): string {
  const state: Record<string, Dehydrated> = {}
  for (const [key, { snapshot, resume }] of contextOf(koya).prefetched) {
    const { docs, total, seq = '' } = snapshot
    // The key is JSON of what the query asks for.
    state[key] = { collection: (JSON.parse(key) as Dehydrated).collection, docs, total, seq, resume }
  }
  return inputText(state).replace(/[<\u2028\u2029]/g, (character) => `\\u${hexOf(character)}`)
}

/** Takes over what `dehydrate` wrote. To take it over again changes nothing. */
export function hydrate(koya: object, state: unknown): void {
  const context = contextOf(koya)
  const queries = (typeof state === 'string' ? JSON.parse(state) : state) as Readonly<Record<string, Dehydrated>>
  for (const [key, query] of Object.entries(queries)) {
    if (context.prefetched.has(key)) continue
    revived(query.docs, query.collection, context.collections)
    hold(context, key, query)
  }
}

function hold(context: ClientContext, key: string, { docs, total, seq, resume }: ReadState): void {
  const { prefetched, transport } = context
  // It belongs to the user for whom it was read.
  if (prefetched.size === 0) {
    const stop = transport.session.onUserChange(() => {
      prefetched.clear()
      stop()
    })
  }
  prefetched.set(key, { snapshot: { docs, total, seq, status: 'connecting' }, resume, until: Date.now() + FRESH_MS })
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0')
}
