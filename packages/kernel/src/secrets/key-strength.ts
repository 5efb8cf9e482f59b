const MIN_LENGTH = 10
const MIN_DISTINCT = 5

/** Why a text is not acceptable as a new encryption key; null if it is. */
export function weakKeyProblem(key: string): string | null {
  const isShort = [...key].length < MIN_LENGTH
  if (!isShort && new Set(key).size >= MIN_DISTINCT) return null
  const why = isShort
    ? `is shorter than ${MIN_LENGTH} characters`
    : `has fewer than ${MIN_DISTINCT} distinct characters`
  return `the encryption key ${why}, so it can be guessed; generate one with: openssl rand -base64 32`
}
