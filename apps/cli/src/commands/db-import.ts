import type { Collection } from '@koyalite/schema'
import { type Command, InvalidArgumentError } from 'commander'
import { parseFieldMap } from '../import/field-map'
import { documents, importFailure } from '../import/import-failure'
import { openInput } from '../import/open-input'
import { FORMATS, readRows, requireFormat } from '../import/read-rows'
import { SendError, sendRows } from '../import/send-rows'
import { skipRows } from '../import/skip-rows'
import { progressBar } from '../progress-bar'
import { type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { requireCollection } from '../require-collection'
import { formatDuration, print, printJson } from '../terminal'

const EXAMPLES = `koyalite db import cities cities.csv
koyalite db import cities cities.json --upsert --map lng=longitude,continent=
zcat events.ndjson.gz | koyalite db import events - --format ndjson`

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
    .argument('<collection>', 'where the documents go')
    .argument('<file>', `${FORMATS.join(', ')}; - reads stdin`)
    .option('--format <format>', 'what the file is, where its extension does not say')
    .option('--upsert', 'replace documents whose key is there already (otherwise they are errors)')
    .option(
      '--map <pairs>',
      'rename fields: name=title; leave one out: name=',
      (pair, all: string[]) => [...all, pair],
      [],
    )
    .option('--skip <count>', 'leave out the first documents: go on where an import ended', parseCount, 0)
    .option('--json', 'print the result as JSON')
    .action((collection: string, file: string, options: ImportOptions) =>
      withProject(options.dir, (project) =>
        importFile({ project, file, options, collection: requireCollection(project, collection) }),
      ),
    )
}

interface ImportJob {
  readonly project: Project
  readonly collection: Collection
  readonly file: string
  readonly options: ImportOptions
}

async function importFile({ project, collection, file, options }: ImportJob): Promise<void> {
  const started = performance.now()
  const format = requireFormat(file, options.format)
  const fieldMap = parseFieldMap(options.map)
  const input = openInput(file)
  const bar = progressBar(input.size)
  try {
    const rows = readRows({ bytes: input.bytes, format, collection, fieldMap })
    const written = await sendRows(skipRows(rows, options.skip), {
      project,
      collection: collection.name,
      mode: options.upsert === true ? 'upsert' : 'insert',
      onWritten: (count) => bar.update(input.read(), documents(count)),
    })
    bar.end()
    if (options.json === true) printJson({ collection: collection.name, imported: written })
    else
      print(`Imported ${documents(written)} into ${collection.name} (${formatDuration(performance.now() - started)})`)
  } catch (error) {
    bar.end()
    throw error instanceof SendError
      ? importFailure(error, { file: file === '-' ? 'stdin' : file, skipped: options.skip })
      : error
  }
}

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}
