import { join } from 'node:path'
import type { Toolchain } from '../toolchain'
import { createBundler } from './bundle/bundler'
import { type JavascriptOptions, javascriptToolchain } from './javascript-toolchain'

/** Bun, which is inside of the server's own executable. */
export function bunToolchain({ dir, code: folder, programs, bun, packages }: JavascriptOptions): Toolchain {
  const host = join(programs, 'host.js')
  // Sets nothing: the bunfig.toml of a function's folder is never read.
  const config = join(programs, 'bunfig.toml')
  return javascriptToolchain({
    runtime: 'bun',
    dir,
    packages,
    bundler: createBundler({ dir, folder, sdk: join(programs, 'sdk.js'), bun }),
    launch: (entry) => ({
      command: [bun.executable, '--no-env-file', `--config=${config}`, '--no-install', host],
      env: bun.env,
      // The file alone: beside it lies the code of others.
      readable: [bun.executable, programs, entry],
    }),
  })
}
