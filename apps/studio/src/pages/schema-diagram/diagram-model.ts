import type { Collection, Field, Schema } from '@koyalite/schema'

export interface DiagramField {
  readonly name: string
  readonly type: string
  readonly isKey: boolean
  readonly isReference: boolean
}

export interface DiagramNode {
  readonly name: string
  readonly fields: readonly DiagramField[]
  /** Fields that are left out, so that many collections fit. */
  readonly hidden: number
  readonly width: number
  readonly height: number
}

/** A reference. How many documents are at each end, as crow's feet show it. */
export interface DiagramEdge {
  readonly id: string
  readonly from: string
  readonly field: string
  readonly to: string
  readonly toField: string
  /** The referring end: several documents may refer to one, or at most one. */
  readonly many: boolean
  /** The referred end: none where the field may be null. */
  readonly optional: boolean
}

export interface DiagramModel {
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
}

export const HEAD_HEIGHT = 32
export const ROW_HEIGHT = 22
const WIDTH = 220
/** From here on, nodes show their key and references only. */
const MANY = 25

/** The collections and references of a schema; around `focus` alone, where one is given. */
export function diagramModel(
  schema: Schema,
  { focus, depth = 1 }: { readonly focus?: string | undefined; readonly depth?: number | undefined } = {},
): DiagramModel {
  const edges = [...schema.collections.values()].flatMap(edgesOf).filter(({ to }) => schema.collections.has(to))
  const shown = focus !== undefined && schema.collections.has(focus) ? around(edges, focus, depth) : null
  const collections = [...schema.collections.values()].filter(({ name }) => shown === null || shown.has(name))
  const isCompact = collections.length > MANY
  const isAlone = (name: string) => !edges.some(({ from, to }) => from === name || to === name)
  return {
    nodes: collections.map((collection) => nodeOf(collection, { isCompact, isAlone: isAlone(collection.name) })),
    edges: edges.filter(({ from, to }) => shown === null || (shown.has(from) && shown.has(to))),
  }
}

function edgesOf(collection: Collection): readonly DiagramEdge[] {
  return [...collection.fields.values()].flatMap((field) => {
    const { references } = field
    if (references === undefined) return []
    return [
      {
        ...{ id: `${collection.name}.${field.name}`, from: collection.name, field: field.name },
        ...{ to: references.collection, toField: references.field },
        many: !field.unique && !field.primary && !isUniqueByIndex(collection, field),
        optional: field.nullable,
      },
    ]
  })
}

function isUniqueByIndex({ indexes }: Collection, { name }: Field): boolean {
  return indexes.some(({ unique, fields }) => unique && fields.length === 1 && fields[0] === name)
}

/** The collections that so many references lead to, either way. */
function around(edges: readonly DiagramEdge[], focus: string, depth: number): ReadonlySet<string> {
  let found = new Set([focus])
  for (let step = 0; step < depth; step++) {
    const next = edges.flatMap(({ from, to }) => (found.has(from) ? [to] : found.has(to) ? [from] : []))
    found = new Set([...found, ...next])
  }
  return found
}

function nodeOf(
  { name, fields }: Collection,
  { isCompact, isAlone }: { readonly isCompact: boolean; readonly isAlone: boolean },
): DiagramNode {
  const all = [...fields.values()].map(
    (field): DiagramField => ({
      name: field.name,
      type: field.enumName ?? field.ownType?.name ?? field.type,
      isKey: field.primary,
      isReference: field.references !== undefined,
    }),
  )
  const shown = !isCompact ? all : isAlone ? [] : all.filter(({ isKey, isReference }) => isKey || isReference)
  const hidden = all.length - shown.length
  const rows = shown.length + (hidden > 0 ? 1 : 0)
  return { name, fields: shown, hidden, width: WIDTH, height: HEAD_HEIGHT + rows * ROW_HEIGHT + 4 }
}

/** The height in a node at which the middle of a field is. */
export function rowMiddle(node: DiagramNode, field: string): number {
  const index = node.fields.findIndex(({ name }) => name === field)
  return index === -1 ? HEAD_HEIGHT / 2 : HEAD_HEIGHT + (index + 0.5) * ROW_HEIGHT
}
