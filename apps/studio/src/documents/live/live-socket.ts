export interface LiveMessage {
  readonly type: string
  readonly id?: number
  readonly payload: Readonly<Record<string, unknown>>
}

export interface LiveSocketOptions {
  /** A one-time ticket for a connection: asked for each. */
  ticket(): Promise<string>
  onStatus(isLive: boolean): void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/** Live queries over one connection, which comes back by itself. Each query gets its whole state again after that. */
export class LiveSocket {
  readonly #options: LiveSocketOptions
  #socket: WebSocket | null = null
  #wait = FIRST_WAIT_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false
  #id = 0
  readonly #queries = new Map<number, { readonly payload: object; readonly take: (message: LiveMessage) => void }>()
  /** What the server calls a query, by its id here and the other way round. */
  readonly #names = new Map<string, number>()

  constructor(options: LiveSocketOptions) {
    this.#options = options
    void this.#connect()
  }

  /** @returns ends the query */
  follow(payload: object, take: (message: LiveMessage) => void): () => void {
    const id = ++this.#id
    this.#queries.set(id, { payload, take })
    this.#send({ id, type: 'subscribe', payload })
    return () => {
      this.#queries.delete(id)
      for (const [name, of] of this.#names) {
        if (of !== id) continue
        this.#names.delete(name)
        this.#send({ type: 'unsubscribe', payload: { subscription_id: name } })
      }
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  async #connect(): Promise<void> {
    const ticket = await this.#options.ticket().catch(() => null)
    if (this.#isClosed) return
    if (ticket === null) return this.#retry()
    const address = new URL(`/api/realtime?ticket=${encodeURIComponent(ticket)}`, location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const socket = new WebSocket(address)
    this.#socket = socket
    socket.onopen = () => {
      this.#wait = FIRST_WAIT_MS
      this.#names.clear()
      for (const [id, { payload }] of this.#queries) this.#send({ id, type: 'subscribe', payload })
      this.#options.onStatus(true)
    }
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)) as LiveMessage)
    socket.onclose = () => {
      this.#options.onStatus(false)
      if (!this.#isClosed) this.#retry()
    }
  }

  #take(message: LiveMessage): void {
    const { id, type, payload } = message
    const name = typeof payload.subscription_id === 'string' ? payload.subscription_id : null
    if (type === 'subscribed' && id !== undefined && name !== null) {
      // It was ended before the server had begun it.
      if (this.#queries.has(id)) this.#names.set(name, id)
      else this.#send({ type: 'unsubscribe', payload: { subscription_id: name } })
      return
    }
    const query = name === null ? id : this.#names.get(name)
    if (query !== undefined) this.#queries.get(query)?.take(message)
  }

  #retry(): void {
    this.#timer = setTimeout(() => void this.#connect(), this.#wait * (1 + Math.random()))
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS)
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
