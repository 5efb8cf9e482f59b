import { join } from 'node:path'
import { findProgram, versionOf } from '../find-program'
import type { Toolchain } from '../toolchain'
import { createBundler } from './bundle/bundler'
import { DENO_STAND_INS } from './bundle/remote-imports'
import { type JavascriptOptions, javascriptToolchain } from './javascript-toolchain'

const LEAST = 2

/** Deno of this machine. Null where there is none. */
export function denoToolchain({ dir, code: folder, programs, bun, packages }: JavascriptOptions): Toolchain | null {
  const deno = findProgram('deno')
  if (deno === null) return null
  let asked: Promise<string | null> | undefined
  return javascriptToolchain({
    runtime: 'deno',
    // What code imports it reads, whatever its permissions are: only where there are no other files is that nothing.
    needsSandbox: true,
    dir,
    packages,
    bundler: createBundler({
      ...{ dir, folder, sdk: join(programs, 'sdk.js'), bun, target: 'node', suffix: '.deno.mjs' },
      standIns: DENO_STAND_INS,
      readsImportMap: true,
    }),
    whyNot() {
      asked ??= versionOf(deno, '--version').then(whyNotVersion)
      return asked
    },
    launch: (entry) => ({
      command: [deno, 'run', ...FLAGS, join(programs, 'deno.mjs')],
      env: { DENO_DIR: '/tmp/.deno', DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
      readable: [deno, programs, entry],
    }),
  })
}

/**
 * What it may within its sandbox, where there is nothing but its own code and the sockets of the server. Which hosts it reaches the egress proxy decides, which says
 * what would allow one. It starts no programs and loads no libraries.
 */
const FLAGS = [
  ...['--quiet', '--no-prompt', '--no-config', '--no-lock', '--no-remote', '--no-npm'],
  ...['--allow-read', '--allow-write', '--allow-net', '--allow-env', '--allow-sys'],
]

function whyNotVersion(version: string | null): string | null {
  const major = Number(/^deno (\d+)\./.exec(version ?? '')?.[1])
  if (major >= LEAST) return null
  const found = version === null ? 'does not start' : `is ${version}`
  return `needs Deno ${LEAST} or newer, and that of this machine ${found}: install it, or use 'runtime: bun'`
}
