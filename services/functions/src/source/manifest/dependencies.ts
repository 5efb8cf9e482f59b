import { describe } from '@koyalite/schema'
import type { Report, YamlEntry } from '@koyalite/yaml'
import { readItems, readItemText } from './read-value'

/** Packages besides those of the lockfile beside the functions. */
export type Dependencies =
  /** As the package manager takes them: `pillow==10.0.0`. */
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Names and ranges of npm packages. */
  | { readonly kind: 'map'; readonly ranges: Readonly<Record<string, string>> }

/** A name on the registry, `name@range` of npm or `name[extra]==version` of Python. Nothing that a package manager takes for an option, a folder or an address. */
const SPEC =
  /^(@[a-z0-9~][\w.~-]*\/)?[A-Za-z0-9~][\w.~-]*(\[[\w.,\s-]+\])?(@[\w.^~*<>=|\s-]+|\s*[<>=!~]=?=?[\w.*,<>=!~\s-]*)?$/
const NPM_NAME = /^(@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i
const NPM_RANGE = /^[\w.^~*<>=|\s+-]+$/
const MAX_LENGTH = 214

export function readDependencies(entry: YamlEntry, report: Report): Dependencies | undefined {
  const { key, value } = entry
  if (value.kind === 'list') {
    const items = readItems(entry, (item) => readItemText(item, specProblem, report), report)
    return items && { kind: 'list', items }
  }
  if (value.kind === 'map') return readRanges(entry, report)
  report(
    value.position,
    `'${key}' must be a list like [pillow==10.0.0], or a map like { nodemailer: "^6.9.0" }, not ${describe(value)}`,
  )
  return undefined
}

function readRanges({ key, value }: YamlEntry, report: Report): Dependencies | undefined {
  const ranges: Record<string, string> = {}
  let isRight = true
  const refuse: Report = (position, message) => {
    isRight = false
    report(position, message)
  }
  for (const { key: name, keyPosition, value: range } of value.kind === 'map' ? value.entries : []) {
    if (packageNameProblem(name) !== undefined) refuse(keyPosition, packageNameProblem(name) ?? '')
    else if (range.kind !== 'scalar' || !NPM_RANGE.test(range.source))
      refuse(range.position, `'${key}.${name}' must be a version or range on the registry, like "^6.9.0"`)
    else ranges[name] = range.source
  }
  return isRight ? { kind: 'map', ranges } : undefined
}

function specProblem(text: string): string | undefined {
  if (SPEC.test(text) && text.length <= MAX_LENGTH) return undefined
  return `'${text.slice(0, 100)}' is not a package on the registry: write a name and a version, like nodemailer@^6.9.0 or pillow==10.0.0`
}

export function npmRangeProblem(range: unknown): string | undefined {
  if (typeof range === 'string' && NPM_RANGE.test(range) && range.length <= MAX_LENGTH) return undefined
  return `${JSON.stringify(range)?.slice(0, 200)} is not a version or range on the registry`
}

export function packageNameProblem(name: string): string | undefined {
  if (NPM_NAME.test(name) && name.length <= MAX_LENGTH) return undefined
  return `'${name.slice(0, 100)}' is not the name of a package`
}
