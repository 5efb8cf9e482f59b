const SECRET_NAME =
  /pass(word|phrase|wd)|secret|token|api_?key|private_?key|encryption_?key|credential|authorization|cookie|^code$|^hash$/i
const MASK = '••••••'
const MAX_DEPTH = 8
const MAX_TEXT = 4000

/**
 * Values as they may be stored: fields named like secrets are masked. A second line of defence: the code that records an event leaves secrets out
 * in the first place.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return '…'
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isSecret =
        SECRET_NAME.test(name) && inner !== null && typeof inner !== 'boolean' && typeof inner !== 'number'
      return [name, isSecret ? MASK : withoutSecrets(inner, depth + 1)]
    }),
  )
}
