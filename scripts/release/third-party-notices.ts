import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A package that is inside of an executable. */
export interface ThirdParty {
  readonly name: string
  readonly version: string
  /** As its package.json says: an SPDX expression. */
  readonly license: string
  /** The text of its licence file; null where it has none. */
  readonly text: string | null
  /** Where its source is, as its package.json says. */
  readonly source: string | null
}

/** What an executable may contain: licences that ask for no more than to be named, and to say where the source of unchanged files is. */
const ALLOWED = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Python-2.0', 'EPL-2.0'],
])

/** What is in an executable: the command line, the studio's pages, and the program that renders emails. */
const CARRIED = ['apps/cli', 'apps/studio', 'packages/emails']

/** Everything that an executable carries, through any number of packages, as it is installed: the lockfile says in which versions. */
export function thirdParties(root: string): readonly ThirdParty[] {
  const found = new Map<string, ThirdParty>()
  const visited = new Set<string>()
  const visit = (folder: string) => {
    if (visited.has(folder)) return
    visited.add(folder)
    const manifest = readManifest(folder)
    const { name = folder, version = '', license = 'none', dependencies = {}, optionalDependencies = {} } = manifest
    if (!isOurs(manifest))
      found.set(`${name}@${version}`, {
        name,
        version,
        license,
        text: licenceText(folder) ?? addedText(name),
        source: sourceOf(manifest),
      })
    for (const dependency of Object.keys(dependencies)) visit(installed(dependency, folder))
    for (const dependency of Object.keys(optionalDependencies)) {
      const place = findInstalled(dependency, folder)
      if (place !== null) visit(place)
    }
  }
  for (const workspace of CARRIED) visit(realpathSync(join(root, workspace)))
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

/** Packages whose licence is not one of those that may be shipped, as `name@version (licence)`. */
export function refusedLicences(parties: readonly ThirdParty[]): readonly string[] {
  return parties
    .filter(({ license }) => !isAllowed(license))
    .map(({ name, version, license }) => `${name}@${version} (${license})`)
}

/** The text of THIRD-PARTY-NOTICES. @param runtime what to say of what is not a package: the runtime, and SQLite inside of the driver */
export function noticesText(parties: readonly ThirdParty[], runtime: string): string {
  const sections = parties.map(
    ({ name, version, license, text, source }) =>
      `${name} ${version} (${license})${source === null ? '' : `\nSource: ${source}`}\n\n${text ?? 'It comes without a licence text.'}`,
  )
  return `${[runtime.trim(), ...sections.map((section) => section.trim())].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly private?: boolean
  readonly repository?: string | { readonly url?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function sourceOf({ repository }: Manifest): string | null {
  return (typeof repository === 'string' ? repository : repository?.url) ?? null
}

function isOurs({ name = '' }: Manifest): boolean {
  return name === 'koyalite' || name.startsWith('@koyalite/')
}

function installed(name: string, from: string): string {
  const place = findInstalled(name, from)
  if (place === null) throw new Error(`${name}, which ${from} depends on, is not installed`)
  return place
}

/** As Node.js resolves: in the node_modules of each folder above. */
function findInstalled(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name)
    if (existsSync(join(place, 'package.json'))) return realpathSync(place)
    if (folder === dirname(folder)) return null
  }
}

function licenceText(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(name))
  return file === undefined ? null : readFileSync(join(folder, file), 'utf8')
}

/** Of a package that says only which licence it has: the text stands where its source is. */
function addedText(name: string): string | null {
  const file = join(import.meta.dir, 'licences', `${name.replace('/', '+')}.txt`)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** `MIT`, `(MIT OR GPL-2.0)`: one that may be chosen is enough. */
function isAllowed(license: string): boolean {
  const bare = license.replace(/^\((.*)\)$/, '$1')
  if (bare.includes(' AND ')) return bare.split(' AND ').every(isAllowed)
  return bare.split(' OR ').some((one) => ALLOWED.has(one.replace(/[()]/g, '').trim()))
}
