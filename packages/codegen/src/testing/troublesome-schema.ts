import { parseSchema, type Schema } from '@koyalite/schema'

/** Names that a language, or our own code, has uses for. */
const WORDS = [
  ...['abstract', 'any', 'arguments', 'as', 'async', 'await', 'bool', 'break', 'bytes', 'case', 'catch', 'class'],
  ...['const', 'continue', 'create', 'date', 'datetime', 'declare', 'def', 'default', 'delete', 'dict', 'do', 'doc'],
  ...['else', 'enum', 'error', 'eval', 'export', 'extends', 'false', 'fields', 'float', 'for', 'from', 'func'],
  ...['function', 'get', 'if', 'implements', 'import', 'in', 'int', 'interface', 'key', 'koyalite', 'length', 'let'],
  ...['list', 'map', 'metadata', 'model_config', 'name', 'namespace', 'never', 'new', 'none', 'null', 'object', 'of'],
  ...['package', 'private', 'public', 'range', 'readonly', 'record', 'relations', 'return', 'self', 'set', 'static'],
  ...['str', 'string', 'super', 'switch', 'symbol', 'this', 'throw', 'to_dict', 'to_string', 'true', 'try', 'type'],
  ...['typeof', 'undefined', 'unknown', 'update', 'value_of', 'var', 'void', 'while', 'with', 'yield'],
]

const ID = 'id: { type: uuid, primary: true, default: auto }'

/** Everything that makes generated code hard to get right, in one schema without a name that has to be changed. */
export const TROUBLESOME = `version: 1
types:
  odd: { enum: ["1st", "a-b", "A", "a", "don't", 'say "so"', "back\\\\slash", "*/", "\`\${x}\`", "\\u202eevil", "é✓👩‍👩‍👧", "true", "null", "line\\nbreak"] }
collections:
${['errors', 'client', 'query', 'list', 'data', 'index', 'class', 'metadata', 'of', 'type'].map((name) => `  ${name}: { fields: { ${ID} } }`).join('\n')}
  koyalite: { singular: koyalite_document, fields: { ${ID} } }
  auth: { clients: { name: sign_ins }, fields: { ${ID}, user_id: { type: uuid, references: users.id } } }
  dates: { singular: calendar_day, fields: { day: { type: string, primary: true, clients: { name: text } } } }
  words:
    description: "Every */ word \`\${of}\` \\"\\"\\" ours"
    fields:
      ${ID}
${WORDS.map((word) => `      ${word}: { type: string, nullable: true }`).join('\n')}
  wide: { fields: { ${ID}, ${Array.from({ length: 300 }, (_, i) => `f${i}: { type: int, default: 0 }`).join(', ')} } }
  nodes:
    fields:
      ${ID}
      parent_id: { type: uuid, references: nodes.id, nullable: true }
      other_id: { type: uuid, references: nodes.id, nullable: true }
      author_id: { type: uuid, references: users.id, nullable: true, description: "two */ lines\\nof \\u202e text\\u0007 \\t and \`ticks\`" }
      author: { type: string }
      odd: { type: odd }
      odd_or_none: { type: odd, nullable: true }
      level: { type: int, enum: [1, 2, -3] }
      ratio: { type: float, enum: [0.5, 1.0e+30, -0.25] }
      at: { type: timestamp, default: now }
      bytes: { type: blob, nullable: true }
      day: { type: date }
      on: { type: bool, default: false }
      expanded: { type: bool, default: false, clients: { name: is_expanded } }
      made: { type: timestamp, default: now, clients: { name: made_at } }
      kind: { type: string, references: dates.day, nullable: true, clients: { name: day_kind } }
      secret: { type: string, internal: true, nullable: true }
      mine: { type: string, nullable: true, read: "auth.id == doc.author_id" }
      ours: { type: string, read: "auth.can('nodes:doc') || 'doc' == \\"doc\\"" }
      theirs: { type: string, read: "is_owner()" }
      anything: { type: json }
      anything_or_none: { type: json, nullable: true }
      create: { type: json, schema: { type: object, required: [a], properties: { a: { type: string, description: "*/" }, "b-c": { type: array, items: { enum: [x, y, null, 3, true] } }, constructor: { type: integer }, "": { type: "null" }, "é": { type: number } } } }
      tags: { type: json, schema: { type: array, items: { type: string } }, default: [] }
      choices: { type: json, nullable: true, schema: { type: array, items: { enum: [alpha, beta, gamma, delta, epsilon, zeta, eta, theta, iota, kappa, lambda] } } }
      tree: { type: json, nullable: true, schema: { $ref: "#/$defs/node", $defs: { node: { type: object, properties: { children: { type: array, items: { $ref: "#/$defs/node" } }, names: { type: object, additionalProperties: { type: string } } } } } } }
      mixed: { type: json, schema: { anyOf: [{ type: string }, { type: [number, "null"] }, { type: object, properties: { x: { type: object, properties: { y: {} } } } }] } }
  a_collection_whose_name_is_as_long_as_names_are_allowed_to_be_x:
    fields:
      ${ID}
      a_field_whose_name_is_as_long_as_names_are_ever_allowed_to_be_x: { type: odd }
      another_whose_name_is_as_long_as_names_are_ever_allowed_to_be_x: { type: json, schema: { type: array, items: { type: object, properties: { x: { type: string } } } } }
definitions:
  "is_owner()": "auth.id == doc.author_id"
`

export function troublesomeSchema(): Schema {
  return schemaOf(TROUBLESOME)
}

export function schemaOf(text: string): Schema {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${line} ${message}`).join('\n'))
  return parsed.schema
}
