import type { Log } from '../log'

export interface LogRecord {
  readonly level: keyof Log
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A log that records its lines. */
export function logRecorder(): Log & { readonly records: LogRecord[] } {
  const records: LogRecord[] = []
  const at = (level: keyof Log) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    records.push({ level, fields, message })
  }
  return { records, info: at('info'), warn: at('warn'), error: at('error') }
}
