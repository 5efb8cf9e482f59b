import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { CommandError } from '../command-error'

export const DUMP_FORMATS = ['sql', 'ndjson', 'csv'] as const
export type DumpFormat = (typeof DUMP_FORMATS)[number]

/** What a dump writes where. */
export type DumpPlan =
  /** The whole database, or one collection, in one file; `-` is stdout. */
  | { readonly kind: 'file'; readonly format: DumpFormat; readonly collection: string | null }
  /** Lines `{"collection","document"}` in one file. */
  | { readonly kind: 'lines'; readonly collections: readonly string[] }
  /** One file per collection. */
  | { readonly kind: 'folder'; readonly format: 'ndjson' | 'csv'; readonly collections: readonly string[] }

export interface DumpChoice {
  readonly path: string
  readonly format: string | undefined
  readonly collections: readonly string[]
  /** Those of the project, each after those it refers to. */
  readonly known: readonly string[]
  /** Whether only some documents are dumped: then it must be clear of which collection. */
  readonly isFiltered: boolean
}

const EXTENSIONS: Readonly<Record<string, DumpFormat>> = {
  '.sql': 'sql',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
}

/** Reads what is meant from the file's name and the options. Throws a CommandError with exit code 2 where that is unclear. */
export function planDump(choice: DumpChoice): DumpPlan {
  const plan = planOf(choice)
  const dumped = plan.kind === 'file' ? [plan.collection] : plan.collections
  if (choice.isFiltered && (dumped.length !== 1 || dumped[0] === null))
    throw usage('a filter is about the documents of one collection', 'Choose it: --collection posts --format ndjson')
  return plan
}

function planOf({ path, format: named, collections, known }: DumpChoice): DumpPlan {
  const extension = extname(path)
  const format = formatOf(named ?? EXTENSIONS[extension], path)
  if (format === 'sql') {
    if (collections.length > 0)
      throw usage('an SQL dump covers the whole database', 'Use --format ndjson or csv to dump single collections.')
    return { kind: 'file', format, collection: null }
  }
  const isFolder = path !== '-' && (extension === '' || path.endsWith('/') || isFolderNow(path))
  if (isFolder) {
    if (existsSync(path) && readdirSync(path).length > 0)
      throw new CommandError(`${path} is not empty`, { advice: 'Choose a folder that is new or empty.' })
    return { kind: 'folder', format, collections: collections.length > 0 ? collections : known }
  }
  const [only] =
    collections.length === 1
      ? collections
      : known.filter((name) => collections.length === 0 && name === basename(path, extension))
  if (only !== undefined) return { kind: 'file', format, collection: only }
  if (format === 'ndjson') return { kind: 'lines', collections: collections.length > 0 ? collections : known }
  throw usage(
    'a CSV file holds one collection',
    'Name the file after the collection (posts.csv), pass --collection posts, or dump into a folder: koyalite db dump out/ --format csv',
  )
}

function formatOf(name: string | undefined, path: string): DumpFormat {
  const format = DUMP_FORMATS.find((known) => known === name)
  if (format !== undefined) return format
  throw usage(
    name === undefined ? `the format of '${path}' is unknown` : `there is no format '${name}'`,
    `Set --format ${DUMP_FORMATS.join('|')}, or use a matching file extension.`,
  )
}

function isFolderNow(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function usage(message: string, advice: string): CommandError {
  return new CommandError(message, { exitCode: 2, advice })
}
