import { isLocaleTag, openObject } from '@koyalite/contracts'
import { normalizeEmail } from '@koyalite/schema'
import { z } from 'zod'

/** An address as it is stored. Whether it is one is checked where it would be stored. */
export const emailInput = z.string().max(320).transform(normalizeEmail)

/** Language of an email that is asked for. */
export const localeInput = z
  .string()
  .refine(isLocaleTag, { error: 'must be a language tag like fr or fr-CA' })
  .optional()
  .describe('Language of the email, like fr-CA; by default metadata.locale of the user, else email.locale.')

/** A secret that was given to somebody. */
export const secretInput = z.string().min(1).max(1000)

/** Fields of `users`, which the collection checks: what is wrong with any of them is reported together. */
export const userFieldsInput = openObject({})

/** A field that is checked together with those of `users`: a text, required or not as the whole says. */
export const documentText = z.unknown().optional().meta({ type: 'string' })

/** Which page of a list: entries after `cursor`, at most `limit`. */
export interface PageQuery {
  readonly limit: number
  readonly cursor?: string | undefined
}
