/** As whom something is asked: `operator` (rules do not apply), `anonymous`, or `user:<id>`. The header `Koyalite-As` takes the same. */
export type Actor = 'operator' | 'anonymous' | `user:${string}`

/** Reads `as` of an address: what is nobody is undefined, and so is the operator, who is not written down. */
export function actorFrom(value: unknown): Exclude<Actor, 'operator'> | undefined {
  if (value === 'anonymous') return value
  return typeof value === 'string' && isUser(value) ? value : undefined
}

/** The id of the user; null for everyone else. */
export function userIdOf(actor: string): string | null {
  return isUser(actor) ? actor.slice('user:'.length) : null
}

function isUser(value: string): value is `user:${string}` {
  return value.startsWith('user:') && value.length > 'user:'.length
}
