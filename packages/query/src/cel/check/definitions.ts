import type { Definition, Schema } from '@koyalite/schema'
import { CelError } from '../syntax/cel-error'
import { parseCel, type Syntax } from '../syntax/parse-cel'

/** A definition with the syntax tree of its body, or what is wrong with that. */
export interface ParsedDefinition {
  readonly definition: Definition
  readonly root: Syntax | CelError
}

export type Definitions = ReadonlyMap<string, ParsedDefinition>

const cache = new WeakMap<Schema['definitions'], Definitions>()

/** The definitions of a schema, by their names. */
export function definitionsOf({ definitions }: Schema): Definitions {
  let parsed = cache.get(definitions)
  if (!parsed) {
    parsed = new Map([...definitions].map(([name, definition]) => [name, { definition, root: parseBody(definition) }]))
    cache.set(definitions, parsed)
  }
  return parsed
}

function parseBody(definition: Definition): Syntax | CelError {
  try {
    return parseCel(definition.body.source, definition).root
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return new CelError(error.message, { start: error.start, end: error.end, definition })
  }
}
