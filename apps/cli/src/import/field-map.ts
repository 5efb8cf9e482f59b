import { CommandError } from '../command-error'
import { type RowBatches, RowError, type SourceRow } from './source-row'

/** Names of a file's fields → names of the collection's. */
export interface FieldMap {
  /** The names that are mapped. */
  readonly names: ReadonlySet<string>
  /** The collection's name for a field; null where the field is left out. */
  apply(name: string): string | null
}

/** Reads `--map old=new,other=`; an empty new name leaves the field out. In a CSV file `#3` is the third column. Throws a usage error for anything else. */
export function parseFieldMap(options: readonly string[]): FieldMap {
  const names = new Map<string, string | null>()
  for (const pair of options.flatMap((option) => option.split(','))) {
    const at = pair.indexOf('=')
    const from = pair.slice(0, at).trim()
    if (at === -1 || from === '') {
      throw new CommandError(`--map takes pairs like name=title, not '${pair}'`, { exitCode: 2 })
    }
    names.set(from, pair.slice(at + 1).trim() || null)
  }
  return {
    names: new Set(names.keys()),
    apply: (name) => {
      const mapped = names.get(name)
      return mapped === undefined ? name : mapped
    },
  }
}

/** The rows with their fields renamed. */
export async function* mapFields(batches: RowBatches, map: FieldMap): RowBatches & AsyncGenerator {
  for await (const rows of batches) {
    yield rows.map((row) => mapped(row, map))
  }
}

function mapped({ line, document, nearest = [] }: SourceRow, map: FieldMap): SourceRow {
  const fields = new Map<string, unknown>()
  for (const [name, value] of Object.entries(document)) {
    const field = map.apply(name)
    if (field === null) continue
    if (fields.has(field)) throw new RowError(line, `has two values for ${field}, one of them from '${name}'`)
    fields.set(field, value)
  }
  const numbers = nearest.flatMap((number) => {
    const [name = '', ...deeper] = number.path
    const field = map.apply(name)
    return field === null ? [] : [{ ...number, path: [field, ...deeper] }]
  })
  return { line, document: Object.fromEntries(fields), nearest: numbers }
}
