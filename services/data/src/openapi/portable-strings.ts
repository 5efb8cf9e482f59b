import type { DocumentMode, JsonSchema, JsonValue } from '@koyalite/schema'

const LOCAL = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'

/** What the formats of documents mean beyond what tools make of their names, as patterns that all regular expression dialects have. */
const PATTERNS: Readonly<Record<string, JsonSchema>> = {
  text: { pattern: '^[^\\u0000]*$' },
  key: { pattern: '^(\\.{0,2}[^\\u0000.][^\\u0000]*|\\.{3}[^\\u0000]*)$' },
  email: { format: 'email', maxLength: 254, pattern: `^${LOCAL}(\\.${LOCAL})*@(${LABEL}\\.)+${LABEL}$` },
  uri: {
    format: 'uri',
    maxLength: 4096,
    pattern:
      '^https?://([a-zA-Z0-9]+[.-])*[a-zA-Z][a-zA-Z0-9]*(:([0-9]{1,4}|[1-5][0-9]{4}))?([/?#][!#-;=?-\\[\\]_a-z~]*)?$',
  },
  byte: { format: 'byte', pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' },
}

/**
 * A document's schema for tools of others: `format: text` and `key` are ours and become patterns, and patterns that are not regular
 * expression of JavaScript (they are RE2) are dropped, as a tool would fail on them.
 */
export function portableStrings(object: JsonSchema, mode: DocumentMode): JsonSchema {
  const properties = Object.entries(object.properties as JsonSchema).map(([name, schema]) => [
    name,
    portable(schema as JsonSchema, mode),
  ])
  return { ...object, properties: Object.fromEntries(properties) as JsonValue }
}

function portable(schema: JsonSchema, mode: DocumentMode): JsonSchema {
  const { format, pattern, ...rest } = schema
  if (typeof format !== 'string') return schema
  const own = typeof pattern === 'string' && isPortable(pattern) ? { pattern } : {}
  // What is answered has been checked when it was stored; a narrower pattern than the check would refuse some of it.
  const known = mode === 'read' ? undefined : PATTERNS[format]
  const name = format === 'text' || format === 'key' ? {} : { format }
  if (known === undefined) return { ...rest, ...name, ...own }
  return { ...rest, ...name, ...atMost(known, rest), ...own }
}

/** A format's own bound on the length does not loosen the field's. */
function atMost(known: JsonSchema, { maxLength }: JsonSchema): JsonSchema {
  if (typeof maxLength !== 'number' || typeof known.maxLength !== 'number') return known
  return { ...known, maxLength: Math.min(maxLength, known.maxLength) }
}

function isPortable(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}
