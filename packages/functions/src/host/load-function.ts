import { pathToFileURL } from 'node:url'
import type { Ctx } from '../ctx'
import { type FunctionDefinition, isDefinition } from '../define-function'

/** A function over requests and responses as they are. */
export type RawHandler = (request: Request, ctx: Ctx) => unknown

export type LoadedFunction =
  | { readonly kind: 'typed'; readonly config: object; readonly definition: FunctionDefinition }
  | { readonly kind: 'raw'; readonly config: object; readonly handle: RawHandler }

/**
 * Runs the function's module. Rejects with what its top level throws, and for one that exports no function.
 * @param served what it has given to a server of the engine's own
 */
export async function loadFunction(entry: string, served?: () => RawHandler | undefined): Promise<LoadedFunction> {
  const module: { readonly default?: unknown; readonly config?: unknown } = await import(pathToFileURL(entry).href)
  const exported = module.default
  if (isDefinition(exported)) {
    if (exported.config !== undefined && module.config !== undefined) {
      throw new Error('`config` is given twice: in defineFunction, and as an export. Keep one of them.')
    }
    return { kind: 'typed', config: configOf(exported.config ?? module.config), definition: exported }
  }
  const handle = rawHandlerOf(exported) ?? served?.()
  if (handle === undefined) throw new Error(NO_FUNCTION)
  return { kind: 'raw', config: configOf(module.config), handle }
}

const NO_FUNCTION =
  'The module has no function as its default export: `export default defineFunction({ … })`, or for HTTP as it is, `export default (request, ctx) => new Response(…)`.'

function rawHandlerOf(exported: unknown): RawHandler | undefined {
  if (typeof exported === 'function') return exported as RawHandler
  if (typeof exported !== 'object' || exported === null) return undefined
  const { fetch } = exported as { readonly fetch?: unknown }
  return typeof fetch === 'function' ? (request, ctx) => fetch.call(exported, request, ctx) : undefined
}

function configOf(config: unknown): object {
  if (config === undefined) return {}
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
  throw new Error('`config` is an object with the keys of the manifest: { access: "auth.id != null" }')
}
