import type { RequestEntry } from './log'

/**
 * The log line of a request, as NDJSON. Put together by hand: it is written for every request, and a general serializer
 * costs several times as much. Everything that a stranger can choose is escaped.
 * @param time milliseconds since 1970
 */
export function requestLine(entry: RequestEntry, time: number): string {
  const { actor } = entry
  const id = 'id' in actor ? `,"actor_id":${JSON.stringify(actor.id)}` : ''
  const level = entry.status >= 500 ? 'error' : 'info'
  const code = entry.code === null ? '' : `,"code":"${entry.code}"`
  const query = entry.query === null ? '' : `,"query":${JSON.stringify(entry.query)}`
  // `id` and `method` are limited to harmless characters by the HTTP application and the parser.
  return `{"level":"${level}","time":${time},"request_id":"${entry.id}","method":"${entry.method}","path":${JSON.stringify(
    entry.path,
  )},"status":${entry.status}${code},"ms":${Math.round(entry.ms * 1000) / 1000},"actor":"${actor.kind}"${id},"ip":${JSON.stringify(
    entry.ip,
  )},"bytes":${entry.bytes}${query},"msg":"request"}\n`
}

/** Whether a line is one that `requestLine` has written. */
export function isRequestLine(line: string): boolean {
  return line.endsWith('"msg":"request"}\n')
}
