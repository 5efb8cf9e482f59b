import { CONVERSION_FUNCTIONS } from './function-conversion'
import type { FunctionDefinition } from './function-definition'
import { FORMAT_FUNCTIONS } from './function-format'
import { LIBRARY_FUNCTIONS } from './function-library'
import { TEXT_FUNCTIONS } from './function-text'
import { TIME_FUNCTIONS } from './function-time'

const TABLE = {
  ...TEXT_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...LIBRARY_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...CONVERSION_FUNCTIONS,
}

export type FunctionName = keyof typeof TABLE

/** Every function of the language that is not a macro. */
export const FUNCTIONS: Readonly<Record<FunctionName, FunctionDefinition>> = TABLE

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name)
}
