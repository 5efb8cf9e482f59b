import type { LogLine } from './running-calls'

const MAX_LINE = 8 * 1024
const MAX_TOTAL = 1024 * 1024
const MAX_LINES = 1000

/** The lines of one call, bounded however much it writes, with secrets masked. */
export interface CallLog {
  add(line: LogLine): void
  readonly lines: readonly LogLine[]
  readonly isTruncated: boolean
}

export function createCallLog(mask: (text: string) => string): CallLog {
  const lines: LogLine[] = []
  let size = 0
  let isTruncated = false
  return {
    lines,
    get isTruncated() {
      return isTruncated
    },
    add({ level, message, fields, at, truncated = false }) {
      if (truncated) isTruncated = true
      if (lines.length >= MAX_LINES || size >= MAX_TOTAL) {
        isTruncated = true
        return
      }
      const masked = mask(message)
      const text = masked.length > MAX_LINE ? `${masked.slice(0, MAX_LINE)}…` : masked
      const json = fields === undefined ? undefined : mask(JSON.stringify(fields))
      if (text !== masked || (json !== undefined && json.length > MAX_LINE)) isTruncated = true
      size += text.length + (json?.length ?? 0)
      const kept = json === undefined || json.length > MAX_LINE ? {} : { fields: JSON.parse(json) }
      lines.push({ level, message: text, ...kept, at })
    },
  }
}
