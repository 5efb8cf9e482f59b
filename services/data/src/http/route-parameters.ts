import { AppError } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import type { DocumentName } from '../operations/target-document'

export function collectionName(request: ApiRequest): string {
  return parameter(request, 'collection')
}

/**
 * The document that the path names. `~<key>` is always the document with that key: for keys that are a word of the API
 * (`/:c/live`), and for those that begin with `~`.
 */
export function documentName(request: ApiRequest): DocumentName {
  const id = parameter(request, 'id')
  return { collection: parameter(request, 'collection'), id: id.startsWith('~') ? id.slice(1) : id }
}

function parameter(request: ApiRequest, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new AppError('INTERNAL', `Route without parameter '${name}'`)
  return value
}
