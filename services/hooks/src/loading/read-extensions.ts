import { type CodeDoors, type CodeProblem, didYouMean } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { ExtensionKind, Hook } from './read-definition'

/** What a definition has besides hooks of collections. */
export const EXTENSION_KEYS = ['types', 'auth', 'operations'] as const
export type ExtensionKey = (typeof EXTENSION_KEYS)[number]

export interface ReadingExtensions {
  /** From the project's folder. */
  readonly file: string
  readonly schema: Pick<Schema, 'collections'>
  readonly doors: CodeDoors
  placeOf(name: string): CodeProblem['position']
  /** @param name what is written at the place in the file */
  wrong(name: string, message: string): void
}

const AUTH_HOOKS = ['beforeRegister', 'afterRegister', 'beforeLogin', 'afterLogin']
const OPERATIONS = ['create', 'update', 'delete']

/** The functions of one of these keys; what is wrong with them is reported. */
export function readExtensions(key: ExtensionKey, value: unknown, reading: ReadingExtensions): readonly Hook[] {
  if (!isObject(value)) {
    reading.wrong(key, `'${key}' must be an object, like ${EXAMPLES[key]}`)
    return []
  }
  return Object.entries(value).flatMap(([name, one]) => READERS[key](name, one, reading))
}

const EXAMPLES: Readonly<Record<ExtensionKey, string>> = {
  types: "{ iban(value) { return isIban(value) || 'not an IBAN' } }",
  auth: '{ beforeLogin(ctx, user) { … } }',
  operations: "{ async 'posts.create'(ctx, data) { return ctx.next(data) } }",
}

type Reader = (name: string, value: unknown, reading: ReadingExtensions) => readonly Hook[]

const READERS: Readonly<Record<ExtensionKey, Reader>> = {
  types(name, run, { file, wrong }) {
    if (typeof run !== 'function') wrong(name, `the validator '${name}' must be a function`)
    else if (isAsync(run)) wrong(name, `the validator '${name}' is async: it runs inside of writes, which cannot wait`)
    else return [extension('type', name, file, run)]
    return []
  },
  auth(name, value, { file, wrong }) {
    if (name === 'providers') return readProviders(value, { file, wrong })
    if (!AUTH_HOOKS.includes(name)) {
      wrong(name, `there is no hook 'auth.${name}'${didYouMean(name, [...AUTH_HOOKS, 'providers'])}`)
    } else if (typeof value !== 'function') wrong(name, `auth.${name} must be a function`)
    else if (name.startsWith('before') && isAsync(value)) {
      wrong(name, `auth.${name} is async: it runs inside of the sign-in's transaction, which cannot wait`)
    } else return [extension('auth', name, file, value)]
    return []
  },
  operations(name, run, { file, schema, wrong }) {
    const [collection = '', operation = ''] = name.split('.')
    const names = [...schema.collections.keys()]
    if (!names.includes(collection)) {
      wrong(name, `there is no collection '${collection}'${didYouMean(collection, names)}`)
    } else if (['list', 'get', 'read', 'aggregate'].includes(operation)) {
      wrong(
        name,
        `'${name}' cannot be overridden: what is read is what rules and live queries say. Call a function for it instead`,
      )
    } else if (!OPERATIONS.includes(operation) || name.split('.').length > 2) {
      wrong(
        name,
        `'${name}' is not an operation; known are ${OPERATIONS.map((one) => `${collection}.${one}`).join(', ')}`,
      )
    } else if (typeof run !== 'function') wrong(name, `the override of '${name}' must be a function`)
    else return [extension('operation', name, file, run)]
    return []
  },
}

const PROVIDER_KEYS = ['name', 'label', 'formPost', 'begin', 'callback']

function readProviders(value: unknown, { file, wrong }: Pick<ReadingExtensions, 'file' | 'wrong'>): readonly Hook[] {
  if (!Array.isArray(value)) {
    wrong('providers', "'providers' must be a list: [defineAuthProvider({ name, begin, callback })]")
    return []
  }
  return value.flatMap((provider: unknown) => {
    if (!isObject(provider)) {
      wrong('providers', 'a provider must be made by defineAuthProvider({ name, begin, callback })')
      return []
    }
    const { name, label, formPost, begin, callback } = provider
    const unknown = Object.keys(provider).find((key) => !PROVIDER_KEYS.includes(key))
    if (typeof name !== 'string' || !/^[a-z][a-z0-9_-]{0,31}$/.test(name)) {
      wrong('name', 'the name of a provider has lower-case letters, digits, - and _, at most 32')
    } else if (unknown !== undefined)
      wrong(unknown, `unknown key '${unknown}' in provider '${name}'${didYouMean(unknown, PROVIDER_KEYS)}`)
    else if (typeof begin !== 'function' || typeof callback !== 'function') {
      wrong(name, `the provider '${name}' needs two functions: begin(ctx, input) and callback(ctx, input)`)
    } else if (label !== undefined && typeof label !== 'string')
      wrong('label', `the label of provider '${name}' must be text`)
    else {
      const facts = { name, label: label ?? name, formPost: formPost === true }
      const of = (part: 'begin' | 'callback', run: unknown) => ({
        ...extension('provider', `${name}.${part}`, file, run),
        provider: { ...facts, part },
      })
      return [of('begin', begin), of('callback', callback)]
    }
    return []
  })
}

export function extension(kind: ExtensionKind, name: string, file: string, run: unknown): Hook {
  // Their stage and operation are said by their names.
  return { kind, collection: LISTED[kind], stage: 'before', operation: 'create', name, file, run: run as Hook['run'] }
}

/** What they are listed under. */
const LISTED: Readonly<Record<ExtensionKind, string>> = {
  type: 'types',
  auth: 'auth',
  operation: 'operations',
  provider: 'providers',
  route: 'routes',
}

export function isAsync(run: object): boolean {
  return /^Async(Generator)?Function$/.test(run.constructor?.name ?? '')
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
