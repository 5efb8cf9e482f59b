import type { StoredDocument } from '../../fields/documents'
import type { JsonObject } from '../../fields/exact-json'
import type { FieldInput } from '../../fields/field-input'
import { type Changes, type Conflict, conflictsOf, type FieldProblem } from './document-changes'

/**
 * What a form of a document knows. `base` is the document that the changes are made to; it moves on with the server only where nobody's typing is concerned:
 * at once while nothing is changed, else when saving shows that somebody else was faster.
 */
export interface FormState {
  /** Null for a new document. */
  readonly base: StoredDocument | null
  readonly changes: Changes
  /** To be decided before it can be saved. */
  readonly conflicts: readonly Conflict[]
  /** What the server said of fields. It stands until the field is changed. */
  readonly refused: Readonly<Record<string, FieldProblem>>
  readonly progress: 'idle' | 'saving'
  /** What the server said of the whole. */
  readonly error: Error | null
}

export type FormEvent =
  | { readonly kind: 'typed'; readonly field: string; readonly input: FieldInput }
  | { readonly kind: 'reverted'; readonly fields: readonly string[] }
  | { readonly kind: 'resumed'; readonly changes: Changes; readonly base: StoredDocument | null }
  /** The server's document was read again. */
  | { readonly kind: 'read'; readonly document: StoredDocument }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved'; readonly document: StoredDocument | null }
  /** A write met another one: its values, and what is stored now. */
  | { readonly kind: 'met'; readonly values: JsonObject; readonly theirs: StoredDocument }
  | { readonly kind: 'failed'; readonly error: Error; readonly refused: Readonly<Record<string, FieldProblem>> }
  /** One side of a conflict was chosen; null: theirs. */
  | { readonly kind: 'decided'; readonly field: string; readonly input: FieldInput | null }

export function initialForm(base: StoredDocument | null, changes: Changes = {}): FormState {
  return { base, changes, conflicts: [], refused: {}, progress: 'idle', error: null }
}

export function formAfter(state: FormState, event: FormEvent): FormState {
  switch (event.kind) {
    case 'typed':
      return {
        ...state,
        changes: { ...state.changes, [event.field]: event.input },
        refused: without(state.refused, [event.field]),
      }
    case 'reverted':
      return {
        ...state,
        changes: without(state.changes, event.fields),
        refused: without(state.refused, event.fields),
        conflicts: state.conflicts.filter(({ field }) => !event.fields.includes(field)),
        error: null,
      }
    case 'resumed':
      return { ...initialForm(event.base ?? state.base), changes: event.changes }
    case 'read':
      return isUntouched(state) ? { ...state, base: event.document } : state
    case 'saving':
      return { ...state, progress: 'saving', error: null, refused: {} }
    case 'saved':
      return initialForm(event.document)
    case 'met':
      return {
        ...state,
        base: event.theirs,
        conflicts: conflictsOf(event.values, state.base?.values ?? {}, event.theirs.values),
        progress: 'idle',
      }
    case 'failed':
      return { ...state, progress: 'idle', error: event.error, refused: event.refused }
    case 'decided': {
      const { field, input } = event
      return {
        ...state,
        changes: input === null ? without(state.changes, [field]) : { ...state.changes, [field]: input },
        conflicts: state.conflicts.filter((conflict) => conflict.field !== field),
      }
    }
  }
}

function isUntouched({ changes, progress }: FormState): boolean {
  return Object.keys(changes).length === 0 && progress === 'idle'
}

function without<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
}
