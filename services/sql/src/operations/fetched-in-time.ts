import { AppError } from '@koyalite/contracts'

/** Lines of NDJSON, while they come: a text is one line or several, or a part of a long one. */
export interface SqlResult {
  /** Null: there are no more. */
  next(): Promise<string | null>
  /** Ends the statement, if it still runs. */
  stop(): void
}

export interface FetchOptions {
  /** How long a reader may take nothing. Milliseconds. */
  readonly onceMs: number
  /** How long it may let the statement wait, all together. Milliseconds. */
  readonly totalMs: number
  /** Ends the result early. */
  readonly signal: AbortSignal
  /** Called once, when nothing is held any more. */
  readonly release: () => void
}

/** In characters: what is out of our hands with a reader who takes nothing more. */
const MAX_PIECE = 256 * 1024

/**
 * A result for a reader who has to fetch it in time. Until then it holds much: a statement that still runs keeps the WAL from shrinking, and lines are in
 * memory. Where the reader is late, both are let go; it gets the error as the last line, or is cut off in the middle of one.
 */
export function fetchedInTime(source: SqlResult, { onceMs, totalMs, signal, release }: FetchOptions): SqlResult {
  let pending = ''
  let isWithinLine = false
  let left = totalMs
  let end: AppError | 'whole' | 'reported' | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitingSince = 0

  function finish(how: AppError | 'whole'): void {
    if (end !== null) return
    end = how
    pending = ''
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    if (how !== 'whole') source.stop()
    release()
  }
  function onAbort(): void {
    finish(STOPPED)
  }
  /** From now on it is the reader's turn. */
  function wait(): void {
    if (end !== null) return
    waitingSince = performance.now()
    timer = setTimeout(() => finish(LATE), Math.min(onceMs, left))
  }
  function takePiece(): string {
    const cut = pieceEnd(pending)
    const piece = pending.slice(0, cut)
    pending = pending.slice(cut)
    isWithinLine = !piece.endsWith('\n')
    return piece
  }

  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  wait()
  return {
    async next() {
      clearTimeout(timer)
      left = Math.max(0, left - (performance.now() - waitingSince))
      if (end === null && pending === '') {
        const text = await source.next()
        if (text === null) finish('whole')
        else if (end === null) pending = text
      }
      if (end === null) {
        const piece = takePiece()
        wait()
        return piece
      }
      if (end === 'whole' || end === 'reported') return null
      const error = end
      end = 'reported'
      // In the middle of a line nothing can be said any more.
      if (isWithinLine) throw error
      return errorLine(error)
    },
    stop: () => finish(STOPPED),
  }
}

const LATE = new AppError('QUERY_TIMEOUT', 'The rows were not fetched in time: sql.fetch_timeout is the limit.')
const STOPPED = new AppError('INVALID_REQUEST', 'The statement was stopped.')

/** After a line where one ends within the bound; else within a long line, not between the halves of a character. */
function pieceEnd(text: string): number {
  if (text.length <= MAX_PIECE) return text.length
  const line = text.lastIndexOf('\n', MAX_PIECE - 1) + 1
  if (line > 0) return line
  const last = text.charCodeAt(MAX_PIECE - 1)
  return last >= 0xd800 && last <= 0xdbff ? MAX_PIECE - 1 : MAX_PIECE
}

/** The statement that had begun is the last one of the lines before it. */
export function errorLine({ code, message }: AppError): string {
  return `${JSON.stringify({ type: 'error', statement: -1, code, message })}\n`
}
