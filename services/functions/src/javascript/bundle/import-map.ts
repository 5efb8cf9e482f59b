import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** `imports` of a deno.json: names, or their beginnings, and what they stand for. */
export interface ImportMap {
  /** For `paths` of TypeScript: files of the project. */
  readonly paths: Readonly<Record<string, readonly string[]>>
  /** `npm:zod@3` for `zod`, where the map says so; else what was given. */
  packageOf(specifier: string): string
}

const FILES = ['deno.json', 'deno.jsonc'] as const
const MAX_CHARS = 1_000_000

export const NO_IMPORT_MAP: ImportMap = { paths: {}, packageOf: (specifier) => specifier }

/**
 * That of the function's own folder, else that of functions/.
 * @param dir the project's folder @param entry the file of the function, from there
 */
export function readImportMap(dir: string, entry: string): ImportMap {
  const folders = [...new Set([join(dir, dirname(entry)), join(dir, 'functions')])]
  for (const folder of folders) {
    const imports = FILES.map((name) => importsIn(join(folder, name))).find((found) => found !== null)
    if (imports !== undefined) return mapOf(imports ?? {}, folder)
  }
  return NO_IMPORT_MAP
}

function mapOf(imports: Readonly<Record<string, unknown>>, folder: string): ImportMap {
  const entries = Object.entries(imports).flatMap(([name, target]) =>
    typeof target === 'string' ? [[name, target] as const] : [],
  )
  const files = entries.filter(([, target]) => /^\.{1,2}\//.test(target))
  const packages = entries.filter(([, target]) => target.startsWith('npm:'))
  return {
    paths: Object.fromEntries(
      files.map(([name, target]) => {
        const end = name.endsWith('/') ? '*' : ''
        return [name + end, [resolve(folder, target) + (end === '' ? '' : '/*')]]
      }),
    ),
    packageOf(specifier) {
      const exact = packages.find(([name]) => name === specifier)
      if (exact !== undefined) return exact[1]
      const begun = packages.find(([name]) => name.endsWith('/') && specifier.startsWith(name))
      return begun === undefined ? specifier : begun[1] + specifier.slice(begun[0].length)
    },
  }
}

/** Null where there is no such file, or it has none. */
function importsIn(file: string): Readonly<Record<string, unknown>> | null {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > MAX_CHARS) return null
    const { imports } = Bun.JSONC.parse(text) as { readonly imports?: unknown }
    return typeof imports === 'object' && imports !== null ? (imports as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
