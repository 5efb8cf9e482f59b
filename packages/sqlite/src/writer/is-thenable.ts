/** The type of a write function refuses a Promise; this refuses the one that a cast or plain JavaScript let through. */
export function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
