import type { Report, YamlEntry } from '@koyalite/yaml'

/** A key of the manifest: how it is read, and all that its reference page says. */
export interface ManifestKey<T> {
  /** How a value is written. */
  readonly type: string
  /** What holds where the key is absent. */
  readonly default: string
  readonly help: string
  /** Its values are never shown. */
  readonly secret?: true
  /** Undefined, and reported, where the value is not one. */
  readonly read: (entry: YamlEntry, report: Report) => T | undefined
}

export function key<T>(
  read: ManifestKey<T>['read'],
  about: Pick<ManifestKey<T>, 'type' | 'default' | 'help'> & { readonly secret?: true },
): ManifestKey<T> {
  return { ...about, read }
}
