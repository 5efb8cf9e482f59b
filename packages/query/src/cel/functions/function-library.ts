import { DYN_TYPE, scalarType } from '../check/cel-type'
import { type CelKind, type CelValue, compareValues, FAILED, isList, numberOf, type Result } from '../memory/cel-value'
import { canAllocate, spendOn } from '../memory/cel-work'
import type { FunctionDefinition, Overload } from './function-definition'

/** As many as a call may have. */
const MAX_ARGUMENTS = 16

/** Functions of CEL's math and encoders extensions. */
export const LIBRARY_FUNCTIONS = {
  'math.greatest': extreme((order) => order > 0),
  'math.least': extreme((order) => order < 0),
  'base64.encode': {
    call: 'global',
    overloads: [{ params: ['bytes'], result: scalarType('string') }],
    evaluate: ([bytes]) =>
      bytes instanceof Uint8Array && canAllocate(Math.ceil(bytes.length / 3) * 4, 'copied') ? bytes.toBase64() : FAILED,
  },
  'base64.decode': {
    call: 'global',
    overloads: [{ params: ['string'], result: scalarType('bytes') }],
    evaluate: ([text]) => (typeof text === 'string' ? decodeBase64(text) : FAILED),
  },
} as const satisfies Record<string, FunctionDefinition>

/** The first of the numbers before which no other comes; of a list, or of the arguments. */
function extreme(isBefore: (order: number) => boolean): FunctionDefinition {
  const overloads: readonly Overload[] = Array.from({ length: MAX_ARGUMENTS }, (_, index) => ({
    params: Array.from({ length: index + 1 }, (): CelKind | 'any' => 'any'),
    result: DYN_TYPE,
  }))
  return {
    call: 'global',
    overloads,
    evaluate(args: readonly CelValue[]): Result {
      const [only] = args
      const values = args.length === 1 && only !== undefined && isList(only) ? only : args
      spendOn(values.length, 'called')
      if (values.length === 0 || values.some((value) => numberOf(value) === null)) return FAILED
      return values.reduce((best, value) => (isBefore(compareValues(value, best) ?? 0) ? value : best))
    },
  }
}

function decodeBase64(text: string): Result {
  spendOn(text.length, 'called')
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return FAILED
  }
}
