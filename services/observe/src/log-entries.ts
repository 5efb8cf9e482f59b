import type { RecentLine } from '@koyalite/kernel'
import type { RecentRequest } from './recent-requests'

/** A line of the log. Plain data. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Among those of one millisecond. */
  readonly number: number
  readonly level: LogLevel
  readonly message: string
  readonly requestId: string | null
  /** What else the line has; what is secret by its name is masked. */
  readonly fields: Readonly<Record<string, unknown>>
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogFilter {
  /** This level and those above it. */
  readonly level?: LogLevel | undefined
  /** A part of the line, upper or lower case. */
  readonly q?: string | undefined
  readonly request_id?: string | undefined
  /** Entries before this position: see `positionOfEntry`. */
  readonly before?: string | undefined
}

/** Those that match, the newest first. */
export function logEntries(
  { lines, requests }: { readonly lines: readonly RecentLine[]; readonly requests: readonly RecentRequest[] },
  { level, q, request_id, before }: LogFilter,
): readonly LogEntry[] {
  const part = q?.toLowerCase()
  const atLeast = LOG_LEVELS.indexOf(level ?? 'debug')
  return [
    ...lines.filter(({ line }) => part === undefined || line.toLowerCase().includes(part)).map(entryOf),
    ...requests.map(entryOfRequest).filter((entry) => part === undefined || textOf(entry).includes(part)),
  ]
    .filter(
      (entry) =>
        LOG_LEVELS.indexOf(entry.level) >= atLeast &&
        (request_id === undefined || entry.requestId === request_id) &&
        (before === undefined || positionOfEntry(entry) < before),
    )
    .toSorted((a, b) => (positionOfEntry(a) < positionOfEntry(b) ? 1 : -1))
}

function textOf({ message, fields }: LogEntry): string {
  return `${message} ${JSON.stringify(fields)}`.toLowerCase()
}

export function positionOfEntry({ at, number }: LogEntry): string {
  return `${String(at).padStart(15, '0')}.${String(number).padStart(12, '0')}`
}

function entryOf({ number, line }: RecentLine): LogEntry {
  const { level, time, msg, request_id, ...fields } = parsed(line)
  return {
    at: typeof time === 'number' ? time : 0,
    number,
    level: LOG_LEVELS.find((one) => one === level) ?? 'info',
    message: typeof msg === 'string' ? msg : line,
    requestId: typeof request_id === 'string' ? request_id : null,
    fields,
  }
}

/** A line that was cut is no JSON: its text is the message. */
function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    const [, level, time] = /^\{"level":"(\w+)","time":(\d+)/.exec(line) ?? []
    return { level, time: Number(time ?? 0), msg: line }
  }
}

function entryOfRequest({
  id,
  at,
  number,
  method,
  path,
  status,
  code,
  ms,
  query,
  bytes,
  actor,
  ip,
}: RecentRequest): LogEntry {
  return {
    ...{ at, number, requestId: id, message: `${method} ${path}` },
    level: status >= 500 ? 'error' : 'info',
    fields: { status, ...(code !== null && { code }), ms, bytes, actor: actor.kind, actor_id: actor.id, ip, query },
  }
}
