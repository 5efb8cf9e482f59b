import { z } from 'zod'
import type { RequestFaults } from './request-faults'

/** Checks the parameters of a query by what a route declares. A parameter of which there may be several is declared as an array. */
export function createQueryParser<Q extends z.ZodObject>(
  type: Q,
): (query: URLSearchParams, faults: RequestFaults) => z.output<Q> | undefined {
  const lists = new Set(Object.keys(type.shape).filter((name) => isList(type.shape[name])))
  return (query, faults) => {
    const input: Record<string, string | string[]> = {}
    for (const name of new Set(query.keys())) {
      const values = query.getAll(name)
      if (lists.has(name)) input[name] = values
      else if (values.length === 1) input[name] = values[0] as string
      else faults.add({ field: name, code: 'repeated', message: `${name} can be given only once` })
    }
    return faults.parse(type, input, 'query')
  }
}

/** `true` or `false`, as a query has it. */
export const queryFlag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined })

function isList(type: unknown): boolean {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    return isList(type.unwrap())
  }
  return type instanceof z.ZodArray
}
