import { join } from 'node:path'
import type { CodeBundler } from '@koyalite/contracts'
import { type Bundler, createBundler } from './bundle/bundler'

export interface CodeBundlerOptions {
  /** The project's folder. */
  readonly dir: string
  readonly functionFiles: {
    readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
    unpack(folder: string): Promise<string>
  }
}

export interface OpenCodeBundler extends CodeBundler {
  close(): void
}

/**
 * A second connection to a database file of this process drops the locks of the first when it is closed: writes that were acknowledged could be lost.
 * https://www.sqlite.org/howtocorrupt.html, 2.2
 */
const DATABASES = {
  names:
    /^(bun:sqlite|node:sqlite|sqlite|sqlite3|better-sqlite3|better-sqlite3-multiple-ciphers|libsql|@libsql\/.+|sql\.js|node-sqlite3-wasm|@db\/sqlite)$/,
  reason: 'hooks do not open databases by themselves, it could damage that of the server: use ctx.db',
}

/** Bundles code that runs in the server's process. Nothing is unpacked before there is some. */
export function codeBundler({ dir, functionFiles: { bun, unpack } }: CodeBundlerOptions): OpenCodeBundler {
  let opened: Promise<Bundler> | undefined
  const open = async (): Promise<Bundler> => {
    const programs = await unpack(join(dir, 'data', 'functions', 'host'))
    return createBundler({
      ...{ dir, bun, refused: DATABASES, folder: join(dir, 'data', 'hooks') },
      sdk: join(programs, 'sdk.js'),
      imports: { '@koyalite/hooks': [join(programs, 'hooks.js')] },
    })
  }
  return {
    async bundle(entry) {
      opened ??= open()
      return (await opened).bundle({ entry })
    },
    close: () => void opened?.then((bundler) => bundler.close()),
  }
}
