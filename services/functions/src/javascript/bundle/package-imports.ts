import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportMap } from './import-map'

/** In the folder of a build. */
export const PACKAGE_FILES = { imports: 'imports', modules: 'node_modules' } as const

const SCOPE = '@installed'
const SOURCE = /\.([cm]?[jt]s|[jt]sx)$/
const MAX_FILES = 5_000
const MAX_CHARS = 2_000_000
/** Whatever might be an import of a package: one too many does no harm. */
const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'])((?:npm:)?[@\w][^"'\n]*)\1/g
/** `zod`, `@scope/name/sub`, `npm:zod@3.22/sub`. */
const PARTS = /^(?:npm:\/?)?((?:@[\w.~-]+\/)?[\w.~-]+)(?:@[^/]*)?(\/[^?#]*)?$/

/**
 * Packages lie where no importing file would look for them. Each import of one gets a module of its own in the folder of the build, from where it is found, under
 * the conditions of the target; `npm:zod@3` is the `zod` that is installed.
 * @param folders with the sources @param work of the build @param modules the folder node_modules
 * @returns what stands for each import, for `paths` of TypeScript
 */
export function packageImports(
  folders: readonly string[],
  { work, modules, map }: { readonly work: string; readonly modules: string; readonly map: ImportMap },
): Readonly<Record<string, readonly string[]>> {
  const scope = join(work, PACKAGE_FILES.modules, SCOPE)
  mkdirSync(scope, { recursive: true })
  mkdirSync(join(work, PACKAGE_FILES.imports))
  const paths: Record<string, readonly string[]> = {}
  for (const specifier of specifiersIn(folders)) {
    const [, name = '', sub = ''] = PARTS.exec(map.packageOf(specifier)) ?? []
    if (name === '' || !existsSync(join(modules, name))) continue
    const number = String(Object.keys(paths).length)
    const file = join(work, PACKAGE_FILES.imports, `${number}.js`)
    // By another name: its own stands for this module.
    symlinkSync(join(modules, name), join(scope, number))
    const from = JSON.stringify(`${SCOPE}/${number}${sub}`)
    writeFileSync(file, `import * as all from ${from}\nexport * from ${from}\nexport default all.default\n`)
    paths[specifier] = [file]
  }
  return paths
}

function specifiersIn(folders: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  let left = MAX_FILES
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (left <= 0 || entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      if (entry.isDirectory()) walk(join(path, entry.name))
      if (!entry.isFile() || !SOURCE.test(entry.name)) continue
      left--
      const text = readFileSync(join(path, entry.name), 'utf8').slice(0, MAX_CHARS)
      for (const [, , specifier = ''] of text.matchAll(IMPORT)) found.add(specifier)
    }
  }
  for (const folder of folders) if (existsSync(folder)) walk(folder)
  return found
}
