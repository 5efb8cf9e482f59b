import type { SchemaRename } from '@koyalite/schema'
import { readYaml, type YamlNode } from '@koyalite/yaml'

/** A file of seeds/. */
export interface SeedText {
  /** `02_posts.csv`: without its number, the collection that it is for, unless it names several itself. */
  readonly name: string
  readonly text: string
}

/**
 * The lines of a seed that name what is renamed, from 1; null if it names nothing of it. No lines: it is named after a collection. It stays as it
 * is: what it holds is data, of any format and size.
 */
export function seedMentions({ name, text }: SeedText, renames: readonly SchemaRename[]): readonly number[] | null {
  const [, stem = '', format = ''] = /^(?:\d+[-_])?(.*)\.(\w+)$/.exec(name) ?? []
  const names = beforeRenames(renames)
  const lines = new Set(mentionsIn({ stem, format: format.toLowerCase(), text }, names))
  const isNamedAfter = names.some((rename) => rename.kind === 'collection' && rename.from === stem)
  return lines.size > 0 || isNamedAfter ? [...lines].sort((a, b) => a - b) : null
}

/** Renames, each by the names that there were before the first of them. */
export function beforeRenames(renames: readonly SchemaRename[]): readonly SchemaRename[] {
  return renames.map((rename, i) => {
    const before = renames.slice(0, i)
    if (rename.kind === 'collection') return { ...rename, from: originalCollection(rename.from, before) }
    if (rename.kind === 'field') {
      const [collection = '', from = ''] = originalField(`${rename.collection}.${rename.from}`, before).split('.')
      return { ...rename, collection, from }
    }
    const fields = new Set([...rename.fields].map((field) => originalField(field, before)))
    const from = before.reduceRight(
      (value, earlier) => (earlier.kind === 'value' && earlier.to === value ? earlier.from : value),
      rename.from,
    )
    return { ...rename, fields, from }
  })
}

function originalCollection(name: string, renames: readonly SchemaRename[]): string {
  return renames.reduceRight(
    (current, rename) => (rename.kind === 'collection' && rename.to === current ? rename.from : current),
    name,
  )
}

function originalField(path: string, renames: readonly SchemaRename[]): string {
  let [collection = '', field = ''] = path.split('.')
  for (const rename of renames.toReversed()) {
    if (rename.kind === 'collection' && rename.to === collection) collection = rename.from
    if (rename.kind === 'field' && rename.collection === collection && rename.to === field) field = rename.from
  }
  return `${collection}.${field}`
}

interface ReadSeed {
  readonly stem: string
  readonly format: string
  readonly text: string
}

function mentionsIn({ stem, format, text }: ReadSeed, renames: readonly SchemaRename[]): readonly number[] {
  if (format === 'csv') return inTable(text, stem, renames)
  if (format === 'ndjson')
    return text.split('\n').flatMap((line, i) => (inValue(read(line), stem, renames).length > 0 ? [i + 1] : []))
  const root = read(text)
  if (root?.kind !== 'map') return inValue(root, stem, renames)
  return root.entries.flatMap(({ key, keyPosition, value }) => {
    const isNamed = renames.some((rename) => rename.kind === 'collection' && rename.from === key)
    return [...(isNamed ? [keyPosition.line] : []), ...inValue(value, key, renames)]
  })
}

/** JSON is YAML too. What cannot be read is told when it is seeded. */
function read(text: string): YamlNode | null {
  if (text.trim() === '') return null
  return readYaml(text, () => {}) ?? null
}

/** In a document, or a list of them. */
function inValue(node: YamlNode | null, collection: string, renames: readonly SchemaRename[]): readonly number[] {
  if (node?.kind === 'list') return node.items.flatMap((item) => inValue(item, collection, renames))
  if (node?.kind !== 'map') return []
  return node.entries.flatMap(({ key, keyPosition, value }) => {
    const isNamed = renames.some((rename) => {
      if (rename.kind === 'field') return rename.collection === collection && rename.from === key
      const isValue = rename.kind === 'value' && rename.fields.has(`${collection}.${key}`)
      return isValue && value.kind === 'scalar' && value.value === rename.from
    })
    return isNamed ? [keyPosition.line] : []
  })
}

/** In the head of a table, and in the columns of renamed values. */
function inTable(text: string, collection: string, renames: readonly SchemaRename[]): readonly number[] {
  const rows = text.split('\n').map((line) => cellsOf(line))
  const head = rows[0] ?? []
  return rows.flatMap((cells, i) => {
    const isNamed = renames.some((rename) => {
      if (rename.kind === 'field') return i === 0 && rename.collection === collection && cells.includes(rename.from)
      if (rename.kind !== 'value' || i === 0) return false
      return cells.some((cell, column) => cell === rename.from && rename.fields.has(`${collection}.${head[column]}`))
    })
    return isNamed ? [i + 1] : []
  })
}

/** The cells of a line; one that goes on in the next line is cut, which its neighbours do not mind. */
function cellsOf(line: string): readonly string[] {
  const cells = line.replace(/^\uFEFF|\r$/g, '').match(/("(?:[^"]|"")*"?|[^",;\t]*)(?=[,;\t]|$)/g) ?? []
  return cells.map((cell) =>
    cell
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"')
      .trim(),
  )
}
