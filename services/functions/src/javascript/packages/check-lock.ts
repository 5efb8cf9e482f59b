import { packageNameProblem } from '../../source/manifest/dependencies'

const MAX_CHARS = 10_000_000
const VERSION = /^\d+\.\d+\.\d+[\w.+-]*$/
const INTEGRITY = /^sha(256|384|512)-[A-Za-z0-9+/=]+$/
const MAX_PROBLEMS = 10

/**
 * What is wrong with a bun.lock: all that it names comes from the registry, and is what it was when the lock was written. A lockfile is a list of addresses to
 * load code from, which nobody reads in a review.
 * @param registry its address
 */
export function lockProblems(text: string, registry: string): readonly string[] {
  if (text.length > MAX_CHARS) return ['is too large']
  const packages = packagesOf(text)
  if (packages === null) return ['is not a lockfile of Bun (bun.lock)']
  return packages.flatMap(([at, entry]) => problemOf(at, entry, new URL(registry).origin) ?? []).slice(0, MAX_PROBLEMS)
}

function problemOf(at: string, entry: unknown, origin: string): string | undefined {
  const [spec, tarball, , integrity] = Array.isArray(entry) ? (entry as readonly unknown[]) : []
  const split = typeof spec === 'string' ? spec.lastIndexOf('@') : -1
  const [name, version] = split > 0 ? [String(spec).slice(0, split), String(spec).slice(split + 1)] : ['', '']
  const shown = `'${at.slice(0, 100)}'`
  if (packageNameProblem(name) !== undefined || !VERSION.test(version))
    return `has ${shown} from ${JSON.stringify(spec)?.slice(0, 200)}: only packages of the registry are installed`
  if (tarball !== '' && !(typeof tarball === 'string' && URL.canParse(tarball) && new URL(tarball).origin === origin))
    return `has ${shown} from ${JSON.stringify(tarball)?.slice(0, 200)}, which is not the registry ${origin}`
  if (typeof integrity !== 'string' || !INTEGRITY.test(integrity)) return `has ${shown} without the hash of its content`
  return undefined
}

function packagesOf(text: string): readonly (readonly [string, unknown])[] | null {
  try {
    const { lockfileVersion, packages = {} } = Bun.JSONC.parse(text) as Readonly<Record<string, unknown>>
    const isMap = typeof packages === 'object' && packages !== null && !Array.isArray(packages)
    return typeof lockfileVersion === 'number' && isMap ? Object.entries(packages) : null
  } catch {
    return null
  }
}
