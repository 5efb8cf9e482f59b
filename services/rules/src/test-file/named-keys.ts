import { didYouMean, type JsonValue } from '@koyalite/schema'
import type { Report, YamlNode } from '@koyalite/yaml'

/** What `$name` stands for in a test file: keys of actors (`$ann`) and of documents (`$posts.draft`, `$draft` where only one has that name). */
export interface NamedKeys {
  add(collection: string, name: string, key: JsonValue): void
  addActor(name: string, key: string): void
  /** A document's key, by its name in a collection or by the key itself; undefined if there is none. */
  find(collection: string, text: string): JsonValue | undefined
  names(collection: string): readonly string[]
  /** The JSON value of a node with every `$name` replaced; unknown ones are reported. `$$` at the beginning stands for one `$`. */
  resolve(node: YamlNode, report: Report): JsonValue
}

const NAME = /^\$([A-Za-z][\w-]*)(?:\.([A-Za-z0-9][\w-]*))?$/

export function namedKeys(): NamedKeys {
  const actors = new Map<string, JsonValue>()
  const collections = new Map<string, Map<string, JsonValue>>()
  const keysOf = (collection: string) => collections.get(collection) ?? new Map<string, JsonValue>()

  function lookUp(text: string): { readonly key: JsonValue } | { readonly problem: string } | null {
    const [, first = '', second] = NAME.exec(text) ?? []
    if (first === '') return null
    if (second !== undefined) {
      const key = keysOf(first).get(second)
      if (key !== undefined) return { key }
      return { problem: `there is no document '${second}' in ${first}${didYouMean(second, keysOf(first).keys())}` }
    }
    const actor = actors.get(first)
    if (actor !== undefined) return { key: actor }
    const owners = [...collections].filter(([, keys]) => keys.has(first))
    const [owner, other] = owners
    if (owner && other) {
      const choices = owners.map(([collection]) => `$${collection}.${first}`)
      return { problem: `'${text}' may be one of ${choices.join(', ')}` }
    }
    const key = owner?.[1].get(first)
    if (key !== undefined) return { key }
    const known = [...actors.keys(), ...[...collections.values()].flatMap((keys) => [...keys.keys()])]
    return {
      problem: `'${text}' is neither an actor nor a document${didYouMean(first, known)}; write '$$…' for a text that starts with $`,
    }
  }

  function resolve(node: YamlNode, report: Report): JsonValue {
    if (node.kind === 'list') return node.items.map((item) => resolve(item, report))
    if (node.kind === 'map')
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, resolve(value, report)]))
    if (typeof node.value !== 'string') return node.value
    if (node.value.startsWith('$$')) return node.value.slice(1)
    const found = lookUp(node.value)
    if (found === null) return node.value
    if ('key' in found) return found.key
    report(node.position, found.problem)
    return null
  }

  return {
    add(collection, name, key) {
      const keys = keysOf(collection)
      collections.set(collection, keys.set(name, key))
    },
    addActor: (name, key) => actors.set(name, key),
    find(collection, text) {
      const keys = keysOf(collection)
      return keys.get(text) ?? [...keys.values()].find((key) => String(key) === text)
    },
    names: (collection) => [...keysOf(collection).keys()],
    resolve,
  }
}

/** A key that is always the same for a name. */
export function uuidFor(name: string): string {
  const digits = Bun.hash(name).toString(16).padStart(16, '0')
  return `00000000-0000-7000-8000-${digits.slice(-12)}`
}
