import { didYouMean } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { NULL_CELL, QUOTED_EMPTY } from './csv-cell'
import type { FieldMap } from './field-map'

export interface CsvOptions {
  readonly collection: Collection
  readonly fieldMap: FieldMap
  readonly delimiter: string
}

/** The field of each column, null where it is left out. Throws a CommandError where a column matches no field, or two columns the same one. */
export function columnFields(header: readonly string[], options: CsvOptions): readonly (Field | null)[] {
  const names = header.map((cell) => (cell === QUOTED_EMPTY || cell === NULL_CELL ? '' : cell.trim()))
  requireMapped(names, options.fieldMap)
  const places = new Map<Field, number>()
  return names.map((name, index) => {
    const field = columnField(name, index, { ...options, names })
    if (field === null) return null
    const first = places.get(field)
    if (first !== undefined) {
      const [one, other] = [first + 1, index + 1]
      throw new CommandError(`the first line has '${field.name}' twice: columns ${one} and ${other}`, {
        advice: `Skip one of them with --map '#${other}=', or rename it with --map '#${other}=field'.`,
      })
    }
    places.set(field, index)
    return field
  })
}

function columnField(
  name: string,
  index: number,
  { collection, fieldMap, delimiter, names }: CsvOptions & { readonly names: readonly string[] },
): Field | null {
  const byNumber = `#${index + 1}`
  const source = fieldMap.names.has(byNumber) && !names.includes(byNumber) ? byNumber : name
  if (source === '') {
    throw new CommandError(`column ${index + 1} has no name in the first line`, {
      advice: `Name it in the file, or use --map '${byNumber}=field'; to skip it, --map '${byNumber}='.`,
    })
  }
  const mapped = fieldMap.apply(source)
  if (mapped === null) return null
  const field = collection.fields.get(mapped)
  if (field !== undefined) return field
  const other = names.length === 1 ? DELIMITERS.find(([text]) => text !== delimiter && name.includes(text)) : undefined
  const hint = other === undefined ? didYouMean(mapped, collection.fields.keys()) : ''
  throw new CommandError(`the first line names '${mapped}', which is not a field of ${collection.name}${hint}`, {
    advice:
      other === undefined
        ? `Its fields are ${[...collection.fields.keys()].join(', ')}. Use --map '${source}=field' to rename the column, or --map '${source}=' to skip it.`
        : `Its columns seem to be separated by something else: try --delimiter ${other[1]}`,
  })
}

const DELIMITERS = [
  [';', "';'"],
  ['\t', 'tab'],
  ['|', "'|'"],
  [',', "','"],
] as const

/** What --map renames has to be there: it may be misspelt. */
function requireMapped(names: readonly string[], fieldMap: FieldMap): void {
  const known = new Set([...names, ...names.map((_, index) => `#${index + 1}`)])
  const missing = [...fieldMap.names].find((name) => !known.has(name) && fieldMap.apply(name) !== null)
  if (missing === undefined) return
  throw new CommandError(
    `--map names the column '${missing}', which the first line does not have${didYouMean(missing, names)}`,
    {
      advice: `Its columns are ${names.map((name, index) => (name === '' ? `#${index + 1} (without a name)` : name)).join(', ')}.`,
    },
  )
}
