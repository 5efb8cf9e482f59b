import { normalizeEmail } from '@koyalite/schema'
import { z } from 'zod'

/** An address as it is stored. Whether it is one is checked where it would be stored. */
export const emailInput = z.string().max(320).transform(normalizeEmail)

/** Something secret that somebody was given. */
export const secretInput = z.string().min(1).max(1000)
