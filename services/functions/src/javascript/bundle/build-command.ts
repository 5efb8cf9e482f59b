import { join } from 'node:path'

/** What the bundler writes, in a folder of its own. */
export const BUILD_FILES = { code: 'bundle.js', map: 'bundle.js.map', meta: 'meta.json' } as const

export interface BuildCommandOptions {
  /** The file of the function, from the project's folder, which the command runs in: names in its results begin there. */
  readonly entry: string
  /** An empty folder for settings and results. */
  readonly work: string
  /** Bun, or an executable that carries it. */
  readonly executable: string
  /** What the bundle is for: which of the modules of a runtime it finds there, and which conditions of packages hold. */
  readonly target: 'bun' | 'node'
}

/**
 * `bun build` as a program: the same bundler as `Bun.build`, which has no way to switch macros off. A macro is code that an import runs while it is
 * bundled, with all that the server may do. Neither the project's .env nor its bunfig.toml is read.
 */
export function buildCommand({ entry, work, executable, target }: BuildCommandOptions): readonly string[] {
  return [
    executable,
    '--no-env-file',
    `--config=${join(work, 'bunfig.toml')}`,
    'build',
    '--no-macros',
    `--target=${target}`,
    '--format=esm',
    '--env=disable',
    // Otherwise it would be that of the build, not that of the function.
    '--define=process.env.NODE_ENV=process.env.NODE_ENV',
    '--sourcemap=external',
    // They are looked at afterwards: code from servers is never loaded.
    '--external=jsr:*',
    `--tsconfig-override=${join(work, 'tsconfig.json')}`,
    `--outdir=${work}`,
    `--entry-naming=${BUILD_FILES.code}`,
    '--asset-naming=[name].[ext]',
    `--metafile=${join(work, BUILD_FILES.meta)}`,
    `./${entry}`,
  ]
}
