import { basename, join } from 'node:path'
import { readBody } from '@koyalite/kernel'
import { type EgressOptions, type EgressProxy, startEgressProxy } from '../egress/egress-proxy'
import { refusalFor } from '../egress/refusal'
import type { Confined, Isolation, ProgramEnd } from '../isolation/isolation'
import type { Network } from '../source/manifest/network'
import type { BuiltCode, Toolchain } from '../toolchain'
import { within } from '../within'
import { type OutputLine, readLines } from './instance-output'
import { makeSocketFolder, type SocketFolder } from './instance-socket'

/** What an instance says of its function once it has loaded it: see PROTOCOL.md. */
export interface Described {
  readonly protocol: number
  readonly runtime: string
  readonly kind: 'typed' | 'raw'
  readonly config: unknown
  readonly input: unknown
  readonly output: unknown
}

export interface InstanceOptions {
  readonly function: string
  readonly code: BuiltCode
  readonly toolchain: Pick<Toolchain, 'launch'>
  readonly isolation: Isolation
  /** Of the manifest, with their values. */
  readonly env: Readonly<Record<string, string>>
  /** Null while it is described: then nothing is reached. */
  readonly network: Network | null
  readonly outbound: EgressOptions['outbound']
  /** A connection that its manifest or the server's guard does not allow. */
  onRefused(message: string, instance: Instance): void
  /** Bytes. */
  readonly memory: number
  /** Processors. */
  readonly cpu: number
  readonly startTimeoutMs: number
  /** Metadata of the collections, as generated clients have it. */
  readonly collections: object
  /** Answers what its code asks of the server, besides what the start needs. */
  ask(request: Request, instance: Instance): Response | Promise<Response>
  /** What it writes to its output. */
  onOutput(line: OutputLine, instance: Instance): void
}

/** Why an instance is gone. */
export type InstanceEnd =
  /** By the server: idle, replaced, or the server ends. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'processes' }
  /** It wrote where only sockets are. */
  | { readonly kind: 'files' }
  /** A call took too long. */
  | { readonly kind: 'timeout' }
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly message: string }

/** The function could not be loaded. */
export class StartError extends Error {
  override readonly name = 'StartError'
  /** Of the code, where it threw. */
  readonly trace: string | null

  constructor(message: string, trace: string | null = null) {
    super(message)
    this.trace = trace
  }
}

const MEMORY_EVERY_MS = 100
const MAX_PROCESSES = 128
/** Threads too: a runtime has dozens of its own. */
const MAX_TASKS = 512
/** Bytes of what an instance says of itself: its config and schemas. */
const MAX_DESCRIPTION = 4 * 1024 * 1024
const PATH = '/usr/local/bin:/usr/bin:/bin'
const SHORT = 2_000

/** A program that runs one version of one function. */
export class Instance {
  readonly id = crypto.randomUUID()
  readonly startedAt = Date.now()
  readonly #options: InstanceOptions
  readonly #token = crypto.randomUUID()
  readonly #folder: SocketFolder
  readonly #server: Bun.Server<undefined>
  readonly #proxy: EgressProxy
  readonly #program: Confined
  readonly #ready = Promise.withResolvers<Described>()
  readonly #gone = Promise.withResolvers<InstanceEnd>()
  readonly #written: string[] = []
  #end: InstanceEnd | null = null
  #memory: ReturnType<typeof setInterval> | undefined
  #bytes = 0

  constructor(options: InstanceOptions) {
    this.#options = options
    this.#folder = makeSocketFolder()
    try {
      this.#server = Bun.serve({
        unix: this.#folder.server,
        // Sockets have it as well, though the types give it to ports only.
        ...({ idleTimeout: 0 } as object),
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        fetch: (request) => this.#answer(request),
      })
      this.#proxy = startEgressProxy(this.#folder.proxy, {
        // While it is described nothing is reached.
        network: options.network ?? 'none',
        refusal: refusalFor(options.function, options.network),
        outbound: options.outbound,
        onRefused: (message) => options.onRefused(message, this),
      })
      this.#program = this.#start()
    } catch (error) {
      this.#folder.remove()
      throw error
    }
    void this.#watch()
  }

  /** Resolves once it takes calls. Rejects with a StartError. */
  get ready(): Promise<Described> {
    return this.#ready.promise
  }

  /** Resolves when it has ended, and why. */
  get gone(): Promise<InstanceEnd> {
    return this.#gone.promise
  }

  /** Of its function. */
  get name(): string {
    return this.#options.function
  }

  /** Asked of the system: somebody may have ended it a moment ago. */
  get isGone(): boolean {
    return this.#end !== null || this.#program.hasEnded
  }

  /** What it had in memory when that was last looked at, in bytes. */
  get memory(): number {
    return this.#bytes
  }

  /** Sends a request to its host. */
  send(path: string, init: BunFetchRequestInit): Promise<Response> {
    return fetch(`http://koyalite${path}`, {
      ...init,
      unix: this.#folder.call,
      redirect: 'manual',
      decompress: false,
      // Bun ends requests without an answer after five minutes by itself; jobs may take a day.
      timeout: false,
    } as BunFetchRequestInit)
  }

  /** Ends it at once, whatever it does. */
  kill(end: InstanceEnd = { kind: 'stopped' }): void {
    if (this.#end !== null) return
    this.#end = end
    this.#program.kill()
  }

  #start(): Confined {
    const { toolchain, isolation, code, env, network, memory, cpu, ...options } = this.#options
    const run = toolchain.launch(code)
    const confinement = {
      sockets: this.#folder.shared,
      readable: [...run.readable, ...code.readable],
      network: network === 'all' ? 'all' : 'none',
      ...{ memory, cpu, tasks: MAX_TASKS },
    } as const
    return isolation.start(
      {
        command: run.command,
        cwd: '/tmp',
        env: {
          ...{ PATH, HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8', TZ: 'UTC', ...env },
          KOYALITE_SOCKETS: isolation.socketsFolder(confinement),
          KOYALITE_PROXY: join(isolation.socketsFolder(confinement), basename(this.#folder.proxy)),
          KOYALITE_ENTRY: code.entry,
          KOYALITE_FUNCTION: options.function,
          KOYALITE_INSTANCE: this.#token,
          KOYALITE_ENV: Object.keys(env).join(','),
          ...(run.env ?? {}),
        },
      },
      confinement,
    )
  }

  async #watch(): Promise<void> {
    const { startTimeoutMs, memory, onOutput } = this.#options
    const late = setTimeout(() => {
      this.#ready.reject(new StartError(`it was not ready within ${startTimeoutMs} ms (start_timeout)`))
      this.kill({ kind: 'timeout' })
    }, startTimeoutMs)
    this.#memory = setInterval(() => this.#measure(memory), MEMORY_EVERY_MS)
    this.#memory.unref()
    const note = (line: OutputLine) => {
      if (this.#written.length < 20) this.#written.push(line.message)
      onOutput(line, this)
    }
    const output = Promise.all([
      readLines(this.#program.stdout, 'info', note),
      readLines(this.#program.stderr, 'error', note),
    ])
    this.#ready.promise.catch(() => {}).finally(() => clearTimeout(late))
    const ended = await this.#program.ended
    clearTimeout(late)
    clearInterval(this.#memory)
    await within(SHORT, output)
    const end = this.#end ?? endOf(ended, memory)
    this.#end = end
    const written = this.#written.join('\n')
    const text = end.kind === 'failed' ? endText(end) : `${endText(end)} before it was ready`
    this.#ready.reject(new StartError(text, written === '' ? null : written))
    this.#proxy.close()
    await this.#server.stop(true)
    this.#folder.remove()
    this.#gone.resolve(end)
  }

  #measure(limit: number): void {
    if (this.#folder.isMisused()) this.kill({ kind: 'files' })
    const found = this.#program.usage(MAX_PROCESSES)
    if (found === null) return
    this.#bytes = found.bytes
    if (found.bytes > limit) this.kill({ kind: 'memory', bytes: found.bytes })
    else if (found.processes >= MAX_PROCESSES) this.kill({ kind: 'processes' })
  }

  #answer(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/internal/v1/ready')
      return this.#described(request).catch(() => new Response(null, { status: 400 }))
    if (pathname === '/internal/v1/alive') return new Response(new ReadableStream({}))
    return this.#options.ask(request, this)
  }

  async #described(request: Request): Promise<Response> {
    if (request.headers.get('authorization') !== `Bearer ${this.#token}`) return new Response(null, { status: 401 })
    const body = await readBody(request, MAX_DESCRIPTION)
    const said = JSON.parse(new TextDecoder().decode(body)) as Described & {
      failed?: { message: string; stack?: string }
    }
    if (said.protocol !== 1) {
      const message = `the host speaks version ${said.protocol} of the protocol, the server version 1: install the version of @koyalite/functions that belongs to this server`
      this.#ready.reject(new StartError(message))
      return Response.json({ error: { code: 'INVALID_REQUEST', message, details: [] } }, { status: 400 })
    }
    if (said.failed !== undefined) {
      this.#ready.reject(new StartError(said.failed.message, said.failed.stack ?? null))
      return new Response(null, { status: 204 })
    }
    try {
      this.#folder.take()
    } catch (error) {
      this.#ready.reject(new StartError(`it does not listen on call.sock: ${(error as Error).message}`))
      return new Response(null, { status: 409 })
    }
    this.#ready.resolve(said)
    return Response.json({ collections: this.#options.collections })
  }
}

function endOf({ code, signal, isOutOfMemory, failure }: ProgramEnd, memory: number): InstanceEnd {
  if (failure !== undefined) return { kind: 'failed', message: failure }
  return isOutOfMemory ? { kind: 'memory', bytes: memory } : { kind: 'exited', code, signal }
}

/** In words: "it ended with code 1". */
export function endText(end: InstanceEnd): string {
  switch (end.kind) {
    case 'stopped':
      return 'it was stopped'
    case 'memory':
      return `it was ended because it used ${Math.round(end.bytes / 1024 / 1024)} MB of memory`
    case 'processes':
      return `it was ended because it started ${MAX_PROCESSES} processes`
    case 'files':
      return 'it was ended because it wrote files into the folder of its sockets'
    case 'timeout':
      return 'it was ended because it took too long'
    case 'failed':
      return `it could not be started: ${end.message}`
    case 'exited':
      return end.signal === null ? `it ended with code ${end.code}` : `it was ended by ${end.signal}`
  }
}
