import { cutText, jsonText } from './log-text'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Bytes of one line, and of all lines of a call. */
export const MAX_LINE = 8 * 1024
export const MAX_LOG = 1024 * 1024

const SEND_AT = 64 * 1024
const SEND_AFTER_MS = 100

/** The log of one call: its lines are sent in their order, in batches, and all of them before the answer. */
export class CallLog {
  readonly #send: (lines: string) => Promise<void>
  #lines: string[] = []
  #waiting = 0
  #total = 0
  #isFull = false
  #sending: Promise<void> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param send never rejects */
  constructor(send: (lines: string) => Promise<void>) {
    this.#send = send
  }

  /** Nothing more is taken: whoever formats a line need not. */
  get isFull(): boolean {
    return this.#isFull
  }

  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (this.#isFull) return
    const line = lineText({ level, message, fields })
    if (this.#total + Buffer.byteLength(line) > MAX_LOG) {
      this.#isFull = true
      this.#add(lineText({ level: 'warn', message: 'the log of this call is full: the rest is left out', isCut: true }))
    } else {
      this.#add(line)
    }
    if (this.#waiting >= SEND_AT) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), SEND_AFTER_MS)
  }

  /** Resolves when the server has all lines up to now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#take().join('')
    if (lines !== '') this.#sending = this.#sending.then(() => this.#send(lines))
    return this.#sending
  }

  /** What was not sent yet, without anything but the messages: for a process that ends now. */
  takeMessages(): string {
    return this.#take()
      .map((line) => `${JSON.parse(line).message}\n`)
      .join('')
  }

  #take(): readonly string[] {
    const lines = this.#lines
    this.#lines = []
    this.#waiting = 0
    return lines
  }

  #add(line: string): void {
    const bytes = Buffer.byteLength(line)
    this.#lines.push(line)
    this.#waiting += bytes
    this.#total += bytes
  }
}

interface Line {
  readonly level: LogLevel
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  readonly isCut?: boolean
}

function lineText({ level, message, fields, isCut = false }: Line): string {
  const shown = cutText(message, MAX_LINE)
  const fieldsText = fields === undefined ? undefined : jsonText(fields)
  const hasRoom = fieldsText === undefined || Buffer.byteLength(shown) + Buffer.byteLength(fieldsText) <= MAX_LINE
  const truncated = isCut || shown !== message || !hasRoom
  const own = `{"level":"${level}","message":${JSON.stringify(shown)}`
  const more = fieldsText !== undefined && hasRoom ? `,"fields":${fieldsText}` : ''
  return `${own}${more},"at":${Date.now()}${truncated ? ',"truncated":true' : ''}}\n`
}
