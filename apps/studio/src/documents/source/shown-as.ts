import { isObject, type JsonObject } from '../../fields/exact-json'

/** What a preview says of a value that is not shown as it is. */
export interface ShownAs {
  readonly type: string
  /** Size of the whole value; undefined: it is whole. */
  readonly bytes: number | undefined
}

/** Null: the value is exactly what is in the document. */
export function shownAs({ _shown: notes }: JsonObject, field: string): ShownAs | null {
  const note = isObject(notes) ? notes[field] : undefined
  if (!isObject(note) || typeof note.type !== 'string') return null
  return { type: note.type, bytes: typeof note.bytes === 'number' ? note.bytes : undefined }
}
