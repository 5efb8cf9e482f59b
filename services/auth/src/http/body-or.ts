import type { ApiRequest } from '@koyalite/kernel'

/** The body, or something else where none was sent. */
export async function bodyOr(request: ApiRequest, fallback: unknown): Promise<unknown> {
  return hasBody(request) ? request.json() : fallback
}

export function hasBody(request: ApiRequest): boolean {
  const length = request.headers.get('content-length')
  return length === null
    ? request.headers.has('transfer-encoding') || request.headers.has('content-type')
    : length !== '0'
}
