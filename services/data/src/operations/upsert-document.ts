import { type Caller, type DataContext, modelNamed } from '../data-context'
import type { JsonObject } from '../document-input'
import type { NewDocument } from '../store/write-document'
import { newDocument } from './create-document'
import { replaceDocument } from './replace-document'
import type { WriteStep } from './write-step'

/** Replaces the document that has the key in the data, or creates it; creates one where there is no key (or what can be none: that is refused there). */
export function upsertDocument(
  context: DataContext,
  caller: Caller,
  name: string,
  data: JsonObject,
): NewDocument | WriteStep {
  const key = data[modelNamed(context, name).collection.primaryKey.name]
  if (typeof key !== 'string' && typeof key !== 'number') return newDocument(context, caller, name, data)
  return replaceDocument(context, caller, { collection: name, id: String(key), data, ifMatch: null })
}
