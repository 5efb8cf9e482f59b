const MAX_CACHED = 1000
/** Longer ones, which only strangers send, are not cached. */
const MAX_LENGTH = 100

/**
 * The same function, which remembers what it has returned for the last texts: most requests bring an address and a host
 * that were just here.
 */
export function cachedByText<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = of(text)
    if (text.length > MAX_LENGTH) return value
    if (known.size >= MAX_CACHED) known.clear()
    known.set(text, value)
    return value
  }
}
