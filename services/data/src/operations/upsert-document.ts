import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import type { JsonObject } from '../document-input'
import type { NewDocument } from '../store/insert-documents'
import { newDocument } from './create-document'
import { type PreparedReplacement, prepareReplacement } from './replace-document'

/**
 * Replaces the document with the key that is in the data, or creates it. Without a key it creates one, which also
 * refuses what cannot be a key.
 */
export function upsertDocument(
  context: DataContext,
  caller: Caller,
  { collection, data }: { readonly collection: string; readonly data: JsonObject },
): NewDocument | PreparedReplacement {
  const key = data[modelNamed(context, caller, collection).collection.primaryKey.name]
  if (typeof key !== 'string' && typeof key !== 'number') return newDocument(context, caller, { collection, data })
  return prepareReplacement(context, caller, { collection, id: String(key), data })
}
