import { AppError } from '@koyalite/contracts'

/** The token of an Authorization header. Throws UNAUTHENTICATED where it has another form. */
export function bearerToken(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new AppError('UNAUTHENTICATED', "Send 'Authorization: Bearer <token>'.")
  }
  return token
}
