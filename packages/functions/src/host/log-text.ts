import { format } from 'node:util'

/** The beginning of a text, within a number of bytes of UTF-8. */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text.length > maxBytes ? text.slice(0, maxBytes) : text)
  if (bytes.length <= maxBytes) return text.slice(0, maxBytes)
  let end = maxBytes
  // Not in the middle of a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString()
}

/** What `console.log` would print of its arguments. */
export function printed(values: readonly unknown[]): string {
  const [first] = values
  // Formatting takes fifty times as long as joining.
  if (values.every(isPlain) && !(typeof first === 'string' && first.includes('%'))) return values.join(' ')
  try {
    return format(...values)
  } catch (error) {
    return `[not printable: ${error}]`
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** JSON of any fields: what JSON does not have is written as text, and what is inside of itself is left out. */
export function jsonText(fields: Readonly<Record<string, unknown>>): string {
  const path: { readonly value: unknown; readonly shown: unknown }[] = []
  try {
    return JSON.stringify(fields, function (this: unknown, _name, value: unknown) {
      while (path.length > 0 && path.at(-1)?.shown !== this) path.pop()
      if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value)
      if (typeof value !== 'object' || value === null) return value
      if (path.some((outer) => outer.value === value)) return '[circular]'
      const shown = value instanceof Error ? errorFields(value) : value
      path.push({ value, shown })
      return shown
    })
  } catch (error) {
    return JSON.stringify({ not_json: String(error) })
  }
}

function errorFields(error: Error): object {
  const { name, message, stack, cause } = error
  return { ...error, name, message, stack, ...(cause !== undefined && { cause }) }
}
