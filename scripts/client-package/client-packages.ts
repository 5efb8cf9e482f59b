import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dir, '../..')

/** Of packages/*: those that programs install to talk to a server. */
export const CLIENT_PACKAGES = ['client', 'tanstack-db'] as const
export type ClientPackage = (typeof CLIENT_PACKAGES)[number]

/** package.json in the repository. */
export interface Source {
  readonly name: string
  readonly version: string
  readonly description: string
  /** From the subpath to the file that it begins with, which may be another one on React Native. */
  readonly exports: Readonly<Record<string, string | { readonly 'react-native': string; readonly default: string }>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>
}

/** One `import` that the package offers. */
export interface Entry {
  /** `.`, `./data` */
  readonly subpath: string
  /** Its place below `src`, `dist` and `types`, without what it ends with: `data`, `admin/index` */
  readonly place: string
  /** On React Native. */
  readonly nativePlace: string
}

export function entriesOf(packageName: string): readonly Entry[] {
  const placeOf = (path: string) => path.replace(/^\.\/src\/|\.tsx?$/g, '')
  return Object.entries(sourceOf(packageName).exports).map(([subpath, paths]) => {
    const { 'react-native': native, default: other } =
      typeof paths === 'string' ? { 'react-native': paths, default: paths } : paths
    return { subpath, place: placeOf(other), nativePlace: placeOf(native) }
  })
}

export function sourceOf(packageName: string): Source {
  return JSON.parse(readFileSync(join(ROOT, 'packages', packageName, 'package.json'), 'utf8'))
}
