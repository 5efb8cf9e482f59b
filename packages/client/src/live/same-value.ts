/** Whether two values of documents are equal: JSON, Dates and bytes. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime())
  if (Array.isArray(a) || a instanceof Uint8Array) return sameElements(a, b)
  if (Array.isArray(b) || b instanceof Uint8Array || b instanceof Date) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key as never], b[key as never]))
  )
}

function sameElements(a: ArrayLike<unknown>, b: object): boolean {
  if (!(Array.isArray(b) || b instanceof Uint8Array) || Array.isArray(a) !== Array.isArray(b)) return false
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (!sameValue(a[at], b[at])) return false
  return true
}
