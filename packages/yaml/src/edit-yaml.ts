import type { JsonValue } from '@koyalite/contracts'
import { readYaml, type YamlNode } from './read-yaml'
import { spliceYaml } from './splice-yaml'
import { pathText, type YamlEdit, YamlEditError, type YamlPath } from './yaml-edit'

/**
 * Changes a YAML file where it is to be changed, and leaves every other byte as it is: comments, order, alignment, quotes. What the file
 * says afterwards is compared with what it should say, so that an edit is right or refused.
 * @throws YamlEditError
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  let current = text
  let value = edits.length === 0 ? null : readValue(text)
  for (const edit of edits) {
    const next = spliceYaml(current, edit)
    const after = readValue(next)
    if (value === null || !sameValue(after, expected(value, edit, edit.path))) {
      throw new YamlEditError(`${pathText(edit.path)} is written in a way that only the file itself can be edited in`)
    }
    current = next
    value = after
  }
  return current
}

/** A value whose maps are lists of entries: their order counts, and keys that look like numbers keep their place. */
type Ordered =
  | { readonly map: readonly (readonly [string, Ordered])[] }
  | { readonly list: readonly Ordered[] }
  | { readonly scalar: string | number | boolean | null }

function readValue(text: string): Ordered {
  let problem = ''
  const node = readYaml(text, (_position, message) => {
    problem ||= message
  })
  if (node === null || problem !== '') throw new YamlEditError(problem)
  return ordered(node)
}

function ordered(node: YamlNode): Ordered {
  switch (node.kind) {
    case 'map':
      return { map: node.entries.map(({ key, value }) => [key, ordered(value)]) }
    case 'list':
      return { list: node.items.map(ordered) }
    case 'scalar':
      return { scalar: node.value }
  }
}

function orderedJson(value: JsonValue): Ordered {
  if (Array.isArray(value)) return { list: value.map(orderedJson) }
  if (value !== null && typeof value === 'object') {
    return { map: Object.entries(value).map(([key, one]) => [key, orderedJson(one as JsonValue)]) }
  }
  return { scalar: value as string | number | boolean | null }
}

function sameValue(a: Ordered, b: Ordered): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What the file says after an edit, by the values alone. */
function expected(value: Ordered, edit: YamlEdit, path: YamlPath): Ordered {
  const [step, ...rest] = path
  if (step === undefined) return edit.type === 'set' ? orderedJson(edit.value) : value
  if ('scalar' in value) {
    if (edit.type !== 'set' || value.scalar !== null) throw missing(edit)
    return typeof step === 'string'
      ? { map: [[step, expected({ scalar: null }, edit, rest)]] }
      : { list: [expected({ scalar: null }, edit, rest)] }
  }
  if ('list' in value) {
    if (typeof step !== 'number') throw missing(edit)
    return { list: changed(value.list, step, { edit, rest, make: (one) => one, of: (one) => one }) }
  }
  const index = value.map.findIndex(([key]) => key === step)
  const place = index === -1 ? value.map.length : index
  return {
    map: changed(value.map, place, {
      edit: withPositions(edit, value.map),
      rest,
      make: (one) => [String(step), one] as const,
      of: ([, one]) => one,
      rename: ([, one], to) => [to, one] as const,
    }),
  }
}

/** `before` as a position. */
function withPositions(edit: YamlEdit, entries: readonly (readonly [string, Ordered])[]): YamlEdit {
  if (!('before' in edit) || edit.before === undefined) return edit
  const index = entries.findIndex(([key]) => key === edit.before)
  if (index === -1 && edit.path.length > 0) return edit
  return { ...edit, before: index }
}

interface Changing<Item> {
  readonly edit: YamlEdit
  readonly rest: YamlPath
  make(value: Ordered): Item
  of(item: Item): Ordered
  rename?(item: Item, to: string): Item
}

function changed<Item>(items: readonly Item[], index: number, changing: Changing<Item>): readonly Item[] {
  const { edit, rest, make, of, rename } = changing
  const item = items[index]
  if (rest.length > 0 || (edit.type === 'set' && item !== undefined)) {
    if (item === undefined && edit.type !== 'set') throw missing(edit)
    const value = make(expected(item === undefined ? { scalar: null } : of(item), edit, rest))
    return item === undefined ? [...items, value] : items.with(index, value)
  }
  if (edit.type === 'set') {
    const at = typeof edit.before === 'number' ? edit.before : items.length
    return items.toSpliced(at, 0, make(orderedJson(edit.value)))
  }
  if (item === undefined) throw missing(edit)
  switch (edit.type) {
    case 'remove':
      return items.toSpliced(index, 1)
    case 'rename':
      if (rename === undefined) throw missing(edit)
      return items.with(index, rename(item, edit.to))
    case 'move': {
      const at = typeof edit.before === 'number' ? edit.before : items.length
      const without = items.toSpliced(index, 1)
      return without.toSpliced(at > index ? at - 1 : at, 0, item)
    }
  }
}

function missing(edit: YamlEdit): YamlEditError {
  return new YamlEditError(`${pathText(edit.path)} is not in the file`)
}
