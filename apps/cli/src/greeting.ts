import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Schema } from '@koyalite/schema'
import { commandLine } from './command-line'
import { paint } from './terminal'
import { VERSION } from './version'

export interface GreetingOptions {
  readonly name: string
  readonly url: string
  /** The studio's address; null where it is not served. */
  readonly studioUrl: string | null
  readonly dir: string
  readonly schema: Schema
  /** The paths that are served. */
  readonly paths: ReadonlySet<string>
  /** Where somebody becomes the first operator; null where there is one. */
  readonly setupLink: string | null
}

const PLACES = [
  ['API', '/api'],
  ['Docs', '/api/docs'],
  ['OpenAPI', '/api/openapi.json'],
  ['Mail', '/_/mail'],
] as const

/** What `dev` says once it serves: where, and something to try that works for this schema. */
export function greeting({ name, url, studioUrl, dir, schema, paths, setupLink }: GreetingOptions): readonly string[] {
  const example = publicCollection(schema)
  const createKey = commandLine(['keys', 'create'], dir)
  const link = (path: string): string => paint('cyan', `${url}${path}`)
  return [
    '',
    `${paint('bold', name)}  KoyaLite ${VERSION}`,
    ...PLACES.filter(([, path]) => paths.has(path)).map(([label, path]) => `  ${label.padEnd(7)}  ${link(path)}`),
    ...(studioUrl === null ? [] : [`  Studio   ${paint('cyan', studioUrl)}`]),
    ...(setupLink === null ? [] : [`  Setup    ${paint('cyan', setupLink)}`]),
    '',
    ...(setupLink === null
      ? []
      : [
          'This server has no owner yet. The first person to open the setup link within 24 hours becomes the owner.',
          '',
        ]),
    ...(example === undefined
      ? [`Nothing is public yet: ${link('/')} shows how to register a user. Or create a key:  ${createKey}`]
      : [`Try:   curl '${url}/api/collections/${example}?limit=3'`, `       Create an admin key:  ${createKey}`]),
    `${example === undefined ? '' : '       '}Save ${fromHere(join(dir, 'schema.yaml'))}, and the API updates. Press Ctrl-C to stop.`,
    '',
  ]
}

/** A collection that everyone may read; the last, because schemas go from the general to what is interesting. */
function publicCollection(schema: Schema): string | undefined {
  return [...schema.collections.values()].findLast(({ rules }) => rules.read?.source.trim() === 'true')?.name
}

/** A path as somebody would type it where they are. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), resolve(path))
  return short.startsWith('..') || isAbsolute(short) ? resolve(path) : short
}
