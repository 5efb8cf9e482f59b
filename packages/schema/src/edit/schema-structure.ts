import type { JsonValue } from '@koyalite/contracts'
import { type Position, readYaml, toJson, YamlEditError, type YamlNode, type YamlPath } from '@koyalite/yaml'

/** What a file says and where, whether or not it is a valid schema. */
export interface Structure {
  readonly root: YamlNode
  /** Undefined where there is nothing. */
  at(path: YamlPath): YamlNode | undefined
  json(path: YamlPath): JsonValue | undefined
  keys(path: YamlPath): readonly string[]
  /** The path of the text that begins there. */
  textAt(position: Position): YamlPath | undefined
  /** Every field of the file: its collection, its name, and what is written there. */
  readonly fields: readonly { readonly collection: string; readonly field: string; readonly path: YamlPath }[]
}

/** @throws YamlEditError for a file that is no YAML */
export function structureOf(text: string): Structure {
  let problem = ''
  const read = readYaml(text, ({ line }, message) => {
    problem ||= `line ${line}: ${message}`
  })
  if (read === null || problem !== '') throw new YamlEditError(`schema.yaml must be fixed first: ${problem}`)
  const root = read
  const at = (path: YamlPath) => path.reduce<YamlNode | undefined>((node, step) => child(node, step), root)
  const keys = (path: YamlPath) => {
    const node = at(path)
    return node?.kind === 'map' ? node.entries.map(({ key }) => key) : []
  }
  return {
    root,
    at,
    keys,
    json: (path) => {
      const node = at(path)
      return node && toJson(node)
    },
    textAt: ({ line, column }) => textPaths(root, []).get(`${line}:${column}`),
    fields: keys(['collections']).flatMap((collection) =>
      keys(['collections', collection, 'fields']).map((field) => ({
        ...{ collection, field },
        path: ['collections', collection, 'fields', field],
      })),
    ),
  }
}

function child(node: YamlNode | undefined, step: string | number): YamlNode | undefined {
  if (node?.kind === 'map') return node.entries.find(({ key }) => key === step)?.value
  return node?.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined
}

function textPaths(node: YamlNode, path: YamlPath): ReadonlyMap<string, YamlPath> {
  if (node.kind === 'scalar') return new Map([[`${node.textPosition.line}:${node.textPosition.column}`, path]])
  const children: readonly (readonly [string | number, YamlNode])[] =
    node.kind === 'map' ? node.entries.map(({ key, value }) => [key, value]) : [...node.items.entries()]
  return new Map(children.flatMap(([step, value]) => [...textPaths(value, [...path, step])]))
}
