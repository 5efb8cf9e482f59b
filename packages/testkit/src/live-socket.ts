import { LiveList } from './live-list'
import { type LiveWire, openSocketWire, openStreamWire } from './live-wire'

/** What the server says is wrong, as a message has it. */
export interface LiveError {
  readonly code: string
  readonly message: string
}

export interface LiveSocketOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** By default a WebSocket. */
  readonly over?: 'socket' | 'stream'
}

/** A list over a connection: what it holds, and how it ended. */
export interface Followed {
  readonly id: number
  readonly payload: object
  readonly list: LiveList
  readonly error: LiveError | null
}

type Message = { id?: number; type: string; payload: Record<string, unknown> }

/** Nothing of what a test waits for comes later than this: a hang. */
const HANGS_AFTER_MS = 30_000

/** A client of live queries, over the WebSocket of the runtime or an event stream. Whatever does not fit the contract ends what waits for it with an error. */
export class LiveSocket {
  readonly #wire: LiveWire
  readonly #byRequest = new Map<number, { -readonly [Key in keyof Followed]: Followed[Key] }>()
  readonly #bySubscription = new Map<string, number>()
  readonly #pongs = new Map<number, (seq: string) => void>()
  readonly #ended = Promise.withResolvers<{ readonly code: number; readonly reason: string }>()
  readonly #greeted = Promise.withResolvers<unknown>()
  #streamId: string | null = null
  #waiting: (() => void)[] = []
  #requests = 0
  /** What the client does not understand; it receives nothing more. */
  #broken: Error | null = null
  #end: { readonly code: number; readonly reason: string } | null = null
  /** Errors that name no subscription, in their order. */
  readonly errors: (LiveError & { readonly id?: number })[] = []

  private constructor(url: string, { token, headers, over = 'socket' }: LiveSocketOptions) {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const open = over === 'socket' ? openSocketWire : openStreamWire
    this.#wire = open({
      url,
      headers: { ...authorization, ...headers },
      received: (text) => this.#receive(text),
      ended: (code, reason) => {
        this.#end = { code, reason }
        this.#ended.resolve(this.#end)
        this.#greeted.reject(new Error(`the connection was refused (${code} ${reason})`))
        this.#look()
      },
    })
    for (const { promise } of [this.#greeted, this.#ended]) promise.catch(() => {})
  }

  /** Resolves when the server has said who the client is. Rejects where it refuses. */
  static async open(url: string, options: LiveSocketOptions = {}): Promise<LiveSocket> {
    const socket = new LiveSocket(url, options)
    await socket.#greeted.promise
    return socket
  }

  /** Follows a list; `from` is one whose connection has ended, which continues. */
  follow(payload: object, from?: Followed): Followed {
    const id = ++this.#requests
    const followed = { id, payload, list: new LiveList(), error: null }
    const since = from?.list.resume
    if (from) followed.list.inherit(from.list)
    this.#byRequest.set(id, followed)
    this.say({ id, type: 'subscribe', payload: since ? { ...payload, since } : payload })
    return followed
  }

  unfollow({ id }: Followed): void {
    for (const [subscription_id, request] of this.#bySubscription) {
      if (request !== id) continue
      this.#bySubscription.delete(subscription_id)
      this.say({ type: 'unsubscribe', payload: { subscription_id } })
    }
    this.#byRequest.delete(id)
  }

  say(message: object): void {
    this.#wire.send(JSON.stringify(message))
  }

  /** The seq up to which everything has come when this resolves. */
  async ping(): Promise<string> {
    const id = ++this.#requests
    let seq: string | null = null
    this.#pongs.set(id, (text) => {
      seq = text
    })
    this.say({ id, type: 'ping' })
    await this.until(() => seq !== null)
    return seq ?? ''
  }

  /** Resolves when `is` says so after a message. Rejects when the connection ends before, or something comes that does not fit. */
  async until(is: () => boolean): Promise<void> {
    const hangs = Promise.withResolvers<never>()
    const timer = setTimeout(() => hangs.reject(new Error('what was waited for did not come')), HANGS_AFTER_MS)
    try {
      for (;;) {
        if (this.#broken) throw this.#broken
        if (is()) return
        if (this.#end) throw new Error(`the connection ended (${this.#end.code} ${this.#end.reason})`)
        await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), hangs.promise])
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves when the list has come as it is, or what it was refused with. */
  async shown(followed: Followed): Promise<void> {
    await this.until(() => followed.list.states.length > 0 || followed.list.isResumed || followed.error !== null)
  }

  /** Null over a WebSocket. */
  get streamId(): string | null {
    return this.#streamId
  }

  get isOpen(): boolean {
    return this.#end === null
  }

  /** Rejects where what came did not fit. */
  ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#ended.promise
  }

  async close(): Promise<void> {
    this.#wire.close()
    await this.#ended.promise
  }

  /** Without a word, as when a machine goes away. */
  async cut(): Promise<void> {
    this.#wire.cut()
    await this.#ended.promise
  }

  #receive(text: string): void {
    if (this.#broken) return
    try {
      this.#take(JSON.parse(text))
    } catch (error) {
      this.#broken = new Error(`${error instanceof Error ? error.message : error}, in ${text.slice(0, 2000)}`)
      this.#ended.reject(this.#broken)
      this.#wire.cut()
    }
    this.#look()
  }

  #take({ id, type, payload }: Message): void {
    switch (type) {
      case 'authenticated':
      case 'progress':
        break
      case 'connected':
        this.#streamId = typeof payload.id === 'string' ? payload.id : null
        this.#greeted.resolve(null)
        break
      case 'pong':
        this.#pongs.get(id as number)?.(payload.seq as string)
        break
      case 'error':
        this.#takeError(id, payload)
        break
      case 'subscribed': {
        const followed = this.#byRequest.get(id as number)
        if (!followed) break
        followed.list.isResumed = payload.resumed as boolean
        this.#bySubscription.set(payload.subscription_id as string, followed.id)
        break
      }
      case 'snapshot':
        this.#followedBy(payload)?.list.show(payload as never)
        break
      case 'delta':
        this.#followedBy(payload)?.list.change(payload as never)
        break
      default:
        throw new Error(`an unknown message: ${type}`)
    }
  }

  /** None for what was on its way when the client lost interest. */
  #followedBy(payload: Record<string, unknown>): Followed | undefined {
    const followed = this.#byRequest.get(this.#bySubscription.get(payload.subscription_id as string) ?? -1)
    if (followed?.error) throw new Error(`more comes after the error ${followed.error.code}`)
    return followed
  }

  #takeError(id: number | undefined, payload: Record<string, unknown>): void {
    const error = { code: payload.code as string, message: payload.message as string }
    const followed = this.#byRequest.get(id ?? -1)
    if (followed) followed.error = error
    else this.errors.push(id === undefined ? error : { ...error, id })
  }

  #look(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}
