import { existsSync, rmSync } from 'node:fs'
import type { InstanceCommand, Toolchain } from '../toolchain'
import type { Bundler } from './bundle/bundler'
import type { PackageStore } from './packages/package-store'
import { wantedPackages } from './packages/wanted-packages'

export interface JavascriptRuntime extends Pick<Toolchain, 'runtime' | 'needsSandbox'> {
  readonly bundler: Bundler
  /** The project's folder. */
  readonly dir: string
  readonly packages: PackageStore
  launch(entry: string): InstanceCommand
  /** Why it cannot run here after all; null: it can. Asked before anything is built. */
  whyNot?(): Promise<string | null>
}

/** A runtime of JavaScript: a function is one bundle. */
export function javascriptToolchain({
  dir,
  packages,
  bundler,
  launch,
  whyNot,
  ...about
}: JavascriptRuntime): Toolchain {
  return {
    ...about,
    async build({ found, dependencies, trusted, buildEnv }) {
      const reason = (await whyNot?.()) ?? null
      if (reason !== null) return { ok: false, problems: [{ file: found.entry, position: null, message: reason }] }
      const asked = wantedPackages(dir, { found, dependencies })
      if (!asked.ok) return asked
      const installed = asked.wanted === null ? null : await packages.install(asked.wanted, { trusted, buildEnv })
      if (installed?.ok === false) return installed
      const bundled = await bundler.bundle(found, installed?.modules)
      if (!bundled.ok) return bundled
      const { path, hash, sources } = bundled
      return { ok: true, code: { entry: path, readable: [] }, hash, sources }
    },
    find(hash) {
      const entry = bundler.pathOf(hash)
      return existsSync(entry) ? { entry, readable: [] } : null
    },
    discard: (hash) => rmSync(bundler.pathOf(hash), { force: true }),
    launch: ({ entry }) => launch(entry),
    close: () => bundler.close(),
  }
}

export interface JavascriptOptions {
  readonly packages: PackageStore
  /** The project's folder. */
  readonly dir: string
  /** Where bundles are stored. */
  readonly code: string
  /** The folder of the programs that the server carries. */
  readonly programs: string
  /** The executable of Bun, or one that carries it, and what makes it Bun. */
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
}
