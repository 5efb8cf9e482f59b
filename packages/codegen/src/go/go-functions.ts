import type { JsonValue } from '@koyalite/contracts'
import { goTypeName, type Scope, scope } from '@koyalite/schema/go-names'
import { type ClientFunction, functionTypeName } from '../client-function'
import { isObject } from '../json-schema'
import type { GoFunction, GoModel } from './go-model'
import { jsonType, type Structs } from './json-types'

/** What `Functions` has besides methods for functions. */
const MEMBERS = ['Call']

/** @param names of types that are taken */
export function goFunctions(
  functions: readonly ClientFunction[],
  names: Scope,
): Pick<GoModel, 'functions' | 'functionStructs'> {
  const members = scope(MEMBERS)
  const declarations: string[] = []
  const goTypes = ({ name, input, output }: ClientFunction): GoFunction => {
    const type = goTypeName(functionTypeName(name))
    const structs = (of: Structs['of'], about: string): Structs => ({ names, declarations, of, about })
    const given = structs('input', `is what the function ${name} is called with, or a part of that.`)
    const returned = structs('output', `is what the function ${name} returns, or a part of that.`)
    return {
      name,
      member: members.take(members.isTaken(type) ? `${type}Function` : type),
      input: input === null ? 'any' : takesNothing(input) ? null : jsonType(input, `${type}Input`, given),
      output: output === null ? 'json.RawMessage' : jsonType(output, `${type}Output`, returned),
    }
  }
  return { functions: functions.map(goTypes), functionStructs: declarations }
}

function takesNothing(input: JsonValue): boolean {
  if (!isObject(input)) return false
  const { type, properties = {}, additionalProperties, patternProperties } = input
  const isEmpty = isObject(properties) && Object.keys(properties).length === 0
  return type === 'object' && isEmpty && additionalProperties === false && patternProperties === undefined
}
