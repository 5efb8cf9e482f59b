import { extname } from 'node:path'
import type { Collection } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { type FieldMap, mapFields } from './field-map'
import { readCsv } from './read-csv'
import { readJson } from './read-json'
import { readNdjson } from './read-ndjson'
import { readYaml } from './read-yaml'
import type { RowBatches } from './source-row'
import { textChunks } from './text-chunks'

export const FORMATS = ['json', 'ndjson', 'csv', 'tsv', 'yaml'] as const
export type Format = (typeof FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.yaml': 'yaml',
  '.yml': 'yaml',
}

/** The format that a file's extension names; undefined for any other. */
export function formatOf(path: string): Format | undefined {
  return BY_EXTENSION[extname(path).toLowerCase()]
}

/** The format of a file, by `--format` or its extension. Throws a usage error where neither says. */
export function requireFormat(path: string, option: string | undefined): Format {
  const format = option ?? formatOf(path)
  if (FORMATS.includes(format as Format)) return format as Format
  throw new CommandError(
    option === undefined ? `the format of '${path}' is unknown` : `--format ${option} is unknown`,
    {
      exitCode: 2,
      advice: `Give --format ${FORMATS.join(' | ')}.`,
    },
  )
}

export interface RowSource {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly format: Format
  /** What the cells of a CSV file are read by; null for a file whose lines name theirs. */
  readonly collection: Collection | null
  readonly fieldMap: FieldMap
  /** Between the cells of a CSV file; without it the one of its format. */
  readonly delimiter?: string | undefined
}

/** The documents of a file, in constant memory. */
export function readRows({ bytes, format, collection, fieldMap, delimiter }: RowSource): RowBatches {
  const chunks = textChunks(bytes)
  switch (format) {
    case 'csv':
    case 'tsv':
      if (collection === null) throw new Error('a CSV file cannot contain several collections')
      return readCsv(chunks, { collection, fieldMap, delimiter: delimiter ?? (format === 'csv' ? ',' : '\t') })
    case 'json':
      return renamed(readJson(chunks), fieldMap)
    case 'ndjson':
      return renamed(readNdjson(chunks), fieldMap)
    case 'yaml':
      return renamed(readYaml(chunks), fieldMap)
  }
}

function renamed(rows: RowBatches, fieldMap: FieldMap): RowBatches {
  return fieldMap.names.size === 0 ? rows : mapFields(rows, fieldMap)
}
