import { BlobEditor } from './editors/blob-editor'
import { ChoiceEditor } from './editors/choice-editor'
import type { EditorProps } from './editors/editor-props'
import { typed } from './editors/editor-props'
import { JsonEditor } from './editors/json-editor'
import { LongTextEditor } from './editors/long-text-editor'
import { isReference, ReferenceEditor } from './editors/reference-editor'
import { TextEditor } from './editors/text-editor'
import { TimeEditor } from './editors/time-editor'

/** The editor of a field's type. Its label, marks and messages are around it: `FieldRow`. */
export function FieldEditor(props: EditorProps) {
  const { field } = props
  if (isReference(field)) return <ReferenceEditor {...props} field={field} />
  if (field.enum !== null || field.type === 'bool') return <ChoiceEditor {...props} />
  switch (field.type) {
    case 'text':
      return <LongTextEditor {...props} />
    case 'json':
      return <JsonEditor {...props} />
    case 'date':
    case 'timestamp':
      return <TimeEditor {...props} />
    case 'blob':
      return <BlobEditor {...props} />
    case 'string':
      return typed(props).includes('\n') ? <LongTextEditor {...props} /> : <TextEditor {...props} />
    case 'uuid':
    case 'int':
    case 'float':
      return <TextEditor {...props} />
  }
}
