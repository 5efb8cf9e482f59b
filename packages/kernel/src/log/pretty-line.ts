import { printableText } from '@koyalite/contracts'

const LEVELS: Readonly<Record<string, { readonly label: string; readonly color: string }>> = {
  debug: { label: 'debug', color: '\u001b[90m' },
  info: { label: 'info ', color: '\u001b[36m' },
  warn: { label: 'warn ', color: '\u001b[33m' },
  error: { label: 'error', color: '\u001b[31m' },
}
const DIM = '\u001b[2m'
const RESET = '\u001b[0m'
const MAX_STACK_LINES = 8

/** A line of the log for people: time, level, what happened, details; an error's stack under it. */
export function prettyLine(ndjson: string, color: boolean): string {
  const { level, time, msg, err, ...fields } = JSON.parse(ndjson) as Record<string, unknown>
  const { label, color: tint } = LEVELS[String(level)] ?? { label: String(level), color: '' }
  const clock = new Date(Number(time)).toTimeString().slice(0, 8)
  const paint = (code: string, text: string) => (color && code !== '' ? `${code}${text}${RESET}` : text)
  const what = fields.method === undefined || msg !== 'request' ? [String(msg ?? ''), details(fields)] : request(fields)
  const stack = errorStack(err)
  const [main, more] = what.map(printableText)
  return `${paint(DIM, clock)} ${paint(tint, label)} ${main}${more ? ` ${paint(DIM, more)}` : ''}\n${stack}`
}

function request({
  method,
  path,
  status,
  code,
  ms,
  actor,
  query,
  request_id,
}: Readonly<Record<string, unknown>>): string[] {
  const failed = Number(status) >= 400 ? ` ${code === undefined ? '' : `${code} `}${request_id}` : ''
  const asked = query === undefined ? '' : ` ${query}`
  return [`${method} ${path} ${status}`, `${Number(ms).toFixed(1)} ms ${actor}${failed}${asked}`]
}

function details(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}

function errorStack(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const { stack, message, cause } = err as { stack?: unknown; message?: unknown; cause?: unknown }
  const lines = String(stack ?? message ?? '')
    .split('\n')
    .slice(0, MAX_STACK_LINES)
  const text = lines.map((line) => `    ${printableText(line)}\n`).join('')
  const below = errorStack(cause)
  return below === '' ? text : `${text}  caused by\n${below}`
}
