/** Shorter values are words, not secrets: masking them would make every log unreadable. */
const MIN_LENGTH = 8
const MASK = '***'

/**
 * Replaces the values of an environment in what is kept of calls: as they are, as JSON, base64 and in URLs. A value that is split over lines, or changed
 * before it is written, is not found.
 */
export function maskOf(values: readonly string[]): (text: string) => string {
  const forms = values
    .filter((value) => value.length >= MIN_LENGTH)
    .flatMap((value) => [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
      Buffer.from(value).toString('base64url'),
    ])
  // The longest first: one may be a part of another.
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return (text) => unique.reduce((masked, form) => masked.replaceAll(form, MASK), text)
}
