/** A response about accounts as the client gives it: its names as they are elsewhere in TypeScript, its times as Dates. */
export function camelCased<T>(value: unknown): T {
  return converted(value) as T
}

function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      typeof one === 'string' && /_(at|until)$/.test(name) ? new Date(one) : converted(one),
    ]),
  )
}
