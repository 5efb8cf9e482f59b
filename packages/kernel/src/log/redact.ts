const SECRET_NAME =
  /^(?:.*_)?(?:authorization|cookie|set-cookie|password|passwd|secret|token|api_?key|encryption_key|private_key|key)$/i
const MASK = '••••••'
const MAX_DEPTH = 6

/**
 * Masks what is secret by its name, at any depth: a log line is made from whatever was at hand, and logs are kept, copied and
 * shipped to others.
 */
export function redact(fields: object): Record<string, unknown> {
  return copy(fields, 0, new Set()) as Record<string, unknown>
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > MAX_DEPTH || above.has(value)) return '…'
  above.add(value)
  const result = Array.isArray(value)
    ? value.map((item) => copy(item, depth + 1, above))
    : value instanceof Error
      ? copyError(value, depth, above)
      : copyObject(value, depth, above)
  above.delete(value)
  return result
}

function copyObject(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && inner !== null && inner !== undefined ? MASK : copy(inner, depth + 1, above),
    ]),
  )
}

function copyError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...copyObject(error, depth, above),
    ...(error.cause === undefined ? {} : { cause: copy(error.cause, depth + 1, above) }),
  }
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))
}
