import { type CodeDoors, type CodeProblem, didYouMean, type HookOperation, type HookStage } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import { EXTENSION_KEYS, isAsync, readExtensions } from './read-extensions'
import { type CustomRoute, readRoutes } from './read-routes'

/** Functions that are no hooks of a collection. */
export type ExtensionKind = 'type' | 'auth' | 'operation' | 'provider' | 'route'

/** A function of a project for one moment of the writes of one collection. */
export interface Hook {
  readonly kind: 'document' | ExtensionKind
  /** Of an extension, the key that it stands under. */
  readonly collection: string
  readonly stage: HookStage
  readonly operation: HookOperation
  /** `beforeCreate`. */
  readonly name: string
  /** From the project's folder. */
  readonly file: string
  // biome-ignore lint/suspicious/noExplicitAny: what it takes depends on its name
  readonly run: (...args: any[]) => unknown
  /** Of a provider of accounts: which of its functions it is. */
  readonly provider?: {
    readonly name: string
    readonly label: string
    readonly formPost: boolean
    readonly part: 'begin' | 'callback'
  }
  readonly route?: CustomRoute
}

/** The names of hooks, and when they run. */
const MOMENTS = new Map<string, readonly [HookStage, HookOperation]>(
  (['prepare', 'before', 'after'] as const).flatMap((stage) =>
    (['create', 'update', 'delete'] as const).map((operation) => [
      `${stage}${operation[0]?.toUpperCase()}${operation.slice(1)}`,
      [stage, operation] as const,
    ]),
  ),
)

export interface ReadFile {
  /** From the project's folder. */
  readonly file: string
  /** Its text, for places. */
  readonly source: string
  /** What it exports by default. */
  readonly definition: unknown
}

/** The hooks that a file defines, and what is wrong with it. */
export function readDefinition(
  { file, source, definition }: ReadFile,
  { schema, doors }: { readonly schema: Pick<Schema, 'collections'>; readonly doors: CodeDoors },
): { readonly hooks: readonly Hook[]; readonly problems: readonly CodeProblem[] } {
  const problems: CodeProblem[] = []
  const wrong = (name: string, message: string) => problems.push({ file, position: placeOf(source, name), message })
  if (!isDefinition(definition)) {
    wrong('default', 'exports no hooks: write export default defineHooks({ … })')
    return { hooks: [], problems }
  }
  const hooks: Hook[] = []
  const reading = { file, schema, doors, wrong, placeOf: (name: string) => placeOf(source, name) }
  for (const key of EXTENSION_KEYS)
    if (definition[key] !== undefined) hooks.push(...readExtensions(key, definition[key], reading))
  if (definition.routes !== undefined) hooks.push(...readRoutes(definition.routes, reading))
  for (const [collection, moments] of Object.entries(collectionsOf(definition))) {
    if (!schema.collections.has(collection)) {
      wrong(
        collection,
        `there is no collection '${collection}'${didYouMean(collection, [...schema.collections.keys()])}`,
      )
      continue
    }
    if (typeof moments !== 'object' || moments === null) {
      wrong(collection, `the hooks of '${collection}' must be an object, like { beforeCreate(ctx, data) { … } }`)
      continue
    }
    for (const [name, run] of Object.entries(moments)) {
      if (run === undefined) continue
      const moment = MOMENTS.get(name)
      if (moment === undefined) wrong(name, `there is no hook '${name}'${didYouMean(name, [...MOMENTS.keys()])}`)
      else if (typeof run !== 'function') wrong(name, `${collection}.${name} must be a function`)
      else if (moment[0] === 'before' && isAsync(run)) wrong(name, asyncMessage(collection, name, moment[1]))
      else
        hooks.push({
          kind: 'document',
          collection,
          stage: moment[0],
          operation: moment[1],
          name,
          file,
          run: run as Hook['run'],
        })
    }
  }
  return { hooks, problems }
}

function asyncMessage(collection: string, name: string, operation: HookOperation): string {
  const instead = `prepare${operation[0]?.toUpperCase()}${operation.slice(1)}`
  return `${collection}.${name} is async: it runs inside of the write, which cannot wait. What has to wait goes into ${instead}, before it`
}

/** Those whose names mean something else here stand under `collections`. */
function collectionsOf(definition: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { collections, routes: _, ...rest } = definition
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => !EXTENSION_KEYS.some((own) => own === key)))
  return typeof collections === 'object' ? { ...others, ...collections } : others
}

/** Of any copy of the package. */
function isDefinition(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Symbol.for('koyalite.hooks.definition') in value
}

/** Where a name stands in a source for the first time as one of a property or an export. */
function placeOf(source: string, name: string): CodeProblem['position'] {
  const found = new RegExp(`(^|[^\\w$])${RegExp.escape(name)}(?![\\w$])`, 'm').exec(source)
  if (found === null) return null
  const before = source.slice(0, found.index + (found[1]?.length ?? 0)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
