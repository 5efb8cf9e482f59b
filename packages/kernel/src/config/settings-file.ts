import { type Position, readYaml, type YamlNode, type YamlScalar } from '@koyalite/yaml'
import type { LocatedValue, Origin } from './located-value'
import type { SettingsProblem } from './settings-problem'

/** Reads a settings file's text, keeping where everything stands. An empty file is an empty map. */
export function readSettingsFile(
  file: string,
  text: string,
): { readonly value: LocatedValue; readonly problems: readonly SettingsProblem[] } {
  const at = ({ line, column }: Position): Origin => ({ kind: 'file', file, line, column })
  const problems: SettingsProblem[] = []
  const root = readYaml(text, (position, message) => problems.push({ at: at(position), message }))

  const locate = (node: YamlNode): LocatedValue => {
    switch (node.kind) {
      case 'map': {
        const entries = node.entries.map(
          ({ key, keyPosition, value }) => [key, { keyAt: at(keyPosition), value: locate(value) }] as const,
        )
        return { kind: 'map', at: at(node.position), entries: new Map(entries) }
      }
      case 'list':
        return { kind: 'list', at: at(node.position), items: node.items.map(locate) }
      case 'scalar':
        return { kind: 'scalar', at: at(node.position), value: exactValue(node), isText: false }
    }
  }
  const nothing: LocatedValue = { kind: 'map', at: at({ line: 1, column: 1 }), entries: new Map() }
  if (root === null || problems.length > 0) return { value: nothing, problems }
  if (root.kind === 'map') return { value: locate(root), problems }
  if (root.kind === 'scalar' && root.value === null) return { value: nothing, problems }
  return {
    value: nothing,
    problems: [{ at: at(root.position), message: 'expected options like server: or logs:' }],
  }
}

/** A number that would become another one stays the text that it is, which no option takes for a number. */
function exactValue({ value, source }: YamlScalar): YamlScalar['value'] {
  return typeof value === 'number' && !Number.isFinite(value) ? source : value
}
