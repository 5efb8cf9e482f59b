import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error'
import { helpNotes } from '../help-text'
import { parseFieldMap } from '../import/field-map'
import { documents } from '../import/import-failure'
import { type ImportJob, type ImportSource, importFiles } from '../import/import-files'
import { FORMATS, formatOf, requireFormat } from '../import/read-rows'
import { type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { inReferenceOrder } from '../reference-order'
import { repeatableOption } from '../repeatable-option'
import { requireCollection } from '../require-collection'
import { formatDuration, print, printJson } from '../terminal'

const EXAMPLES = `koyalite db import cities cities.csv
koyalite db import cities cities.json --upsert --map lng=longitude,continent=
koyalite db import cities export.csv --delimiter ';' --map '#1=id,#5='
zcat events.ndjson.gz | koyalite db import events - --format ndjson
koyalite db import all.ndjson
koyalite db import export/`

const NOTES = `
Without a collection: a file with lines {"collection","document"}, or a folder with one file per collection, as koyalite db dump
writes them. Documents are written in batches, each one transaction. If an import fails, it reports which lines are wrong, what was
written, and how to continue.`

interface ImportOptions {
  readonly dir?: string
  readonly format?: string
  readonly upsert?: true
  /** Commander makes false of --no-events. */
  readonly events: boolean
  readonly map: readonly string[]
  readonly delimiter?: string
  readonly skip: number
  readonly json?: true
}

export function dbImportCommand(): Command {
  return projectCommand('import', 'import documents from a file into a collection', EXAMPLES)
    .usage('[options] [collection] <file>')
    .argument('<collection>', 'the target collection; leave it out if the file names the collections')
    .argument('[file]', `${FORMATS.join(', ')}; - reads stdin`)
    .option('--format <format>', 'the format of the file (default: from the file extension)')
    .option('--upsert', 'replace documents whose key exists already (otherwise an error)')
    .option('--no-events', 'notify nobody: webhooks and functions learn nothing of what is imported')
    .addOption(
      repeatableOption(
        '--map <pairs>',
        'rename a field: name=title; drop a field: name=; #3 is the third column of a CSV file',
        'none',
      ),
    )
    .option(
      '--delimiter <character>',
      "what separates the cells of a CSV file, such as ';' or tab (default: a comma)",
      parseDelimiter,
    )
    .option('--skip <count>', 'skip the first n documents, to continue an import that failed', parseCount, 0)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', helpNotes(NOTES))
    .action((first: string, second: string | undefined, options: ImportOptions) =>
      withProject(options.dir, (project) =>
        run(
          project,
          second === undefined
            ? { collection: undefined, file: first, options }
            : { collection: first, file: second, options },
        ),
      ),
    )
}

interface Request {
  readonly collection: string | undefined
  readonly file: string
  readonly options: ImportOptions
}

async function run(project: Project, request: Request): Promise<void> {
  const started = performance.now()
  const { collection, options } = request
  const written = await importFiles(jobOf(project, request))
  const imported = [...written.values()].reduce((sum, count) => sum + count, 0)
  if (options.json === true) {
    return printJson(
      collection === undefined ? { collections: Object.fromEntries(written), imported } : { collection, imported },
    )
  }
  const where = collection ?? ([...written.keys()].join(', ') || 'nothing')
  print(`Imported ${documents(imported)} into ${where} (${formatDuration(performance.now() - started)})`)
}

function jobOf(project: Project, { collection, file, options }: Request): ImportJob {
  const { map, skip, delimiter } = options
  if (collection === undefined && map.length > 0) throw usage('--map needs a single collection')
  const isFolder = file !== '-' && statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
  if (collection === undefined && isFolder && skip > 0) throw usage('--skip needs a single file')
  const sources =
    collection === undefined && isFolder
      ? filesOf(project, file)
      : [sourceOf(file, options, collection === undefined ? null : requireCollection(project, collection))]
  if (delimiter !== undefined && !sources.some(({ format }) => format === 'csv' || format === 'tsv')) {
    throw new CommandError('--delimiter is for CSV files', { exitCode: 2, advice: 'Pass --format csv if it is one.' })
  }
  return {
    project,
    sources,
    fieldMap: parseFieldMap(map),
    delimiter,
    mode: options.upsert === true ? 'upsert' : 'insert',
    events: options.events,
    skip,
  }
}

function sourceOf(path: string, options: ImportOptions, collection: ImportSource['collection']): ImportSource {
  const format = requireFormat(path, options.format)
  if (collection === null && (format === 'csv' || format === 'tsv'))
    throw usage(`a ${format} file holds one collection`)
  return { path, format, collection }
}

/** The files of a folder, each named after its collection, in an order in which references find what they refer to. */
function filesOf(project: Project, folder: string): readonly ImportSource[] {
  const files = readdirSync(folder).filter((name) => formatOf(name) !== undefined)
  const byCollection = new Map(
    files.map((name) => [requireCollection(project, name.slice(0, -extname(name).length)), join(folder, name)]),
  )
  if (byCollection.size < files.length) throw usage(`${folder} has two files for the same collection`)
  return inReferenceOrder([...byCollection.keys()]).map((collection) => {
    const path = byCollection.get(collection) ?? ''
    return { path, format: requireFormat(path, undefined), collection }
  })
}

function usage(message: string): CommandError {
  return new CommandError(message, {
    exitCode: 2,
    advice: 'Name the collection before the file: koyalite db import posts posts.csv',
  })
}

function parseDelimiter(text: string): string {
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text
  if (!/^[^"\r\n\w]$/u.test(delimiter)) {
    throw new InvalidArgumentError("Expected one character, such as ';' or '|', or tab.")
  }
  return delimiter
}

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}
