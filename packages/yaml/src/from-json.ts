import { MAX_DEPTH, MAX_NODES, type Report, START, type YamlNode } from './read-yaml'

/**
 * A JSON value as the tree of a YAML file, so that one reader checks what a file says and what a program says. Everything stands at
 * the start. Returns null, and reports why, for a value that is too deep or too large. What JSON does not have is null in it.
 */
export function fromJson(value: unknown, report: Report): YamlNode | null {
  let nodes = 0
  const build = (inner: unknown, depth: number): YamlNode => {
    if (++nodes > MAX_NODES) throw new Unreadable('the value has too many parts')
    if (depth > MAX_DEPTH) throw new Unreadable('the value is nested too deeply')
    if (Array.isArray(inner)) {
      return { kind: 'list', position: START, items: inner.map((item) => build(item, depth + 1)) }
    }
    if (typeof inner === 'object' && inner !== null) {
      const entries = Object.entries(inner).map(([key, part]) => {
        return { key, keyPosition: START, value: build(part, depth + 1) }
      })
      return { kind: 'map', position: START, entries }
    }
    const scalar = isScalar(inner) ? inner : null
    return { kind: 'scalar', position: START, textPosition: START, value: scalar, source: String(scalar) }
  }
  try {
    return build(value, 1)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    report(START, error.message)
    return null
  }
}

class Unreadable extends Error {}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
