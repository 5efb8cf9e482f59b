import type { Random } from '../fixtures/random'
import { BROKEN_QUERIES, HOSTILE_JSON, HOSTILE_TEXT } from './hostile-values'
import type { ApiOperation, JsonSchema, OpenApi } from './openapi-operations'
import { PARAMETER_TEXT } from './parameter-values'

/** A request in bytes, and whether HTTP itself finds no fault with it, so that the response must come from the application. */
export interface FuzzRequest {
  readonly method: string
  readonly bytes: Buffer
  readonly wellFormed: boolean
  /** Its length says less than it has: HTTP takes the rest for another request, whose refusal may overtake the answer to the first. */
  readonly splits: boolean
}

export interface FuzzContext {
  readonly api: OpenApi
  readonly key: string
  /** Keys of documents that exist, by collection. */
  readonly ids: Readonly<Record<string, readonly string[]>>
}

/** A request for an operation with, mostly, one or a few things wrong with it. */
export function generateRequest(operation: ApiOperation, context: FuzzContext, random: Random): FuzzRequest {
  const method = random.chance(0.03)
    ? random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'])
    : operation.method
  const target = path(operation, context, random) + query(operation, random)
  const headers = requestHeaders(operation, context, random)
  const body =
    operation.body === undefined && random.chance(0.9) ? undefined : bodyBytes(operation.body ?? {}, context, random)
  if (body !== undefined)
    headers.push(['Content-Type', random.chance(0.95) ? 'application/json' : random.pick(HOSTILE_TEXT)])
  return assemble(method, target, { headers, body, random })
}

function path(operation: ApiOperation, context: FuzzContext, random: Random): string {
  const collection = /collections\/([^/{]+)/.exec(operation.path)?.[1] ?? ''
  return operation.path.replace(/\{[^}]+\}/g, () => {
    if (random.chance(0.75)) return encodeURIComponent(random.pick(context.ids[collection] ?? anyId(context)))
    if (random.chance(0.2)) return random.pick(['%', '%ff', '%zz', '%00', '%2f', '..', '.', '%2e%2e', '//'])
    return encodeURIComponent(random.pick(HOSTILE_TEXT))
  })
}

function query(operation: ApiOperation, random: Random): string {
  if (random.chance(0.08)) return `?${random.pick(BROKEN_QUERIES)}`
  if (operation.query.length === 0 && random.chance(0.9)) return ''
  const names = [...operation.query, ...(random.chance(0.1) ? ['unknown', '__proto__', ''] : [])]
  const count = operation.method === 'GET' ? random.int(0, 3) : 0
  const parts = Array.from({ length: names.length === 0 ? 0 : count }, () => {
    const name = random.pick(names)
    const meant = PARAMETER_TEXT[name]
    const value = meant !== undefined && random.chance(0.7) ? random.pick(meant) : random.pick(HOSTILE_TEXT)
    return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function requestHeaders(operation: ApiOperation, context: FuzzContext, random: Random): [string, string][] {
  const headers: [string, string][] = [['Host', 'localhost']]
  if (random.chance(0.92)) headers.push(['Authorization', `Bearer ${context.key}`])
  else if (random.chance(0.5)) headers.push(['Authorization', random.pick(HOSTILE_TEXT)])
  const names = [
    ...operation.headers,
    'If-Match',
    'Idempotency-Key',
    'Accept',
    'Accept-Encoding',
    'Origin',
    'X-Request-Id',
    'X-Forwarded-For',
    'Range',
    'If-None-Match',
    'Content-Encoding',
    'Cookie',
    'X-HTTP-Method-Override',
  ]
  if (random.chance(0.2)) headers.push([random.pick(names), random.pick(HOSTILE_TEXT)])
  return headers
}

function bodyBytes(schema: JsonSchema, context: FuzzContext, random: Random): Buffer {
  let text = json(schema, context, random, 0)
  if (random.chance(0.1)) text = random.pick(HOSTILE_JSON)
  if (random.chance(0.03)) text = `[${text},${text}]`
  if (random.chance(0.05)) text = text.slice(0, random.int(0, text.length))
  const bytes = Buffer.from(text)
  if (bytes.length > 0 && random.chance(0.05))
    for (let n = random.int(1, 5); n > 0; n--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255)
  return random.chance(0.02) ? random.bytes(random.int(0, 200)) : bytes
}

/** A value for a schema as JSON text; at every step it may be a hostile one instead, or carry more than it should. */
function json(given: JsonSchema, context: FuzzContext, random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.05)) return random.pick(HOSTILE_JSON)
  const schema = context.api.resolve(given)
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined && options.length > 0) return json(random.pick(options), context, random, depth)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined && schema.enum.length > 0) return JSON.stringify(random.pick(schema.enum))
  const type =
    typeof schema.type === 'object' ? random.pick(schema.type) : (schema.type ?? (schema.properties ? 'object' : 'any'))
  switch (type) {
    case 'object':
      return object(schema, context, random, depth)
    case 'array':
      return `[${Array.from({ length: depth > 4 ? 0 : random.int(0, 3) }, () => json(schema.items ?? {}, context, random, depth + 1)).join(',')}]`
    case 'integer':
      return String(random.int(-5, 100))
    case 'number':
      return String(random.int(0, 1000) / 10)
    case 'boolean':
      return String(random.chance(0.5))
    case 'null':
      return 'null'
    case 'string':
      return JSON.stringify(text(schema, context, random))
    default:
      return random.pick(HOSTILE_JSON)
  }
}

function object(schema: JsonSchema, context: FuzzContext, random: Random, depth: number): string {
  const parts = Object.entries(schema.properties ?? {})
    .filter(() => random.chance(0.7))
    .map(([name, property]) => `${JSON.stringify(name)}:${json(property, context, random, depth + 1)}`)
  if (random.chance(0.06))
    parts.push(
      `${JSON.stringify(random.pick(['__proto__', 'constructor', 'unknown', '', '$inc', 'a\u0000b']))}:${random.pick(HOSTILE_JSON)}`,
    )
  if (parts.length > 0 && random.chance(0.02)) parts.push(parts[0] ?? '')
  return `{${parts.join(',')}}`
}

function text(schema: JsonSchema, context: FuzzContext, random: Random): string {
  if (schema.format === 'uuid' || random.chance(0.2)) return random.pick(anyId(context))
  if (schema.format === 'date-time') return new Date(random.int(0, 2e12)).toISOString()
  if (schema.format === 'email') return `u${random.int(0, 1e9)}@example.com`
  return `t-${random.int(0, 1e6)}`
}

interface Parts {
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | undefined
  readonly random: Random
}

/** Bytes on the wire. What HTTP forbids in a target or header is let through now and then, and then no longer well-formed. */
function assemble(method: string, target: string, { headers, body, random }: Parts): FuzzRequest {
  const forbidden = (value: string) => /[^\t\x20-\x7e]/.test(value)
  const raw = random.chance(0.1)
  const kept = headers
    .filter(([, value]) => raw || !forbidden(value))
    .map(([name, value]): [string, string] => [name, raw ? value : value.trim()])
  let wellFormed =
    !kept.some(([name, value]) => forbidden(value) || name === '' || value.length > 4000) &&
    target.length < 8000 &&
    !target.includes('#')
  let splits = false
  const lines = kept.map(([name, value]) => `${name}: ${value}\r\n`)
  let framed = body ?? Buffer.alloc(0)
  if (body !== undefined && random.chance(0.15)) {
    framed = chunked(body, random)
    lines.push('Transfer-Encoding: chunked\r\n')
    if (random.chance(0.2)) {
      framed = framed.subarray(0, random.int(0, framed.length))
      wellFormed = false
    }
  } else if (body !== undefined) {
    const difference = random.chance(0.03) ? random.int(-3, 3) : 0
    if (difference !== 0) wellFormed = false
    splits = difference < 0
    lines.push(`Content-Length: ${Math.max(0, body.length + difference)}\r\n`)
  }
  if (method === 'PROPFIND' || (body !== undefined && (method === 'GET' || method === 'HEAD'))) wellFormed = false
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'utf8')
  return { method, bytes: Buffer.concat([head, framed]), wellFormed, splits }
}

function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = Math.min(random.int(1, 4000), body.length - at)
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'))
    at += size
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

function anyId(context: FuzzContext): readonly string[] {
  return Object.values(context.ids).flat()
}
