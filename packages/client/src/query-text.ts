/** Of a list each value, with commas between them; undefined and an empty list are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** `?limit=10`, or nothing. Written by hand, because the URLSearchParams of React Native can do little. */
export function queryText(parameters: Parameters): string {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
