import { AppError, type ServerMessage } from '@koyalite/contracts'

type Key = string | number
type Delta = Extract<ServerMessage, { type: 'delta' }>['payload']
type Snapshot = Extract<ServerMessage, { type: 'snapshot' }>['payload']

/** A list as a client has it after a message. */
export interface ClientState {
  readonly seq: string
  readonly resume: string
  readonly docs: readonly string[]
  readonly total: number | null
}

interface ListedDocument {
  readonly key: Key
  readonly text: string
}

interface FollowedList {
  docs: ListedDocument[]
  /** Of a snapshot whose last part has not come: how many parts, and what is in them. Null where there is none under way. */
  parts: { readonly count: number; readonly seq: string; readonly docs: readonly ListedDocument[] } | null
  total: number | null
  /** One entry per snapshot or delta. */
  readonly log: ClientState[]
}

/** A client that does what the contract says with what it is sent, and complains of everything that does not fit. */
export class LiveClient {
  readonly messages: ServerMessage[] = []
  /** By subscription id. */
  readonly lists = new Map<string, FollowedList>()
  readonly ids = new Map<Key, string>()
  readonly keyOf: (doc: Readonly<Record<string, unknown>>) => Key
  resumed = 0
  /** What did not fit. */
  readonly complaints: Error[] = []
  readonly #inherited = new Map<Key, FollowedList>()

  constructor(keyOf = (doc: Readonly<Record<string, unknown>>) => doc.id as Key) {
    this.keyOf = keyOf
  }

  receive(message: ServerMessage, text: string): void {
    this.messages.push(message)
    switch (message.type) {
      case 'subscribed': {
        const { subscription_id, resumed } = message.payload
        this.ids.set(message.id, subscription_id)
        const inherited = this.#inherited.get(message.id)
        if (resumed && inherited)
          this.lists.set(subscription_id, { ...inherited, parts: null, log: inherited.log.slice(-1) })
        if (resumed) this.resumed++
        break
      }
      case 'snapshot':
        this.#takeSnapshot(message.payload, text)
        break
      case 'delta':
        this.#applyDelta(message.payload, text)
        break
    }
  }

  /** The errors that answered a request, or ended a subscription. */
  errorsOf(id: Key): AppError[] {
    return this.messages.flatMap((message) =>
      message.type === 'error' && message.id === id
        ? [new AppError(message.payload.code as AppError['code'], message.payload.message)]
        : [],
    )
  }

  list(subscriptionId: string): FollowedList {
    let list = this.lists.get(subscriptionId)
    if (!list) {
      list = { docs: [], parts: null, total: null, log: [] }
      this.lists.set(subscriptionId, list)
    }
    return list
  }

  /** What it has for a request: also where that was not answered, and the list is the one of an earlier connection. */
  knownFor(request: Key): FollowedList | undefined {
    const id = this.ids.get(request)
    return (id === undefined ? undefined : this.lists.get(id)) ?? this.#inherited.get(request)
  }

  /** Goes on with a list that another connection had: what comes for this request is about it. */
  inherit(id: Key, list: FollowedList): void {
    this.#inherited.set(id, list)
  }

  #takeSnapshot(snapshot: Snapshot, text: string): void {
    const list = this.list(snapshot.subscription_id)
    if ('groups' in snapshot) {
      list.docs = snapshot.groups.map((group, key) => ({ key, text: JSON.stringify(group) }))
      log(list, snapshot)
      return
    }
    const { docs, keys, etags, part = 0, seq } = snapshot
    if (etags !== undefined && etags.length !== docs.length) throw new Error(`not one ETag per document: ${text}`)
    const { parts } = list
    if (part > 0 && (parts?.count !== part || parts.seq !== seq)) throw new Error(`no part comes before: ${text}`)
    const added = docs.map((doc, index) => ({
      key: keys?.[index] ?? this.keyOf(doc),
      text: textWith(JSON.stringify(doc), etags?.[index]),
    }))
    const all = part === 0 ? added : [...(parts?.docs ?? []), ...added]
    if ('more' in snapshot) {
      list.parts = { count: part + 1, seq, docs: all }
      return
    }
    if (new Set(all.map(({ key }) => key)).size !== all.length) throw new Error(`a document is there twice: ${text}`)
    list.parts = null
    list.docs = all
    list.total = snapshot.total ?? null
    log(list, snapshot)
  }

  #applyDelta({ subscription_id, changes, total, ...state }: Delta, text: string): void {
    const list = this.list(subscription_id)
    if (list.parts !== null) throw new Error(`a delta comes between the parts of a snapshot: ${text}`)
    const fail = (what: string): never => {
      throw new Error(`${what}: ${text} over ${JSON.stringify(list.docs)}`)
    }
    const docs = new Map(list.docs.map(({ key, text }) => [key, text]))
    for (const key of changes.deletes) if (!docs.delete(key)) fail(`${key} was deleted and not there`)
    /** What stands behind what, of documents that come or move. */
    const placed = new Map<Key | null, { key: Key; text: string }>()
    const place = (after: Key | null, key: Key, doc: string) => {
      if (placed.has(after)) fail(`two documents come after ${after}`)
      placed.set(after, { key, text: doc })
    }
    for (const { doc, etag, after, key = this.keyOf(doc) } of changes.inserts) {
      if (docs.has(key)) fail(`${key} was inserted and there already`)
      place(after, key, textWith(JSON.stringify(doc), etag))
    }
    const stay = new Map(docs)
    for (const { doc, etag, after, key = this.keyOf(doc) } of changes.updates) {
      if (!docs.has(key)) fail(`${key} was updated and not there`)
      stay.set(key, textWith(JSON.stringify(doc), etag))
      if (after === undefined) continue
      stay.delete(key)
      place(after, key, textWith(JSON.stringify(doc), etag))
    }
    const next: { key: Key; text: string }[] = []
    const putBehind = (key: Key | null) => {
      for (let one = placed.get(key); one; one = placed.get(one.key)) next.push(one)
    }
    putBehind(null)
    for (const [key, doc] of stay) {
      next.push({ key, text: doc })
      putBehind(key)
    }
    if (next.length !== stay.size + placed.size) fail('a document comes after one that is not there')
    const simple = applyInTurn(list.docs, changes, this.keyOf)
    if (JSON.stringify(simple) !== JSON.stringify(next.map(({ key }) => key))) {
      fail(`deletes, inserts and updates one after the other give another order: ${JSON.stringify(simple)}`)
    }
    list.docs = next
    if ((total === undefined) !== (list.total === null)) fail('a total is missing, or was not asked for')
    list.total = total ?? null
    log(list, state)
  }
}

/** The JSON of a document and its ETag, where it has one: as these tests compare them. */
export function textWith(doc: string, etag: string | undefined): string {
  return etag === undefined ? doc : `[${doc},${JSON.stringify(etag)}]`
}

/** What a simple client does: deletes, then inserts, then updates, each separately. Returns the keys. */
function applyInTurn(
  docs: readonly { readonly key: Key }[],
  changes: Delta['changes'],
  keyOf: (doc: Readonly<Record<string, unknown>>) => Key,
): Key[] {
  const keys = docs.map(({ key }) => key).filter((key) => !changes.deletes.includes(key))
  const put = (key: Key, after: Key | null) => {
    if (keys.includes(key)) keys.splice(keys.indexOf(key), 1)
    keys.splice(after === null ? 0 : keys.indexOf(after) + 1, 0, key)
  }
  for (const { doc, after, key = keyOf(doc) } of changes.inserts) put(key, after)
  for (const { doc, after, key = keyOf(doc) } of changes.updates) if (after !== undefined) put(key, after)
  return keys
}

function log(list: FollowedList, { seq, resume }: Pick<Delta, 'seq' | 'resume'>): void {
  const before = list.log.at(-1)
  const [epoch, n] = splitSeq(seq)
  if (before) {
    const [epochBefore, nBefore] = splitSeq(before.seq)
    if (epoch === epochBefore && n < nBefore) throw new Error(`seq went back from ${before.seq} to ${seq}`)
  }
  list.log.push({ seq, resume, docs: list.docs.map(({ text }) => text), total: list.total })
}

export function splitSeq(seq: string): readonly [string, number] {
  const dot = seq.lastIndexOf('.')
  return [seq.slice(0, dot), Number(seq.slice(dot + 1))]
}
