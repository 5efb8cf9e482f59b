import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { formatBytes } from '../backup/format-bytes'
import { DUMP_FORMATS, planDump } from '../dump/dump-plan'
import { dumpProject } from '../dump/dump-project'
import { helpNotes } from '../help-text'
import { jsonListOption } from '../json-option'
import { progressBar } from '../progress-bar'
import { type Project, projectFolder, withProject } from '../project'
import { projectCommand } from '../project-command'
import { inReferenceOrder } from '../reference-order'
import { repeatableOption } from '../repeatable-option'
import { requireCollection } from '../require-collection'
import { formatDuration, note, print, printJson } from '../terminal'

const EXAMPLES = `koyalite db dump all.sql
koyalite db dump posts.csv
koyalite db dump export/ --format ndjson
koyalite db dump - --format ndjson --collection posts | gzip > posts.ndjson.gz
koyalite db dump posts.csv --filter '{"$or":[{"status":"draft"},{"author_id":null}]}'
koyalite db dump posts.csv --where 'doc.author_id in $1' --params '[["018f…"]]'`

const NOTES = `
A dump is a consistent snapshot, taken while reads and writes continue. It includes internal fields, so only its owner may read it.
SQL covers the whole database: sqlite3 new.db < all.sql. NDJSON and CSV can be read by koyalite db import: a file for one
collection (named after it, or with --collection), a folder with a file for each, or one NDJSON file of several collections, with
lines {"collection","document"}. Values that NDJSON and CSV cannot represent are reported; SQL represents all of them.`

interface DumpOptions {
  readonly dir?: string
  readonly format?: string
  readonly collection: readonly string[]
  readonly filter: readonly string[]
  readonly where?: string
  readonly params?: string
  readonly json?: true
}

export function dbDumpCommand(): Command {
  return projectCommand('dump', 'write all data as SQL, NDJSON or CSV', EXAMPLES)
    .argument('<file>', 'a file, a folder (one file per collection), or - for stdout')
    .option('--format <format>', `${DUMP_FORMATS.join(', ')} (default: from the file extension)`)
    .addOption(repeatableOption('--collection <name>', 'dump only this collection', 'all'))
    .addOption(
      repeatableOption('--filter <filter>', 'dump only matching documents: field:op:value, or JSON', 'all documents'),
    )
    .option('--where <cel>', 'dump only documents for which this expression is true: CEL over doc')
    .option('--params <json>', 'what $1, $2 … of --where stand for')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', helpNotes(NOTES))
    .action((file: string, options: DumpOptions) =>
      withProject(options.dir, (project) => dump(project, file, options), { migrate: 'none' }),
    )
}

async function dump(project: Project, file: string, options: DumpOptions): Promise<void> {
  const started = performance.now()
  for (const name of options.collection) requireCollection(project, name)
  // In the order in which an import finds what documents refer to.
  const known = inReferenceOrder([...project.schema.collections.values()]).map(({ name }) => name)
  const { filter, where, params } = options
  if (params !== undefined) jsonListOption('--params', params)
  const isFiltered = filter.length > 0 || where !== undefined || params !== undefined
  const plan = planDump({ path: file, format: options.format, collections: options.collection, known, isFiltered })
  const unlike: string[] = []
  const bar = progressBar(expectedBytes(project, options.dir))
  try {
    const bytes = await dumpProject({
      project,
      plan,
      path: file,
      filter,
      where,
      params,
      onUnlike: (line) => unlike.push(line),
      onWritten: (written) => bar.update(written, formatBytes(written)),
    })
    bar.end()
    // On stderr: a dump to stdout stays what it is.
    for (const line of unlike) note(line)
    if (unlike.length > 0) note('Use --format sql to keep every value exactly.')
    if (options.json === true && file !== '-') return printJson({ path: resolve(file), bytes })
    const line = `Dumped ${formatBytes(bytes)} to ${file} (${formatDuration(performance.now() - started)})`
    if (file === '-') note(line)
    else print(line)
  } catch (error) {
    bar.end()
    throw error
  }
}

/** About as much as the database has. */
function expectedBytes(project: Project, dir: string | undefined): number {
  const path = resolve(projectFolder(dir), project.settings.database.path)
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
