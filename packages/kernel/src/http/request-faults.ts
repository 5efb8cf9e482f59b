import { AppError, type ErrorDetail, MAX_DETAILS } from '@koyalite/contracts'
import type { z } from 'zod'

/** What is wrong with a request, of its query and its body together. */
export class RequestFaults {
  readonly #details: ErrorDetail[] = []
  #inBody = false

  /** Checks a value; undefined where it is not valid. */
  parse<T extends z.ZodType>(type: T, input: unknown, place: 'query' | 'body'): z.output<T> | undefined {
    const parsed = type.safeParse(input)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) this.#details.push(...detailsOf(issue, input))
    this.#inBody ||= place === 'body'
    return undefined
  }

  get areNone(): boolean {
    return this.#details.length === 0
  }

  add(detail: ErrorDetail): void {
    this.#details.push(detail)
  }

  /** Throws VALIDATION_ERROR with all faults at once; INVALID_REQUEST where only the query has any, as for lists of documents. */
  throwIfAny(): void {
    const [first] = this.#details
    if (first === undefined) return
    throw new AppError(this.#inBody ? 'VALIDATION_ERROR' : 'INVALID_REQUEST', first.message, { details: this.#details })
  }
}

function detailsOf(issue: z.core.$ZodIssue, input: unknown): readonly ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_DETAILS + 1).map((key) => {
      const field = [...issue.path, key].join('.')
      return { field, code: 'unknown', message: `unknown field ${field}` }
    })
  }
  const field = issue.path.join('.')
  if (field !== '' && valueAt(input, issue.path) === undefined) {
    return [{ field, code: 'required', message: `${field} is required` }]
  }
  return [{ field, code: issue.code, message: `${field || 'the body'}: ${issue.message}` }]
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
