import { z } from 'zod'
import { isNetwork, type TrustProxy } from '../http/client-address'
import { parseDuration, parseRate, parseSize } from './units'

/** How an option is written. */
export type OptionKind =
  | 'text'
  | 'integer'
  | 'number'
  | 'flag'
  | 'duration'
  | 'size'
  | 'rate'
  | 'retention'
  | 'choice'
  | 'list'
  | 'proxies'
  | 'table'

/** What is known of an option besides its type: everything that help texts, docs and `doctor` print. */
export interface OptionMeta {
  readonly kind: OptionKind
  readonly help: string
  /** As one would write it in the file; null for none. */
  readonly default: string | number | boolean | null
  readonly nullable: boolean
  /** Its value is never printed. */
  readonly secret: boolean
  /** Settings files may only refer to it: `${VAR}` or `file:path`. */
  readonly reference: boolean
  /** What runs was built on it: another value needs another start. */
  readonly atStart: boolean
  /** Of a choice: what there is to choose from. Otherwise empty. */
  readonly choices: readonly string[]
}

interface TextOptions {
  readonly min?: number
  readonly secret?: boolean
  readonly pattern?: { readonly regex: RegExp; readonly expected: string }
}

export function text(fallback: string, help: string, { pattern }: Pick<TextOptions, 'pattern'> = {}) {
  return described(
    z
      .string()
      .min(1)
      .refine((value) => pattern?.regex.test(value) ?? true, { error: `expected ${pattern?.expected}` })
      .default(fallback),
    { kind: 'text', help, default: fallback },
  )
}

export function requiredText(help: string, options: TextOptions = {}) {
  return described(z.string().min(1), { kind: 'text', help, default: null, secret: options.secret ?? false })
}

export function optionalText(help: string, options: TextOptions = {}) {
  const meta = { kind: 'text', help, default: null, nullable: true, secret: options.secret ?? false } as const
  return described(
    z
      .string()
      .min(options.min ?? 1)
      .refine((value) => options.pattern?.regex.test(value) ?? true, { error: `expected ${options.pattern?.expected}` })
      .nullable()
      .default(null),
    meta,
  )
}

/** A secret that settings files may refer to but not hold. Unlike others it is never left out because its variable is not set. */
export function secretReference(help: string) {
  const meta = { kind: 'text', help, default: null, nullable: true, secret: true, reference: true } as const
  return described(z.string().min(1).nullable().default(null), meta)
}

/** How many, or how long: `7` or `7d`. */
export type Retention = { readonly count: number } | { readonly ageMs: number }

export function retention(fallback: number, help: string) {
  const expected = 'expected a count like 7, or an age like 30d'
  const type = z
    .union([z.number(), z.string()], { error: expected })
    .transform((written, context): Retention => {
      const count = /^\d{1,15}$/.test(String(written)) ? Number(written) : 0
      if (count > 0) return { count }
      const ageMs = parseDuration(String(written))
      if (ageMs !== null && ageMs > 0) return { ageMs }
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
    .prefault(fallback)
  return described(type, { kind: 'retention', help, default: fallback })
}

export function optionalUrl(help: string, protocol: RegExp = /^https?$/) {
  const url = z.url({ protocol, error: `expected an address like https://example.com` })
  return described(url.nullable().default(null), { kind: 'text', help, default: null, nullable: true })
}

/** A host name without scheme or port. */
export function optionalDomain(help: string) {
  const domain = z.string().regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/, {
    error: 'expected a domain like example.com, in lower case, without https:// and port',
  })
  return described(domain.nullable().default(null), { kind: 'text', help, default: null, nullable: true })
}

/** A path of this server, without a slash at the end. */
export function serverPath(fallback: string, options: { readonly taken: readonly string[] }, help: string) {
  const { taken } = options
  const type = z
    .string()
    .regex(/^(\/[a-z0-9_-]+)+$/, {
      error: `expected a path like ${fallback} or /admin, in lower case, without a slash at the end`,
    })
    .refine((value) => !taken.some((other) => value === other || value.startsWith(`${other}/`)), {
      error: `something else is served there: expected a path that is not at or below ${taken.join(', ')}`,
    })
  return described(type.default(fallback), { kind: 'text', help, default: fallback })
}

export function integer(fallback: number, range: { readonly min: number; readonly max?: number }, help: string) {
  const type = z
    .int()
    .min(range.min)
    .max(range.max ?? Number.MAX_SAFE_INTEGER)
  return described(type.default(fallback), { kind: 'integer', help, default: fallback })
}

/** Null where it is not set. */
export function optionalInteger(range: { readonly min: number }, help: string) {
  const meta = { kind: 'integer', help, default: null, nullable: true } as const
  return described(z.int().min(range.min).nullable().default(null), meta)
}

export function number(fallback: number, range: { readonly min: number }, help: string) {
  return described(z.number().min(range.min).default(fallback), { kind: 'number', help, default: fallback })
}

export function flag(fallback: boolean, help: string) {
  return described(z.boolean().default(fallback), { kind: 'flag', help, default: fallback })
}

export function choice<const T extends readonly [string, ...string[]]>(values: T, fallback: T[number], help: string) {
  const type = z.enum(values).default(fallback as never)
  return described(type, { kind: 'choice', help: `${help} (${values.join(', ')})`, default: fallback, choices: values })
}

/** Null where it is not set. */
export function optionalChoice<const T extends readonly [string, ...string[]]>(values: T, help: string) {
  const all = `${help} (${values.join(', ')})`
  const meta = { kind: 'choice', help: all, default: null, nullable: true, choices: values } as const
  return described(z.enum(values).nullable().default(null), meta)
}

/** Parsed to milliseconds. */
export function duration(fallback: string, help: string) {
  const type = parsed(parseDuration, 'a duration like 500ms, 30s, 15m, 24h or 7d').prefault(fallback)
  return described(type, { kind: 'duration', help, default: fallback })
}

/** Parsed to bytes. */
export function size(fallback: string, help: string) {
  const type = parsed(parseSize, 'a size like 512kb, 10mb or 1gb').prefault(fallback)
  return described(type, { kind: 'size', help, default: fallback })
}

/** Parsed to a Rate; null for no limit. */
export function rate(fallback: string | null, help: string) {
  const type = parsed(parseRate, 'a rate like 5/minute (second, minute, hour or day)').nullable().prefault(fallback)
  return described(type, { kind: 'rate', help, default: fallback, nullable: true })
}

export function list<T extends z.ZodType>(item: T, fallback: readonly z.input<T>[], help: string) {
  return described(z.array(item).prefault([...fallback]), { kind: 'list', help, default: JSON.stringify(fallback) })
}

/** Names of the user's choice, each with a value. */
export function table<T extends z.ZodType>(value: T, help: string, name: NamePattern = ANY_NAME) {
  const checked = z.record(z.string(), value).superRefine((given, context) => {
    for (const key of Object.keys(given))
      if (!name.pattern.test(key))
        context.addIssue({ code: 'custom', path: [key], message: `expected ${name.expected}` })
  })
  return described(checked.default({}), { kind: 'table', help, default: '{}' })
}

interface NamePattern {
  readonly pattern: RegExp
  readonly expected: string
}

const ANY_NAME: NamePattern = { pattern: /^/, expected: 'a name' }

/** More than any chain of proxies has; a larger number is a mistake. */
const MAX_PROXIES = 16

/** Which proxies are believed: `false`, `true` for one, how many, or their networks. */
export function proxies(help: string) {
  const expected = 'expected false, true, the number of proxies, or a list of their networks like [10.0.0.0/8]'
  const network = z.string().refine(isNetwork, { error: 'expected a network like 10.0.0.0/8, or an address' })
  const type = z
    .union([z.boolean(), z.int().min(0).max(MAX_PROXIES), z.array(network)], { error: expected })
    .default(false)
    .transform((trust): TrustProxy => trust)
  return described(type, { kind: 'proxies', help, default: false })
}

/** An option that is read at the start only. */
export function atStart<T extends z.ZodType>(option: T): T {
  return option.meta({ ...option.meta(), atStart: true }) as T
}

/** Options under one name; all of them have defaults, so the whole may be left out. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape).prefault({} as never)
}

function parsed<T>(parse: (text: string) => T | null, expected: string) {
  return z.string({ error: `expected ${expected}` }).transform((written, context) => {
    const value = parse(written)
    if (value !== null) return value
    context.addIssue({ code: 'custom', message: `expected ${expected}` })
    return z.NEVER
  })
}

type PartialMeta = Pick<OptionMeta, 'kind' | 'help' | 'default'> & Partial<OptionMeta>

function described<T extends z.ZodType>(type: T, meta: PartialMeta): T {
  const complete: OptionMeta = {
    ...{ nullable: false, secret: false, reference: false, atStart: false, choices: [] },
    ...meta,
  }
  return type.meta({ ...complete }) as T
}
