import { AppError } from '@koyalite/contracts'

/** The token of an Authorization header. Throws UNAUTHENTICATED where it has another form. */
export function bearerToken(authorization: string): string {
  // As nearly everybody sends it: splitting a long token costs half of looking it up.
  if (/^Bearer [^ ]/.test(authorization) && !authorization.includes(' ', 7)) return authorization.slice(7)
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  return token
}
