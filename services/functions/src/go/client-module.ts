import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from '@koyalite/schema'
import { LEAST_VERSION } from './find-go'
import type { GoSources } from './go-sources'

/** The client for Go of the project's schema: functions import it by this path. */
export const CLIENT_MODULE = 'koyalite.dev/db'

/** Whether any of the files of a function imports it. */
export function importsClient({ files }: GoSources): boolean {
  return [...files].some(([path, content]) => path.endsWith('.go') && content.includes(`"${CLIENT_MODULE}"`))
}

export interface ClientModules {
  /** Of the client for a schema: 32 hexadecimal digits. */
  hashOf(schema: Schema): string
  /** Writes the client for a schema. @returns its folder: one for each content, so that it is compiled once */
  folderOf(schema: Schema): string
}

/**
 * Modules of clients, below a folder. `db` in it is the last one that was asked for: where a go.mod can name it for editors.
 * @param clientOf the files of the client for a schema, by name
 */
export function clientModules(
  folder: string,
  clientOf: (schema: Schema) => ReadonlyMap<string, string>,
): ClientModules {
  const known = new WeakMap<Schema, { readonly files: ReadonlyMap<string, string>; readonly hash: string }>()

  function clientFor(schema: Schema) {
    const found = known.get(schema)
    if (found !== undefined) return found
    const files = clientOf(schema)
    const hash = new Bun.CryptoHasher('sha256')
    for (const [name, text] of files) hash.update(`${name}\0${text.length}\0${text}`)
    const client = { files, hash: hash.digest('hex').slice(0, 32) }
    known.set(schema, client)
    return client
  }

  return {
    hashOf: (schema) => clientFor(schema).hash,
    folderOf(schema) {
      const { files, hash } = clientFor(schema)
      const place = join(folder, 'clients', hash)
      if (!existsSync(place)) {
        mkdirSync(join(folder, 'clients'), { recursive: true })
        // Whole or not at all.
        const part = mkdtempSync(join(folder, 'clients', 'part-'))
        for (const [name, text] of files) writeFileSync(join(part, name), text)
        writeFileSync(join(part, 'go.mod'), `module ${CLIENT_MODULE}\n\ngo ${LEAST_VERSION}\n`)
        renameSync(part, place)
      }
      linkTo(place, join(folder, 'db'))
      return place
    },
  }
}

/** Makes a link, in the place of the one that may be there. */
export function linkTo(target: string, link: string): void {
  const part = `${link}.${process.pid}`
  rmSync(part, { force: true })
  symlinkSync(target, part)
  renameSync(part, link)
}
