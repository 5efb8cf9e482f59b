import type { z } from 'zod'
import type { OptionMeta } from './options'

export type OptionPath = readonly (string | number)[]

/** A place in the tree of settings: options by name, names of the user's choice, a list, or an option itself. */
export type OptionNode =
  | { readonly kind: 'section'; readonly children: ReadonlyMap<string, OptionNode> }
  | { readonly kind: 'table'; readonly meta: OptionMeta; readonly child: OptionNode }
  | { readonly kind: 'list'; readonly meta: OptionMeta; readonly child: OptionNode }
  | { readonly kind: 'option'; readonly meta: OptionMeta }

/** One option, as documentation shows it. */
export interface OptionInfo extends OptionMeta {
  /** `server.max_body` */
  readonly path: string
  /** The environment variable that overrides it. */
  readonly variable: string
}

const PLAIN: OptionMeta = {
  ...{ kind: 'text', help: '', default: null },
  ...{ nullable: false, secret: false, reference: false, atStart: false, choices: [] },
}

/** All options, in the order of their declaration. Those inside tables and lists are documented with their table or list. */
export function listOptions(tree: OptionNode): readonly OptionInfo[] {
  const options: OptionInfo[] = []
  const visit = (node: OptionNode, path: readonly string[]) => {
    if (node.kind === 'section') for (const [name, child] of node.children) visit(child, [...path, name])
    else options.push({ ...node.meta, path: path.join('.'), variable: variableName(path) })
  }
  visit(tree, [])
  return options
}

function variableName(path: readonly string[]): string {
  return `KOYALITE_${path.join('_').toUpperCase()}`
}

export function nodeAt(tree: OptionNode, path: OptionPath): OptionNode | undefined {
  let node: OptionNode | undefined = tree
  for (const step of path) {
    if (node === undefined || node.kind === 'option') return undefined
    node = node.kind === 'section' ? node.children.get(String(step)) : node.child
  }
  return node
}

export function optionTree(type: z.ZodType): OptionNode {
  const meta = (type.meta() as OptionMeta | undefined) ?? PLAIN
  const inner = unwrapped(type)
  switch (inner.def.type) {
    case 'object': {
      const shape = (inner as z.ZodObject).shape
      return {
        kind: 'section',
        children: new Map(Object.entries(shape).map(([k, v]) => [k, optionTree(v as z.ZodType)])),
      }
    }
    case 'record':
      return { kind: 'table', meta, child: optionTree((inner as z.ZodRecord).valueType as z.ZodType) }
    case 'array':
      return { kind: 'list', meta, child: optionTree((inner as z.ZodArray).element as z.ZodType) }
    default:
      return { kind: 'option', meta }
  }
}

/** The type without what only says that it may be left out. */
function unwrapped(type: z.ZodType): z.ZodType {
  let inner = type
  while (['default', 'prefault', 'nullable', 'optional'].includes(inner.def.type)) {
    inner = (inner as z.ZodDefault | z.ZodPrefault | z.ZodNullable).unwrap() as z.ZodType
  }
  return inner
}
