import type { CollectionInfo } from '../../fields/field'

/** The name of the field that each column goes to; null: it is left out. */
export type ColumnMapping = readonly (string | null)[]

/** Columns go to the fields that are called like them, whatever the case, spaces and signs. */
export function mapColumns(header: readonly string[], { fields }: CollectionInfo): ColumnMapping {
  const taken = new Set<string>()
  return header.map((name) => {
    const field =
      fields.find((one) => one.name === name.trim()) ?? fields.find((one) => plain(one.name) === plain(name))
    if (field === undefined || field.internal || taken.has(field.name)) return null
    taken.add(field.name)
    return field.name
  })
}

/** Whether a row looks like names of columns: most of its cells are names of fields, or none is a number. */
export function looksLikeHeader(cells: readonly string[], collection: CollectionInfo): boolean {
  if (mapColumns(cells, collection).some((field) => field !== null)) return true
  return cells.every((cell) => cell.trim() !== '' && !/^[-+.\d]/.test(cell.trim()))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
