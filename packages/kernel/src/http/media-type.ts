import { AppError } from '@koyalite/contracts'

// application/json and its relatives (application/merge-patch+json), with nothing but a charset of UTF-8.
const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?\s*)?)?$/i

/**
 * Refuses a body that does not say it is JSON. Saying so is required, not guessed: a page of another origin can send the
 * guessable types without a preflight.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE
 */
export function requireJson(headers: Headers): void {
  const type = headers.get('content-type')
  if (type !== 'application/json' && (type === null || !JSON_TYPE.test(type))) {
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      type === null
        ? "the body needs the header 'Content-Type: application/json'"
        : `a body of type '${type.slice(0, 100)}' is not supported; send JSON with 'Content-Type: application/json'`,
    )
  }
  const encoding = headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'compressed bodies are not supported; send the body without Content-Encoding',
    )
  }
}
