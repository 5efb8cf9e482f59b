import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { executableName, TARGETS, type Target } from './targets'

const ABOUT = {
  license: 'MIT',
  description: 'A backend in one file: schema.yaml becomes a typed, secured, durable API on SQLite.',
}

export interface Release {
  readonly version: string
  /** `owner/name` on GitHub: npm accepts the proof of where a package was built only if its package.json names that place. */
  readonly repository?: string | undefined
}

/** package.json of the package that people install: a launcher, and the executables as optional dependencies of which npm takes the fitting one. */
function launcherManifest({ version, repository }: Release): object {
  return {
    name: 'koyalite',
    version,
    ...ABOUT,
    ...repositoryField(repository),
    keywords: ['backend', 'sqlite', 'rest', 'realtime', 'baas'],
    bin: { koyalite: 'koyalite.cjs' },
    files: ['koyalite.cjs'],
    engines: { node: '>=18' },
    optionalDependencies: Object.fromEntries(TARGETS.map((target) => [packageName(target), version])),
  }
}

export function platformManifest(target: Target, { version, repository }: Release): object {
  return {
    name: packageName(target),
    version,
    license: ABOUT.license,
    ...repositoryField(repository),
    description: `The executable of koyalite for ${target.name}.`,
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc === undefined ? {} : { libc: [target.libc] }),
    files: ['bin', 'THIRD-PARTY-NOTICES'],
    // It is run from the file system, so it must not stay inside an archive.
    preferUnplugged: true,
  }
}

export function packageName({ name }: Target): string {
  return `@koyalite/${name}`
}

/** Writes the launcher's package into `folder`. */
export function writeLauncherPackage(root: string, folder: string, release: Release): void {
  writePackage(folder, launcherManifest(release))
  copyFileSync(join(root, 'infra/npm/koyalite.cjs'), join(folder, 'koyalite.cjs'))
  chmodSync(join(folder, 'koyalite.cjs'), 0o755)
  for (const file of ['LICENSE', 'README.md']) cpSync(join(root, file), join(folder, file))
}

/** Writes the package with a target's executable into `folder`. */
export function writePlatformPackage(
  folder: string,
  { target, release, executable }: { readonly target: Target; readonly release: Release; readonly executable: string },
): void {
  writePackage(folder, platformManifest(target, release))
  const file = join(folder, 'bin', executableName(target))
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(executable, file)
  chmodSync(file, 0o755)
}

/** Of package.json. */
export function repositoryField(repository: string | undefined): object {
  return repository === undefined
    ? {}
    : { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } }
}

function writePackage(folder: string, manifest: object): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
