import { type Actor, openObject } from '@koyalite/contracts'
import { z } from 'zod'

const json = openObject({}).nullable()

/** A user who need not exist: what rules see of one. */
export const typedUser = z
  .strictObject({
    id: z.string().max(100).default('00000000-0000-7000-8000-000000000000'),
    email: z.string().max(400).default('somebody@example.com'),
    role: z.string().max(100).default('user'),
    verified: z.boolean().default(true),
    claims: json.default(null),
    metadata: json.default(null),
  })
  .describe('A user who need not exist.')

export type TypedUser = z.output<typeof typedUser>

export function typedActor(user: TypedUser): Actor {
  return { kind: 'user', ...user, sessionId: '' }
}
