import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the version stands; all are the same. */
const MANIFESTS = ['package.json', 'apps/cli/package.json', 'apps/server/package.json']

/** The version to release, from the manifests. Throws with everything that does not fit it. */
export function releaseVersion(root: string, tag: string | undefined): string {
  const versions = MANIFESTS.map((path) => ({
    path,
    version: (JSON.parse(readFileSync(join(root, path), 'utf8')) as { version: string }).version,
  }))
  const problems = versionProblems({ versions, tag, changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8') })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return versions[0]?.version ?? ''
}

export interface VersionFacts {
  readonly versions: readonly { readonly path: string; readonly version: string }[]
  /** `v1.2.3`; undefined for a trial. */
  readonly tag: string | undefined
  readonly changelog: string
}

export function versionProblems({ versions, tag, changelog }: VersionFacts): readonly string[] {
  const version = versions[0]?.version ?? ''
  const problems = versions
    .filter((each) => each.version !== version)
    .map((each) => `${each.path} says ${each.version}, ${versions[0]?.path} says ${version}`)
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) problems.push(`'${version}' is not a version like 1.2.3`)
  if (tag !== undefined && tag !== `v${version}`) problems.push(`the tag is ${tag}, the version ${version}`)
  if (changelogEntry(changelog, version) === null)
    problems.push(`CHANGELOG.md has no entry '## ${version}' with anything in it`)
  return problems
}

/** What CHANGELOG.md says about a version; null where it says nothing. */
export function changelogEntry(changelog: string, version: string): string | null {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((text) => (text.split('\n')[0] ?? '').split(/[\s(]/)[0] === version)
  const body = section?.slice(section.indexOf('\n') + 1).trim()
  return body === undefined || body === '' ? null : body
}
