import type { Interpreter } from './interpreter'

/** What packages.py says of what went wrong. */
type Failure =
  | { readonly kind: 'no-pip' }
  | {
      readonly kind: 'no-package' | 'no-version' | 'no-wheel'
      readonly package: string
      readonly name: string
      /** The last ones that there are. */
      readonly versions: readonly string[]
      readonly platform: string
    }
  | { readonly kind: 'other-hash'; readonly packages: readonly string[] }
  | { readonly kind: 'pip'; readonly errors: readonly string[]; readonly conflict: string | null }

interface FailedInstallation {
  readonly output: string
  readonly exit: string
  readonly refused: readonly string[]
}

/** In words, with what to do about it. */
export function packageProblem(failed: FailedInstallation, python: Interpreter, lockFile: string): string {
  const failure = readFailure(failed.output)
  const [refused] = failed.refused
  if (refused !== undefined)
    return `its packages could not be installed: ${refused.replace(/\.$/, '')}. The setting functions.registries.python names another index, functions.registries.hosts more hosts`
  if (failure === null)
    return `its packages could not be installed: ${failed.exit}\n${failed.output.slice(-2_000)}`.trim()
  switch (failure.kind) {
    case 'no-pip':
      return `its packages cannot be installed: ${python.executable} has no pip. Install it (on Debian and Ubuntu: apt-get install python3-pip)`
    case 'no-package':
      return `there is no package ${failure.name} on the index, or it does not answer`
    case 'no-version':
      return `there is no ${failure.package} on the index${theLast(failure.versions)}`
    case 'no-wheel': {
      const minor = python.version.split('.').slice(0, 2).join('.')
      const other =
        failure.versions.length > 0
          ? `choose another version (${failure.versions.join(', ')} have wheels)`
          : 'choose another package'
      return `${failure.package} has no wheel for Python ${minor} on ${failure.platform}, and packages are not compiled here: ${other}, or build a wheel of it and name an index that has it (functions.registries.python)`
    }
    case 'other-hash':
      return `${failure.packages.join(', ') || 'a package'} on the index is not what ${lockFile} says. If that is right, delete ${lockFile} under \`koyalite dev\``
    case 'pip':
      return `its packages could not be installed: ${failure.errors.join('\n')}${failure.conflict === null ? '' : `\n${failure.conflict}`}`
  }
}

function theLast(versions: readonly string[]): string {
  return versions.length === 0 ? '' : `; the last ones are ${versions.join(', ')}`
}

function readFailure(output: string): Failure | null {
  const last = output.trim().split('\n').at(-1) ?? ''
  try {
    const said = JSON.parse(last) as Failure
    return typeof said.kind === 'string' ? said : null
  } catch {
    return null
  }
}
