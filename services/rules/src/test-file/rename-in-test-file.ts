import type { SchemaRename } from '@koyalite/schema'
import { editYaml, readYaml, type YamlEdit, YamlEditError, type YamlNode, type YamlPath } from '@koyalite/yaml'

/** A file of rules/ that names what is renamed. */
export interface RenamedTestFile {
  /** The lines that name it, from 1. */
  readonly lines: readonly number[]
  /** With the new names; null where a place cannot be changed alone (an alias): that is for people to do. */
  readonly text: string | null
}

/** Follows renames, in their order, in a file of rules/. Null if it names nothing of them, or cannot be read. */
export function renameInTestFile(source: string, renames: readonly SchemaRename[]): RenamedTestFile | null {
  const lines = new Set<number>()
  let text = source
  let isFollowed = true
  for (const rename of renames) {
    const mentions = mentionsIn(text, rename)
    for (const { line } of mentions) lines.add(line)
    try {
      text = editYaml(
        text,
        mentions.map(({ edit }) => edit),
      )
    } catch (error) {
      if (!(error instanceof YamlEditError)) throw error
      isFollowed = false
    }
  }
  if (lines.size === 0) return null
  return { lines: [...lines].sort((a, b) => a - b), text: isFollowed ? text : null }
}

interface Mention {
  readonly line: number
  readonly edit: YamlEdit
}

function mentionsIn(text: string, rename: SchemaRename): readonly Mention[] {
  let isBroken = false
  const root = readYaml(text, () => {
    isBroken = true
  })
  if (root?.kind !== 'map' || isBroken) return []
  return root.entries.flatMap(({ key, value }): readonly Mention[] => {
    if (key === 'documents' && value.kind === 'map') return inDocuments(value, rename)
    return key === 'cases' ? inItems(value, ['cases'], (node, path) => inCase(node, path, rename)) : []
  })
}

function inDocuments(documents: YamlNode & { readonly kind: 'map' }, rename: SchemaRename): readonly Mention[] {
  return documents.entries.flatMap(({ key: collection, keyPosition, value }) => {
    const path: YamlPath = ['documents', collection]
    const inside = inItems(value, path, (node, of) => inFields(node, of, { collection, rename }))
    if (rename.kind !== 'collection' || collection !== rename.from) return inside
    return [{ line: keyPosition.line, edit: { type: 'rename', path, to: rename.to } }]
  })
}

/** A case, or an operation of its batch. */
function inCase(node: YamlNode, path: YamlPath, rename: SchemaRename): readonly Mention[] {
  if (node.kind !== 'map') return []
  const named = node.entries.find(({ key }) => key === 'collection')?.value
  const collection = named?.kind === 'scalar' ? named.source : ''
  return node.entries.flatMap(({ key, value }): readonly Mention[] => {
    const at = [...path, key]
    switch (key) {
      case 'collection':
        return rename.kind === 'collection' ? ifNamed(value, at, rename) : []
      case 'data':
        return inFields(value, at, { collection, rename })
      case 'visible':
      case 'absent':
        if (rename.kind !== 'field' || rename.collection !== collection) return []
        return value.kind === 'scalar'
          ? ifNamed(value, at, rename)
          : inItems(value, at, (item, of) => ifNamed(item, of, rename))
      case 'batch':
        return inItems(value, at, (item, of) => inCase(item, of, rename))
      default:
        return []
    }
  })
}

function inFields(
  node: YamlNode,
  path: YamlPath,
  { collection, rename }: { readonly collection: string; readonly rename: SchemaRename },
): readonly Mention[] {
  if (node.kind !== 'map') return []
  return node.entries.flatMap(({ key, keyPosition, value }): readonly Mention[] => {
    const at = [...path, key]
    if (rename.kind === 'value') return rename.fields.has(`${collection}.${key}`) ? ifNamed(value, at, rename) : []
    if (rename.kind !== 'field' || rename.collection !== collection || key !== rename.from) return []
    return [{ line: keyPosition.line, edit: { type: 'rename', path: at, to: rename.to } }]
  })
}

function ifNamed(
  node: YamlNode,
  path: YamlPath,
  { from, to }: { readonly from: string; readonly to: string },
): readonly Mention[] {
  if (node.kind !== 'scalar' || node.value !== from) return []
  return [{ line: node.position.line, edit: { type: 'set', path, value: to } }]
}

/** The items of a list, or of a map with names of the author's. */
function inItems(
  node: YamlNode,
  path: YamlPath,
  look: (node: YamlNode, path: YamlPath) => readonly Mention[],
): readonly Mention[] {
  if (node.kind === 'list') return node.items.flatMap((item, i) => look(item, [...path, i]))
  return node.kind === 'map' ? node.entries.flatMap(({ key, value }) => look(value, [...path, key])) : []
}
