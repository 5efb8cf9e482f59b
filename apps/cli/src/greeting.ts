import { basename } from 'node:path'
import type { Schema } from '@koyalite/schema'
import { commandName } from './command-name'
import { paint } from './terminal'
import { VERSION } from './version'

export interface Greeted {
  readonly name: string
  readonly url: string
  readonly dir: string
  readonly schema: Schema
}

/** What `dev` says once it serves: where, and something to try that works for this schema. */
export function greeting({ name, url, dir, schema }: Greeted): readonly string[] {
  const example = publicCollection(schema)
  const link = (path: string): string => paint('cyan', `${url}${path}`)
  return [
    '',
    `${paint('bold', name)}  KoyaLite ${VERSION}`,
    `  API      ${link('/api')}`,
    `  Docs     ${link('/api/docs')}`,
    `  OpenAPI  ${link('/api/openapi.json')}`,
    '',
    ...(example === undefined
      ? [`Nothing is public yet; make a key:  ${commandName()} keys create`]
      : [
          `Try:   curl '${url}/api/collections/${example}?limit=3'`,
          `       A key that may do everything:  ${commandName()} keys create${dir === '.' ? '' : ` --dir ${quoted(dir)}`}`,
        ]),
    `       Save ${basename(dir) === '.' ? '' : `${basename(dir)}/`}schema.yaml, and the API follows. Ctrl-C ends it.`,
    '',
  ]
}

/** A collection that everyone may read; the last, because schemas go from the general to what is interesting. */
function publicCollection(schema: Schema): string | undefined {
  return [...schema.collections.values()].findLast(({ rules }) => rules.read?.source.trim() === 'true')?.name
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
