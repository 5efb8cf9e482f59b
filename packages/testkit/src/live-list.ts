/** A document that is followed. */
export type LiveDocument = Readonly<Record<string, unknown>>

/** What a client has of a list after one message. */
export interface LiveState {
  readonly by: 'snapshot' | 'delta'
  readonly seq: string
  readonly docs: readonly LiveDocument[]
  readonly total: number | null
}

interface Placed {
  readonly key: string | number
  readonly doc: LiveDocument
}

interface Change {
  readonly doc: LiveDocument
  readonly after?: string | number | null
  /** Where the document is without its key. */
  readonly key?: string | number
}

export interface Snapshot {
  readonly docs: readonly LiveDocument[]
  readonly keys?: readonly (string | number)[]
  /** Of a snapshot that comes in parts; there is more until the last one. */
  readonly part?: number
  readonly more?: true
  readonly total?: number
  readonly seq: string
  readonly resume: string
}

export interface Delta {
  readonly changes: {
    readonly inserts: readonly Change[]
    readonly updates: readonly Change[]
    readonly deletes: readonly (string | number)[]
  }
  readonly total?: number
  readonly seq: string
  readonly resume: string
}

/** A list as the contract has clients keep it. Throws at whatever does not fit: a client that continues would show something else than the server has. */
export class LiveList {
  /** One entry for each snapshot and delta. */
  readonly states: LiveState[] = []
  isResumed = false
  #placed: readonly Placed[] = []
  /** The parts of a snapshot that is not complete. */
  #parts: readonly Snapshot[] = []
  #total: number | null = null
  #seq: string | null = null
  #resume: string | null = null

  /** Goes on where another connection ended. */
  inherit(other: LiveList): void {
    this.#placed = other.#placed
    this.#total = other.#total
    this.#seq = other.#seq
    this.#resume = other.#resume
  }

  get docs(): readonly LiveDocument[] {
    return this.#placed.map(({ doc }) => doc)
  }

  get total(): number | null {
    return this.#total
  }

  /** The first parts of a snapshot have come, and not the last. */
  get hasParts(): boolean {
    return this.#parts.length > 0
  }

  /** What `since` takes to continue from here; null before the first message. */
  get resume(): string | null {
    return this.#resume
  }

  show(snapshot: Snapshot): void {
    const { part = 0, more, seq } = snapshot
    const parts = part === 0 ? [] : this.#parts
    if (parts.length !== part || parts.some((one) => one.seq !== seq)) throw new Error(`part ${part} comes too early`)
    this.#parts = [...parts, snapshot]
    if (more) return
    this.#placed = this.#parts.flatMap(({ docs, keys }) =>
      docs.map((doc, at) => ({ key: keys?.[at] ?? keyOf(doc), doc })),
    )
    this.#parts = []
    if (new Set(this.#placed.map(({ key }) => key)).size !== this.#placed.length)
      throw new Error('a document is there twice')
    this.#keep('snapshot', snapshot)
  }

  change({ changes, ...state }: Delta): void {
    if (this.#parts.length > 0) throw new Error('a delta comes between the parts of a snapshot')
    if ((state.total === undefined) !== (this.#total === null))
      throw new Error('a total is missing, or was not asked for')
    let placed = this.#placed
    const has = (key: string | number) => placed.some((one) => one.key === key)
    const place = ({ doc, after, key = keyOf(doc) }: Change) => {
      const others = placed.filter((one) => one.key !== key)
      const at = after === null ? 0 : others.findIndex((one) => one.key === after) + 1
      if (after !== null && at === 0) throw new Error(`${key} comes after ${after}, which is not there`)
      placed = others.toSpliced(at, 0, { key, doc })
    }
    for (const key of changes.deletes) {
      if (!has(key)) throw new Error(`${key} is deleted and was not there`)
      placed = placed.filter((one) => one.key !== key)
    }
    for (const insert of changes.inserts) {
      const key = insert.key ?? keyOf(insert.doc)
      if (has(key)) throw new Error(`${key} is inserted and was there`)
      place(insert)
    }
    for (const update of changes.updates) {
      const key = update.key ?? keyOf(update.doc)
      if (!has(key)) throw new Error(`${key} is updated and was not there`)
      if (update.after !== undefined) place(update)
      else placed = placed.map((one) => (one.key === key ? { key, doc: update.doc } : one))
    }
    this.#placed = placed
    this.#keep('delta', state)
  }

  #keep(by: LiveState['by'], { seq, resume, total }: Pick<Delta, 'seq' | 'resume' | 'total'>): void {
    const before = this.#seq === null ? null : splitSeq(this.#seq)
    const now = splitSeq(seq)
    if (before?.epoch === now.epoch && now.n < before.n) throw new Error(`${seq} comes after ${this.#seq}`)
    this.#seq = seq
    this.#resume = resume
    this.#total = total ?? null
    this.states.push({ by, seq, docs: this.docs, total: this.#total })
  }
}

/** `epoch.n`, taken apart; clients need not know that it has parts. */
export function splitSeq(seq: string): { readonly epoch: string; readonly n: number } {
  const dot = seq.lastIndexOf('.')
  return { epoch: seq.slice(0, dot), n: Number(seq.slice(dot + 1)) }
}

function keyOf(doc: LiveDocument): string | number {
  const { id } = doc
  if (typeof id === 'string' || typeof id === 'number') return id
  throw new Error(`no key: ${JSON.stringify(doc)}`)
}
