import { compactVerify, decodeProtectedHeader, errors, type JWTVerifyGetKey } from 'jose'

/** What an ID token may be signed with; those with a shared secret are checked with the application's. */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const SYMMETRIC = ['HS256', 'HS384', 'HS512']

/**
 * Checks who signed an ID token. Its claims are checked where it is taken.
 * @param keys of the provider; null where it
 * publishes none
 */
export async function verifyIdToken(
  token: string,
  keys: JWTVerifyGetKey | null,
  clientSecret: string | null,
): Promise<void> {
  const { alg = 'none' } = decodeProtectedHeader(token)
  if (SYMMETRIC.includes(alg)) {
    if (clientSecret === null)
      throw new Error(`the ID token is signed with ${alg}, and there is no secret to verify it`)
    await compactVerify(token, new TextEncoder().encode(clientSecret), { algorithms: SYMMETRIC })
    return
  }
  if (keys === null) throw new Error('the provider publishes no keys (jwks_uri)')
  try {
    await compactVerify(token, keys, { algorithms: ASYMMETRIC })
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    await verifyWithAny(token, error)
  }
}

/** The token does not say by which of the keys it is signed. */
async function verifyWithAny(token: string, candidates: AsyncIterable<CryptoKey>): Promise<void> {
  for await (const key of candidates) {
    try {
      await compactVerify(token, key, { algorithms: ASYMMETRIC })
      return
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}
