import { AppError } from '@koyalite/contracts'

/** The parts of a request's URL, cut out without parsing it: parsing costs more than the rest of the pipeline. */
export interface RequestTarget {
  /** Host and port as the client named them; empty where it named none. */
  readonly authority: string
  readonly path: string
  /** Without its `?`; null if there is none. */
  readonly query: string | null
}

/** Splits a URL that the server has already normalised (dots resolved, no fragment). */
export function requestTarget(url: string): RequestTarget {
  // A request without a usable Host header has a path only.
  const scheme = url.charCodeAt(0) === 47 ? -1 : url.indexOf('://')
  const start = scheme === -1 ? 0 : url.indexOf('/', scheme + 3)
  const question = url.indexOf('?', start)
  return {
    authority: scheme === -1 ? '' : url.slice(scheme + 3, start),
    path: question === -1 ? url.slice(start) : url.slice(start, question),
    query: question === -1 ? null : url.slice(question + 1),
  }
}

/** Decodes one segment of a path; an encoded slash becomes part of the value. @throws AppError INVALID_REQUEST */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', 'the path has a malformed percent escape', { cause })
  }
}

/** Bytes beyond ASCII. */
const ESCAPED_BYTE = /%[89A-Fa-f][0-9A-Fa-f]/
const LONE_PERCENT = /%(?![0-9A-Fa-f]{2})/g

/**
 * The parameters of a query. As in every form a lone percent sign stands for itself, but bytes that are not UTF-8 are refused: URLSearchParams would replace
 * them, and something else would be looked for than was sent. @throws AppError INVALID_REQUEST
 */
export function parseQuery(query: string): URLSearchParams {
  if (ESCAPED_BYTE.test(query)) {
    try {
      decodeURIComponent(query.replace(LONE_PERCENT, '%25'))
    } catch (cause) {
      throw new AppError('INVALID_REQUEST', 'the query string is not valid UTF-8', { cause })
    }
  }
  return new URLSearchParams(query)
}
