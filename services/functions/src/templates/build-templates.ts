import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TemplateError } from '@koyalite/contracts'
import type { Bundler } from '../javascript/bundle/bundler'
import type { PackageStore } from '../javascript/packages/package-store'
import { wantedPackages } from '../javascript/packages/wanted-packages'
import { fingerprintFunctions } from '../source/discovery/fingerprint'
import { formatSourceProblem, type SourceProblem } from '../source/source-problem'
import { openBuildCache } from '../versions/build-cache'
import { emailFiles } from './find-templates'

export interface BuildTemplatesOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where bundles are stored. */
  readonly folder: string
  readonly bundler: Bundler
  /** Those of functions/package.json are there for templates, too. */
  readonly packages: PackageStore
}

const KEEP_MS = 30 * 86_400_000

/** Makes bundles of templates, again where a file has changed that one may depend on. What is returned rejects with a TemplateError. */
export function buildTemplates({
  dir,
  folder,
  bundler,
  packages,
}: BuildTemplatesOptions): (file: string) => Promise<string> {
  removeOld(folder)
  const builds = openBuildCache(join(folder, 'builds.json'))
  return async (file) => {
    const fingerprint = fingerprintFunctions(dir, [...emailFiles(dir), ...builds.sources()])
    const known = builds.find(file, fingerprint)
    if (known !== null && existsSync(bundler.pathOf(known.hash))) return bundler.pathOf(known.hash)
    const asked = wantedPackages(dir, { found: { name: 'emails', entry: file }, dependencies: null })
    if (!asked.ok) throw fault(asked.problems)
    const installed = asked.wanted === null ? null : await packages.install(asked.wanted, { trusted: [], buildEnv: {} })
    if (installed?.ok === false) throw fault(installed.problems)
    const bundled = await bundler.bundle({ entry: file }, installed?.modules ?? null)
    if (!bundled.ok) throw fault(bundled.problems)
    builds.put(file, fingerprint, bundled)
    return bundled.path
  }
}

/** Of files that were changed since. One that is still used is made again. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (name.endsWith('.js') && statSync(path).mtimeMs < Date.now() - KEEP_MS) rmSync(path, { force: true })
  }
}

function fault(problems: readonly SourceProblem[]): TemplateError {
  return new TemplateError(problems.map(formatSourceProblem).join('\n'), { isFinal: true })
}
