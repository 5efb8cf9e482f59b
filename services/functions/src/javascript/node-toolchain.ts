import { join } from 'node:path'
import { findProgram, versionOf } from '../find-program'
import type { Toolchain } from '../toolchain'
import { createBundler } from './bundle/bundler'
import { type JavascriptOptions, javascriptToolchain } from './javascript-toolchain'

const LEAST = 20

/** Node.js of this machine. Null where there is none. */
export function nodeToolchain({ dir, code: folder, programs, bun, packages }: JavascriptOptions): Toolchain | null {
  const node = findProgram('node')
  if (node === null) return null
  const host = join(programs, 'node.mjs')
  let asked: Promise<string | null> | undefined
  return javascriptToolchain({
    runtime: 'node',
    dir,
    packages,
    bundler: createBundler({ dir, folder, sdk: join(programs, 'sdk.js'), bun, target: 'node', suffix: '.node.mjs' }),
    whyNot() {
      asked ??= versionOf(node, '--version').then(whyNotVersion)
      return asked
    },
    launch: (entry) => ({
      // What is deprecated is not told to whoever reads the log of a call.
      command: [node, '--enable-source-maps', '--no-deprecation', host],
      readable: [node, programs, entry],
    }),
  })
}

function whyNotVersion(version: string | null): string | null {
  const major = Number(/^v(\d+)\./.exec(version ?? '')?.[1])
  if (major >= LEAST) return null
  const found = version === null ? 'does not start' : `is ${version}`
  return `needs Node.js ${LEAST} or newer, and that of this machine ${found}: install it, or use 'runtime: bun'`
}
