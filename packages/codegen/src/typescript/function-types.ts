import type { JsonValue } from '@koyalite/contracts'
import { type ClientFunction, functionTypeName } from '../client-function'
import { jsonTypes, type NamedTypes } from './json-types'
import { fits, propertyName, typed } from './source-text'

export interface FunctionSignature {
  readonly name: string
  /** Types. */
  readonly input: string
  readonly output: string
  /** Where `Date`s are in its output; none where it has none. */
  readonly timestamps: readonly string[]
}

/**
 * What functions take and return: `PublishInput`, `PublishOutput`, in the order of their names.
 * @param timestamps whether texts with a time are `Date`s
 */
export function functionSignatures(
  functions: readonly ClientFunction[],
  { types, timestamps }: { readonly types: NamedTypes; readonly timestamps: boolean },
): readonly FunctionSignature[] {
  const typeOf = (schema: JsonValue | null, name: string) => {
    const found: string[] = []
    const noted = timestamps ? (path: string) => void found.push(path) : null
    const members = schema === null ? ['unknown'] : jsonTypes(schema, name, types, noted)
    const [only = ''] = members
    // An object has taken the name already.
    const type = members.length === 1 && fits(only) ? only : types.union(name, members)
    return { type, found }
  }
  return functions
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, input, output }) => {
      const type = functionTypeName(name)
      const given = typeOf(input, `${type}Input`)
      const returned = typeOf(output, `${type}Output`)
      return { name, input: given.type, output: returned.type, timestamps: returned.found }
    })
}

/** The members of an interface: `publish: { input: PublishInput; output: PublishOutput };`. */
export function signatureMembers(signatures: readonly FunctionSignature[], indent: string): string {
  return signatures
    .map(({ name, input, output }) => {
      const start = `${indent}${propertyName(name)}: {`
      const line = `${start} input: ${input}; output: ${output} };`
      if (fits(line)) return `${line}\n`
      const inner = `${indent}\t`
      const parts = [typed(`${inner}input:`, [input], inner), typed(`${inner}output:`, [output], inner)]
      return `${start}\n${parts.join('')}${indent}};\n`
    })
    .join('')
}
