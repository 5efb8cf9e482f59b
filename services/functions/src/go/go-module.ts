import type { SourceProblem } from '../source/source-problem'
import { LEAST_VERSION } from './find-go'
import { compareVersions } from './go-version'

/** What functions import; the server carries it. */
export const SDK_MODULE = 'koyalite.dev/koyalite'
/** Any will do: they are replaced by folders. */
const VERSION = 'v0.0.0'

/** Modules that stand in folders, by path. */
export type LocalModules = ReadonlyMap<string, string>

/** The go.mod of functions that have none of their own. */
export function defaultModule(local: LocalModules): string {
  const lines = [...local].flatMap(([path, folder]) => [
    `require ${path} ${VERSION}`,
    `replace ${path} => ${JSON.stringify(folder)}`,
  ])
  return `module functions\n\ngo ${LEAST_VERSION}\n\n${lines.join('\n')}\n`
}

/** Flags of `go mod edit` by which a go.mod finds them, whatever it says itself. */
export function localModuleFlags(local: LocalModules): readonly string[] {
  return [...local].flatMap(([path, folder]) => [`-require=${path}@${VERSION}`, `-replace=${path}=${folder}`])
}

interface GoModule {
  readonly Go?: string
  readonly Require?: readonly { readonly Path: string }[] | null
  readonly Replace?: readonly { readonly Old: { readonly Path: string }; readonly New: Place }[] | null
}

interface Place {
  readonly Path: string
  readonly Version?: string
}

/** What is wrong with a go.mod, as `go mod edit -json` writes it. */
export function moduleProblems(json: string, file: string, local: LocalModules): readonly SourceProblem[] {
  const { Go: version = '1.16', Replace: replaced } = JSON.parse(json) as GoModule
  const problem = (message: string): SourceProblem => ({ file, position: null, message })
  const outside = (replaced ?? []).filter(
    ({ Old, New }) => !local.has(Old.Path) && New.Version === undefined && !isInside(New.Path),
  )
  return [
    ...(compareVersions(version, LEAST_VERSION) < 0
      ? [problem(`says 'go ${version}': functions need 'go ${LEAST_VERSION}' or newer`)]
      : []),
    ...outside.map(({ Old, New }) =>
      problem(
        `replaces ${Old.Path} by ${New.Path}, which is outside of the module: copy it into a folder that begins with '_'`,
      ),
    ),
  ]
}

/** Folders are written with `./` at their beginning. */
function isInside(path: string): boolean {
  return path.startsWith('./') && !path.split('/').includes('..')
}
