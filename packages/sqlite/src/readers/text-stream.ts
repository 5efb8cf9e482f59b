import { AppError, type Sql } from '@koyalite/contracts'
import type { Subprocess } from 'bun'
import { damaged, isDamage } from '../driver/damage'
import { translateSqliteError } from '../driver/sqlite-error'
import type { StreamReply, StreamRequest } from './reader-protocol'
import type { Portion } from './row-text'

/** What statements give as text, of one state of the database. */
export interface TextStream {
  /** The last change that the text can show. */
  readonly seq: number
  /** To be read once, to its end or until `return`. Throws QUERY_TIMEOUT where its reader pauses for too long: meanwhile the WAL cannot shrink. */
  readonly portions: AsyncIterableIterator<Portion>
  /** Ends it early, whether anybody has begun to read or not. */
  stop(): Promise<void>
  /** Resolves when it has ended, however. */
  readonly ended: Promise<unknown>
}

export interface TextStreamOptions {
  readonly command: readonly string[]
  readonly path: string
  readonly key: string | undefined
  readonly statements: readonly Sql[]
  /** How long the consumer may pause. */
  readonly patienceMs: number
}

/** Runs statements in a process of their own, which reads one state of the database however long that takes, and ends with the last text. */
export async function streamText(options: TextStreamOptions): Promise<TextStream> {
  const reader = new StreamProcess(options)
  try {
    const begun = await reader.ask({ type: 'stream', statements: options.statements })
    if (begun.type !== 'begun') throw new Error('the reader process sent an unexpected response')
    return { seq: begun.seq, portions: portions(reader), stop: () => reader.stop(), ended: reader.exited }
  } catch (error) {
    await reader.stop()
    throw error
  }
}

async function* portions(reader: StreamProcess): AsyncIterableIterator<Portion> {
  try {
    for (;;) {
      const reply = await reader.ask({ type: 'more' })
      if (reply.type !== 'portion') return
      yield { statement: reply.statement, text: reply.text }
    }
  } finally {
    await reader.stop()
  }
}

class StreamProcess {
  readonly #child: Subprocess<'pipe', 'ignore', 'inherit'>
  readonly #patienceMs: number
  #waiting: PromiseWithResolvers<StreamReply> | null = null
  #end: AppError | null = null
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor({ command, path, key, patienceMs }: TextStreamOptions) {
    this.#patienceMs = patienceMs
    this.#child = Bun.spawn([...command], {
      // Never written to; its end tells the child that we are gone.
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'inherit',
      serialization: 'advanced',
      ipc: (reply: StreamReply) => this.#waiting?.resolve(reply),
      onExit: () => {
        this.#ended()
      },
    })
    this.#child.send({ type: 'open', path, key })
  }

  get exited(): Promise<number> {
    return this.#child.exited
  }

  async ask(request: StreamRequest): Promise<Exclude<StreamReply, { type: 'error' }>> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#end !== null) throw this.#end
    this.#waiting = Promise.withResolvers<StreamReply>()
    this.#child.send(request)
    const reply = received(await this.#waiting.promise)
    this.#waiting = null
    // Also for one who never begins to read.
    this.#timer = setTimeout(() => {
      this.#end ??= new AppError('QUERY_TIMEOUT', 'the result was not fetched in time')
      void this.stop()
    }, this.#patienceMs)
    return reply
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#ended()
    // A reader has nothing to lose: the system releases its locks.
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }

  #ended(): void {
    this.#end ??= new AppError('UNAVAILABLE', 'the reader process exited')
    this.#waiting?.reject(this.#end)
    this.#waiting = null
  }
}

function received(reply: StreamReply): Exclude<StreamReply, { type: 'error' }> {
  if (reply.type !== 'error') return reply
  const failure = Object.assign(new Error(reply.message), reply.code === null ? {} : { code: reply.code })
  throw isDamage(failure) ? damaged(failure) : translateSqliteError(failure)
}
