import { AppError, type ErrorDetail, MAX_DETAILS } from '@koyalite/contracts'
import { normalizeEmail } from '@koyalite/schema'
import { z } from 'zod'

/** Checks a body; throws VALIDATION_ERROR with everything that is wrong at once. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.flatMap((issue): ErrorDetail[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, MAX_DETAILS + 1).map((key) => {
        const field = [...issue.path, key].join('.')
        return { field, code: 'unknown', message: `${field} is not known here` }
      })
    }
    const field = issue.path.join('.')
    const missing = issue.code === 'invalid_type' && issue.input === undefined && field !== ''
    return [
      missing
        ? { field, code: 'required', message: `${field} is required` }
        : { field, code: issue.code, message: `${field || 'the body'}: ${issue.message}` },
    ]
  })
  throw new AppError('VALIDATION_ERROR', details[0]?.message ?? 'The input is not valid.', { details })
}

/** An address as it is stored. Whether it is one is checked where it would be stored. */
export const emailInput = z.string().max(320).transform(normalizeEmail)

/** Something secret that somebody was given. */
export const secretInput = z.string().min(1).max(1000)
