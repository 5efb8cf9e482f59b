import { readOptions } from '@koyalite/schema'
import type { Report, YamlEntry } from '@koyalite/yaml'

/** Reads the part of a map with a name, under `key.name`; undefined where it is absent or wrong. */
export type ReadPart = <T>(name: string, read: (entry: YamlEntry, report: Report) => T | undefined) => T | undefined

/** A value made of a map with known keys; undefined, and reported, where anything of it is wrong. */
export function readParts<T>(
  { key, value }: YamlEntry,
  { keys, build }: { readonly keys: readonly string[]; readonly build: (part: ReadPart, report: Report) => T },
  report: Report,
): T | undefined {
  let isRight = true
  const noting: Report = (position, message) => {
    isRight = false
    report(position, message)
  }
  const found = readOptions(value, { what: `'${key}'`, keys }, noting)
  const made = build((name, read) => {
    const part = found?.get(name)
    return part && read({ ...part, key: `${key}.${name}` }, noting)
  }, noting)
  return isRight ? made : undefined
}
