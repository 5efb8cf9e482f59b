import { SelectField } from '../../kit/select-field'
import { type CellRules, EMPTY_RULES, type EmptyRule } from './cell-value'
import { ENCODINGS, type Encoding, type FileFormat, FORMATS } from './file-text'
import type { FileReading } from './import-file'
import type { ImportMode } from './import-steps'

export interface ReadingFieldsProps {
  readonly reading: FileReading
  readonly rules: CellRules
  readonly mode: ImportMode
  onReading(reading: FileReading): void
  onRules(rules: CellRules): void
  onMode(mode: ImportMode): void
}

const FORMAT_TEXTS: Readonly<Record<FileFormat, string>> = {
  delimited: 'CSV, TSV',
  json: 'JSON',
  ndjson: 'NDJSON',
}
const ENCODING_TEXTS: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows (Western)',
}
const DELIMITER_TEXTS = [
  [',', 'Comma'],
  [';', 'Semicolon'],
  ['\t', 'Tab'],
  ['|', 'Vertical bar'],
] as const
const EMPTY_TEXTS: Readonly<Record<EmptyRule, string>> = {
  null: 'NULL, or the default',
  empty: 'An empty text',
  default: 'Not set',
}

/** How the file is read: recognised, and changeable. */
export function ReadingFields({ reading, rules, mode, onReading, onRules, onMode }: ReadingFieldsProps) {
  const isDelimited = reading.format === 'delimited'
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(180px,1fr))] gap-3">
      <SelectField
        label="Format"
        value={reading.format}
        options={FORMATS.map((value) => ({ value, text: FORMAT_TEXTS[value] }))}
        onChange={({ target }) => onReading({ ...reading, format: target.value as FileFormat })}
      />
      <SelectField
        label="Encoding"
        value={reading.encoding}
        options={ENCODINGS.map((value) => ({ value, text: ENCODING_TEXTS[value] }))}
        onChange={({ target }) => onReading({ ...reading, encoding: target.value as Encoding })}
      />
      {isDelimited && (
        <>
          <SelectField
            label="Delimiter"
            value={reading.delimiter}
            options={DELIMITER_TEXTS.map(([value, text]) => ({ value, text }))}
            onChange={({ target }) => onReading({ ...reading, delimiter: target.value })}
          />
          <SelectField
            label="First row"
            value={reading.hasHeader ? 'header' : 'data'}
            options={[
              { value: 'header', text: 'Names of columns' },
              { value: 'data', text: 'A row like the others' },
            ]}
            onChange={({ target }) => onReading({ ...reading, hasHeader: target.value === 'header' })}
          />
          <SelectField
            label="Empty cells are"
            value={rules.empty}
            options={EMPTY_RULES.map((value) => ({ value, text: EMPTY_TEXTS[value] }))}
            onChange={({ target }) => onRules({ ...rules, empty: target.value as EmptyRule })}
          />
          <SelectField
            label="Escaped formulas"
            value={rules.unescapesFormulas ? 'unescape' : 'keep'}
            options={[
              { value: 'keep', text: "Keep: '=1 stays '=1" },
              { value: 'unescape', text: "Unescape: '=1 is =1" },
            ]}
            onChange={({ target }) => onRules({ ...rules, unescapesFormulas: target.value === 'unescape' })}
          />
        </>
      )}
      <SelectField
        label="A key that exists"
        value={mode}
        options={[
          { value: 'insert', text: 'Refuse the row' },
          { value: 'upsert', text: 'Replace the document' },
        ]}
        onChange={({ target }) => onMode(target.value as ImportMode)}
      />
    </div>
  )
}
