import type { SourceProblem } from '../../source/source-problem'
import type { BuildMeta } from './build-meta'

/** Modules that a bundle may not have, and why. */
export interface RefusedModules {
  readonly names: RegExp
  readonly reason: string
}

/** Where a bundle imports one of them: by its own name, or as a package in node_modules. */
export function refusedImports({ inputs }: BuildMeta, refused: RefusedModules | null): readonly SourceProblem[] {
  if (refused === null) return []
  return Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports.flatMap(({ path, original = path }) => {
      const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
      if (![path, original, packageName ?? ''].some((name) => refused.names.test(name))) return []
      return [{ file, position: null, message: `imports '${original}': ${refused.reason}` }]
    }),
  )
}
