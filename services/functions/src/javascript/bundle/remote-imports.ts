import type { SourceProblem } from '../../source/source-problem'
import type { BuildMeta } from './build-meta'

/** A module that code imports from a server, and that is none of the project's. */
const REMOTE = /^(https?|jsr|npm):/

interface StandIn {
  readonly pattern: RegExp
  readonly code: string
}

/** What edge functions of other platforms import from servers, and what is here in its place. */
export const DENO_STAND_INS: readonly StandIn[] = [
  {
    pattern: /^https:\/\/deno\.land\/std(@[\w.-]+)?\/http\/server\.ts$/,
    code: 'export const serve = async (handler, options = {}) => { Deno.serve(options, handler) }',
  },
  // Types alone.
  { pattern: /\/(edge-runtime|functions-js\/edge-runtime)\.d\.ts$/, code: '' },
]

/** Imports from servers that nothing stands in for. */
export function remoteProblems({ inputs }: BuildMeta, standIns: readonly StandIn[]): readonly SourceProblem[] {
  return Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports.flatMap(({ path, external }) => {
      if (external !== true || !REMOTE.test(path) || standIns.some(({ pattern }) => pattern.test(path))) return []
      return [{ file, position: null, message: `imports '${path}': ${remoteAdvice(path)}` }]
    }),
  )
}

/** What to do about an import from a server. */
export function remoteAdvice(specifier: string): string {
  const [, name] = /^(?:npm:|https:\/\/(?:esm\.sh|cdn\.skypack\.dev)\/)((?:@[^/@]+\/)?[^/@?]+)/.exec(specifier) ?? []
  const from = 'code from servers is not loaded, packages are those of functions/package.json'
  return name === undefined ? from : `${from}: add ${name} there, and import '${name}'`
}

/** A bundle with what stands in for modules of servers. Lines stay where they are. */
export function withStandIns(code: string, { inputs }: BuildMeta, standIns: readonly StandIn[]): string {
  const external = Object.values(inputs).flatMap(({ imports }) => imports.filter((one) => one.external === true))
  const specifiers = new Set(external.map(({ path }) => path))
  let finished = code
  for (const specifier of specifiers) {
    const found = standIns.find(({ pattern }) => pattern.test(specifier))
    if (found === undefined) continue
    const module = `data:text/javascript,${encodeURIComponent(found.code)}`
    for (const before of ['from ', 'import ', 'import'])
      finished = finished.replaceAll(before + JSON.stringify(specifier), before + JSON.stringify(module))
  }
  return finished
}
