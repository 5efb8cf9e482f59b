import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error'
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
zcat events.ndjson.gz | koyalite db import events - --format ndjson
koyalite db import all.ndjson
koyalite db import export/`

const NOTES = `
Without a collection: a file of lines {"collection","document"}, or a folder with a file for each collection, as koyalite db dump
writes them. Documents are written in portions, each whole or not at all; an import that fails says which lines are wrong, what is
written, and how to go on.`

interface ImportOptions {
  readonly dir?: string
  readonly format?: string
  readonly upsert?: true
  readonly map: readonly string[]
  readonly skip: number
  readonly json?: true
}

export function dbImportCommand(): Command {
  return projectCommand('import', 'write the documents of a file into a collection', EXAMPLES)
    .usage('[options] [collection] <file>')
    .argument('<collection>', 'where the documents go; left out where the file says it')
    .argument('[file]', `${FORMATS.join(', ')}; - reads stdin`)
    .option('--format <format>', 'what the file is, where its extension does not say')
    .option('--upsert', 'replace documents whose key is there already (otherwise they are errors)')
    .addOption(repeatableOption('--map <pairs>', 'rename fields: name=title; leave one out: name=', 'none'))
    .option('--skip <count>', 'leave out the first documents: go on where an import ended', parseCount, 0)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', NOTES)
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
  const { map, skip } = options
  if (collection === undefined && map.length > 0) throw usage('--map is for the documents of one collection')
  const isFolder = file !== '-' && statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
  if (collection === undefined && isFolder && skip > 0) throw usage('--skip is for one file')
  return {
    project,
    sources:
      collection === undefined && isFolder
        ? filesOf(project, file)
        : [sourceOf(file, options, collection === undefined ? null : requireCollection(project, collection))],
    fieldMap: parseFieldMap(map),
    mode: options.upsert === true ? 'upsert' : 'insert',
    skip,
  }
}

function sourceOf(path: string, options: ImportOptions, collection: ImportSource['collection']): ImportSource {
  const format = requireFormat(path, options.format)
  if (collection === null && (format === 'csv' || format === 'tsv'))
    throw usage(`a file of ${format} holds one collection`)
  return { path, format, collection }
}

/** The files of a folder, each named after its collection, in an order in which references find what they refer to. */
function filesOf(project: Project, folder: string): readonly ImportSource[] {
  const files = readdirSync(folder).filter((name) => formatOf(name) !== undefined)
  const byCollection = new Map(
    files.map((name) => [requireCollection(project, name.slice(0, -extname(name).length)), join(folder, name)]),
  )
  if (byCollection.size < files.length) throw usage(`${folder} has two files of one collection`)
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

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}
