import { AppError } from '@koyalite/contracts'
import { endText, type Instance, type InstanceEnd } from './instance'

export interface PoolOptions {
  readonly function: string
  readonly start: () => Instance
  readonly limits: PoolLimits
  /** Whether there is memory for one more; asked before each start. May make room by ending idle ones of others. */
  hasRoom(): boolean
  /** An instance is gone without having been told to. */
  onLost(end: InstanceEnd, instance: Instance): void
  /** It starts none any more. */
  onClose(): void
}

export interface PoolLimits {
  readonly maxInstances: number
  readonly minWarm: number
  /** Calls at a time in one instance. */
  readonly concurrency: number
  readonly idleMs: number
  /** After so long, or so many calls, an instance is replaced: what leaks does not add up. */
  readonly maxAgeMs: number
  readonly maxCalls: number
  /** Bytes of memory from which an idle instance is replaced. */
  readonly memory: number
}

/** An instance for the time of one call. */
export interface Taken {
  readonly instance: Instance
  /** How the instance ended, if it does while the call runs. */
  readonly lost: Promise<InstanceEnd>
  /** Gives it back. `isSpoiled`: nobody else shall have it, since a call in it may never end. */
  release(options?: { readonly isSpoiled?: boolean }): void
}

/** Calls that wait for an instance, for each one that may run at a time; at least `LEAST_WAITING`. */
const WAITING_PER_PLACE = 10
const LEAST_WAITING = 100
const LONGEST_WAIT_MS = 10_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000
/** So long a call that shares its instance with one that was too late may still run. */
const LAST_CHANCE_MS = 1_000
/** An idle instance with so much of its memory in use is replaced. */
const FULL = 0.8

interface Place {
  readonly instance: Instance
  isReady: boolean
  busy: number
  calls: number
  /** Takes no more calls. */
  isLeaving: boolean
  idleSince: number
}

interface Waiting {
  readonly resolve: (taken: Taken) => void
  readonly reject: (error: unknown) => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** The instances of one version of a function: as many as calls need, up to a bound, and none where nobody calls for a while. */
export class FunctionPool {
  readonly #options: PoolOptions
  readonly #places = new Set<Place>()
  #waiting: Waiting[] = []
  #sweeper: ReturnType<typeof setInterval>
  #isClosed = false
  /** After failures at the start: how long, and until when, none is started. */
  #pauseMs = 0
  #pausedUntil = 0
  #lastFailure: Error | null = null

  constructor(options: PoolOptions) {
    this.#options = options
    this.#sweeper = setInterval(() => this.#sweep(), Math.min(1000, Math.max(50, options.limits.idleMs / 4)))
    this.#sweeper.unref()
    this.#warm()
  }

  /** How many instances there are, and what they do. */
  stats() {
    const places = [...this.#places]
    return {
      instances: places.length,
      busy: places.reduce((sum, { busy }) => sum + busy, 0),
      waiting: this.#waiting.length,
      memory: places.reduce((sum, { instance }) => sum + instance.memory, 0),
    }
  }

  /** Bytes of memory that its instances may use. */
  get reserved(): number {
    return this.#places.size * this.#options.limits.memory
  }

  /** Ends the instance that has been idle for longest; false where all are busy. */
  yieldOne(): boolean {
    const idle = [...this.#places].filter(({ busy, isReady }) => busy === 0 && isReady)
    const oldest = idle.sort((a, b) => a.idleSince - b.idleSince)[0]
    if (oldest === undefined) return false
    this.#remove(oldest)
    return true
  }

  /** When its idlest instance has been used last; null where none is idle. */
  get idleSince(): number | null {
    const idle = [...this.#places].filter(({ busy, isReady }) => busy === 0 && isReady)
    return idle.length === 0 ? null : Math.min(...idle.map(({ idleSince }) => idleSince))
  }

  /** An instance for a call. @throws AppError FUNCTION_BUSY, FUNCTION_NOT_READY; StartError where the function cannot be loaded */
  take(signal: AbortSignal): Promise<Taken> {
    const free = this.#free()
    if (free !== undefined) return Promise.resolve(this.#taken(free))
    const { limits, function: name } = this.#options
    if (this.#isClosed) return Promise.reject(busy(`${name} is being replaced, or the server stops`))
    if (this.#places.size === 0 && Date.now() < this.#pausedUntil) return Promise.reject(this.#notReady())
    const places = limits.maxInstances * limits.concurrency
    if (this.#waiting.length >= Math.max(LEAST_WAITING, places * WAITING_PER_PLACE)) {
      return Promise.reject(busy(`too many calls of ${name} are waiting`))
    }
    return new Promise((resolve, reject) => {
      const leave = (error: unknown) => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting)
        clearTimeout(waiting.timer)
        reject(error)
      }
      const waiting: Waiting = {
        resolve,
        reject,
        timer: setTimeout(() => leave(busy(`all instances of ${name} are busy`)), LONGEST_WAIT_MS),
      }
      signal.addEventListener('abort', () => leave(signal.reason), { once: true })
      this.#waiting.push(waiting)
      this.#grow()
    })
  }

  /** Takes no more calls; resolves when those that run have ended, or after `graceMs` all are killed. */
  async drain(graceMs: number): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    this.#options.onClose()
    for (const waiting of this.#waiting.splice(0)) {
      clearTimeout(waiting.timer)
      waiting.reject(busy(`${this.#options.function} is being replaced`))
    }
    const places = [...this.#places]
    for (const place of places) {
      place.isLeaving = true
      if (place.busy === 0) place.instance.kill()
    }
    const late = setTimeout(() => {
      for (const { instance } of places) instance.kill()
    }, graceMs)
    await Promise.all(places.map(({ instance }) => instance.gone))
    clearTimeout(late)
  }

  #warm(): void {
    while (!this.#isClosed && this.#places.size < this.#options.limits.minWarm && this.#options.hasRoom()) this.#start()
  }

  #free(): Place | undefined {
    const { concurrency } = this.#options.limits
    let best: Place | undefined
    for (const place of this.#places) {
      if (!place.isReady || place.isLeaving || place.busy >= concurrency) continue
      // The busiest that has a place: others become idle, and end.
      if (best === undefined || place.busy > best.busy) best = place
    }
    if (best === undefined || !best.instance.isGone) return best
    best.isLeaving = true
    return this.#free()
  }

  /** Starts one where calls wait for more places than are on their way. */
  #grow(): void {
    const { maxInstances, concurrency } = this.#options.limits
    const coming = [...this.#places].filter(({ isReady, isLeaving }) => !isReady && !isLeaving).length * concurrency
    const wanted = this.#waiting.length - coming
    if (this.#isClosed || wanted <= 0 || this.#places.size >= maxInstances || Date.now() < this.#pausedUntil) return
    if (this.#options.hasRoom()) this.#start()
  }

  #start(): void {
    let instance: Instance
    try {
      instance = this.#options.start()
    } catch (error) {
      this.#failed(error)
      return
    }
    const place: Place = { instance, isReady: false, busy: 0, calls: 0, isLeaving: false, idleSince: Date.now() }
    this.#places.add(place)
    instance.ready.then(
      () => {
        place.isReady = true
        place.idleSince = Date.now()
        this.#pauseMs = 0
        this.#serveWaiting()
      },
      (error: unknown) => this.#failed(error),
    )
    void instance.gone.then((end) => {
      const wasLeaving = place.isLeaving
      this.#places.delete(place)
      if (end.kind !== 'stopped' && !wasLeaving) this.#options.onLost(end, instance)
      if (!this.#isClosed && this.#waiting.length > 0) this.#grow()
    })
  }

  /** None could be started: those who wait are told, and the next try comes later each time. */
  #failed(error: unknown): void {
    this.#lastFailure = error instanceof Error ? error : new Error(String(error))
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2))
    this.#pausedUntil = Date.now() + this.#pauseMs
    if ([...this.#places].some(({ isReady, isLeaving }) => isReady && !isLeaving)) return
    for (const waiting of this.#waiting.splice(0)) {
      clearTimeout(waiting.timer)
      waiting.reject(this.#notReady())
    }
  }

  #notReady(): AppError {
    const seconds = Math.max(1, Math.ceil((this.#pausedUntil - Date.now()) / 1000))
    return new AppError('FUNCTION_NOT_READY', `${this.#options.function} does not start`, {
      executed: 'no',
      headers: { 'retry-after': String(seconds) },
      cause: this.#lastFailure ?? undefined,
    })
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const place = this.#free()
      if (place === undefined) break
      const waiting = this.#waiting.shift() as Waiting
      clearTimeout(waiting.timer)
      waiting.resolve(this.#taken(place))
    }
    this.#grow()
  }

  #taken(place: Place): Taken {
    const { limits } = this.#options
    place.busy++
    place.calls++
    if (place.calls >= limits.maxCalls || Date.now() - place.instance.startedAt > limits.maxAgeMs)
      place.isLeaving = true
    let isReleased = false
    return {
      instance: place.instance,
      lost: place.instance.gone,
      release: ({ isSpoiled = false } = {}) => {
        if (isReleased) return
        isReleased = true
        place.busy--
        place.idleSince = Date.now()
        if (isSpoiled) this.#spoil(place)
        else if (place.busy === 0 && (place.isLeaving || place.instance.memory > limits.memory * FULL))
          this.#remove(place)
        else this.#serveWaiting()
      },
    }
  }

  /** A call in it may run on: it is ended as soon as its other calls are, or a moment later. */
  #spoil(place: Place): void {
    place.isLeaving = true
    if (place.busy === 0) {
      place.instance.kill({ kind: 'timeout' })
      return
    }
    setTimeout(() => place.instance.kill({ kind: 'timeout' }), LAST_CHANCE_MS).unref()
  }

  #remove(place: Place): void {
    place.isLeaving = true
    this.#places.delete(place)
    place.instance.kill()
    this.#grow()
  }

  #sweep(): void {
    const { idleMs, minWarm } = this.#options.limits
    const now = Date.now()
    for (const place of [...this.#places]) {
      if (place.busy > 0 || !place.isReady) continue
      if (place.isLeaving || (now - place.idleSince > idleMs && this.#places.size > minWarm)) this.#remove(place)
    }
    this.#warm()
    if (this.#waiting.length > 0) this.#grow()
  }
}

function busy(message: string): AppError {
  return new AppError('FUNCTION_BUSY', `${message}: try again in a moment`, {
    executed: 'no',
    headers: { 'retry-after': '1' },
  })
}

/** Why a call did not get to its end: the instance that ran it is gone. */
export class InstanceLost extends Error {
  readonly end: InstanceEnd

  constructor(end: InstanceEnd) {
    super(endText(end))
    this.end = end
  }
}

/** What somebody who called is told of an instance that is gone. */
export function lostError(name: string, end: InstanceEnd): AppError {
  const code =
    end.kind === 'memory' ? 'FUNCTION_MEMORY' : end.kind === 'timeout' ? 'FUNCTION_TIMEOUT' : 'FUNCTION_CRASHED'
  return new AppError(code, `${name}: ${endText(end)} while the call ran`, {
    executed: 'maybe',
    cause: new InstanceLost(end),
  })
}
