import type { Definition, Schema, SchemaProblem } from '@koyalite/schema'
import { definitionScope } from '../cel/check/cel-scope'
import { checkDefinition } from '../cel/check/check-cel'
import { MACRO_NAMES } from '../cel/check/check-macro'
import { definitionsOf } from '../cel/check/definitions'
import { TYPE_NAMES } from '../cel/functions/function-conversion'
import { isFunctionName } from '../cel/functions/function-table'
import { CelError } from '../cel/syntax/cel-error'
import { isReservedWord } from '../cel/syntax/cel-token'
import type { RuleProblem } from './rule-problems'

/** What is wrong with definitions by themselves: also with those that no rule calls. */
export function definitionProblems(schema: Schema): readonly RuleProblem[] {
  const scope = definitionScope(schema, { nodes: 0 })
  return [...definitionsOf(schema).values()].flatMap((parsed) => {
    try {
      checkDefinition(parsed, scope)
      return []
    } catch (error) {
      if (!(error instanceof CelError)) throw error
      const { message, calls } = error
      return [{ expression: parsed.definition.body, message, range: error, calls }]
    }
  })
}

/** Definitions and parameters whose names have a meaning in expressions already. */
export function definitionNameProblems(schema: Schema, file: string): readonly SchemaProblem[] {
  return [...schema.definitions.values()].flatMap((definition) => {
    const message = nameProblem(definition, schema)
    return message === null ? [] : [{ file, ...definition.position, message }]
  })
}

const ROOTS: ReadonlySet<string> = new Set(['auth', 'request', 'doc', 'old'])
/** A reader of the body would take such a parameter for the caller or the request. */
const RESERVED_PARAMETERS: ReadonlySet<string> = new Set(['auth', 'request'])

function nameProblem({ name, parameters }: Definition, schema: Schema): string | null {
  const meaning = meaningOf(name, schema)
  if (meaning !== null) return `a definition cannot be named '${name}': that is ${meaning}`
  const parameter = parameters.find((one) => isReservedWord(one) || RESERVED_PARAMETERS.has(one))
  return parameter === undefined ? null : `a parameter cannot be named '${parameter}': that has a meaning in every rule`
}

function meaningOf(name: string, schema: Schema): string | null {
  if (isReservedWord(name)) return 'a reserved word'
  if (schema.collections.has(name)) return 'a collection'
  if (ROOTS.has(name)) return 'a name that rules begin with'
  if (MACRO_NAMES.includes(name) || name === 'has') return 'a macro'
  if (isFunctionName(name) || name === 'can') return 'a function'
  return TYPE_NAMES.some((type) => type === name) ? 'a type' : null
}
