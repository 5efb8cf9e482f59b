import { readFileSync } from 'node:fs'
import type { Collection, Schema } from '@koyalite/schema'
import { didYouMean } from '@koyalite/schema'
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { CommandError } from '../command-error'
import { parseFieldMap } from '../import/field-map'
import { openInput } from '../import/open-input'
import { readRows } from '../import/read-rows'
import type { RowBatches, SourceRow } from '../import/source-row'
import { valuesOf, yamlRows } from '../import/yaml-rows'
import type { SeedFile } from './seed-files'

/** What one file has for one collection. */
export interface Seed {
  readonly file: SeedFile
  readonly collection: Collection
  readonly rows: RowBatches
}

/**
 * The seeds of a file: either a list of documents of the collection that the file is named after, or (JSON and YAML) a map from collections to
 * lists of documents. Throws a CommandError if a name is not a collection, a RowError if the file cannot be read.
 */
export function readSeed(file: SeedFile, schema: Schema): readonly Seed[] {
  if (file.format !== 'json' && file.format !== 'yaml') return [namedAfterCollection(file, schema)]
  const text = readFileSync(file.path, 'utf8')
  return isListText(text) ? [namedAfterCollection(file, schema)] : readMap(file, schema, text)
}

function namedAfterCollection(file: SeedFile, schema: Schema): Seed {
  const collection = schema.collections.get(file.stem)
  if (collection === undefined) {
    throw new CommandError(
      `${file.label} is not named after a collection${didYouMean(file.stem, schema.collections.keys())}`,
      {
        advice: `Collections in schema.yaml: ${[...schema.collections.keys()].join(', ')}.`,
      },
    )
  }
  const rows = readRows({
    bytes: openInput(file.path).bytes,
    format: file.format,
    collection,
    fieldMap: parseFieldMap([]),
  })
  return { file, collection, rows }
}

/** JSON is YAML too, so one parser with positions reads both. */
function readMap(file: SeedFile, schema: Schema, text: string): readonly Seed[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true })
  const lineOf = (node: unknown): number => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new CommandError(`${file.label}:${lines.linePos(broken.pos[0]).line} ${broken.message.split('\n')[0]}`)
  }
  if (document.contents === null) return []
  if (!isMap(document.contents))
    throw new CommandError(`${file.label}:1 expected a list of documents, or a map of collections to lists`)
  const lists = valuesOf(document, (offset) => lines.linePos(offset).line) as Readonly<Record<string, unknown>>
  return document.contents.items.map(({ key, value }) => {
    const name = String(key)
    const collection = schema.collections.get(name)
    if (collection === undefined) {
      throw new CommandError(
        `${file.label}:${lineOf(key)} there is no collection '${name}'${didYouMean(name, schema.collections.keys())}`,
      )
    }
    if (!isSeq(value)) throw new CommandError(`${file.label}:${lineOf(key)} ${name} is not a list of documents`)
    const rows = yamlRows(value, lists[name] as readonly unknown[], (offset) => lines.linePos(offset).line)
    return { file, collection, rows: inOneBatch(rows) }
  })
}

async function* inOneBatch(rows: readonly SourceRow[]): RowBatches & AsyncGenerator {
  yield rows
}

/** Whether the first thing in a JSON or YAML text, after comments, is a list or a document of one. */
function isListText(text: string): boolean {
  const first = /^(?:\uFEFF)?(?:\s|#[^\n]*\n|---\n)*([[-])/.exec(text)
  return first !== null
}
