import { join, relative, resolve, sep } from 'node:path'
import type { SourceProblem } from '../../source/source-problem'
import type { BuildMeta } from './build-meta'

export interface InputRules {
  /** The project's folder, with no link in its path. */
  readonly dir: string
  /** The folder of what the server carries. */
  readonly sdkFolder: string
  /** Folders of the build itself: of the packages that were installed for it, for one. */
  readonly own: readonly string[]
  /** The server's own folders in the project: that of the database, for one. */
  readonly closed: readonly string[]
}

/** Outside of functions/ only code is taken: databases, settings and keys lie there too. */
const CODE = /\.([cm]?[jt]s|[jt]sx|json)$/

/** Files that were read but must not be in a function: from outside of the project, hidden ones such as .env, what belongs to the server. */
export function checkInputs({ inputs }: BuildMeta, rules: InputRules): readonly SourceProblem[] {
  // What is imported but not used is no input: that it works must not depend on what somebody uses.
  const imports = Object.entries(inputs).flatMap(([importer, { imports }]) =>
    imports.map((one) => ({ ...one, importer })),
  )
  const paths = new Set([...Object.keys(inputs), ...imports.flatMap(({ path, external }) => (external ? [] : [path]))])
  return [...paths].flatMap((path) => {
    const reason = reasonAgainst(resolve(rules.dir, path), rules)
    if (reason === null) return []
    const found = imports.find((one) => one.path === path)
    const written = found?.original ?? path
    return [{ file: found?.importer ?? path, position: null, message: `imports '${written}', ${reason}` }]
  })
}

function reasonAgainst(path: string, { dir, sdkFolder, closed, own }: InputRules): string | null {
  if ([sdkFolder, ...own].some((folder) => path.startsWith(folder + sep))) return null
  if (!path.startsWith(dir + sep)) return "which is outside of the project's folder"
  const segments = relative(dir, path).split(sep)
  if (segments.includes('node_modules')) return null
  if (segments.some((segment) => segment.startsWith('.')))
    return 'which is hidden: values of .env come by the key env of the manifest'
  if (closed.some((folder) => path === folder || path.startsWith(folder + sep))) return 'which belongs to the server'
  if (segments[0] === 'functions' || CODE.test(path)) return null
  return 'which is not code: move it into functions/'
}

/** The files besides those in functions/ and node_modules that a build took. */
export function otherSources({ inputs }: BuildMeta, { dir, sdkFolder, own }: InputRules): readonly string[] {
  const paths = Object.keys(inputs).map((input) => resolve(dir, input))
  const isElsewhere = (path: string) => {
    return (
      !path.startsWith(join(dir, 'functions') + sep) &&
      ![sdkFolder, ...own].some((folder) => path.startsWith(folder + sep)) &&
      !path.includes(`${sep}node_modules${sep}`)
    )
  }
  return paths.filter(isElsewhere)
}
