/**
 * Whether a client wants no body in the response to a write: `Prefer: return=minimal` (RFC 7240; of several `return`,
 * the first counts).
 */
export function prefersMinimal(headers: Headers): boolean {
  const prefer = headers.get('prefer')
  if (prefer === null) return false
  const [wanted] = prefer.split(',').flatMap((preference) => RETURN.exec(preference)?.[1] ?? [])
  return wanted?.toLowerCase() === 'minimal'
}

const RETURN = /^\s*return\s*=\s*"?(\w+)"?\s*(?:;|$)/i
