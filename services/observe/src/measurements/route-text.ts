/** `GET /api/collections/posts`. A collection that does not exist is a word of the caller, and left out. */
export function routeText({
  route,
  collection,
  code,
}: {
  readonly route: string
  readonly collection: string | null
  readonly code: string | null
}): string {
  return collection === null || code === 'COLLECTION_NOT_FOUND' ? route : route.replace(':collection', collection)
}
