import type { Collection, Field, JsonValue, SchemaEdit } from '@koyalite/schema'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { SelectField } from '../../kit/select-field'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import { CommittedField } from './committed-field'
import { defaultText } from './field-in-words'
import { choiceOf, optionsOfType, typeOptions } from './field-types'
import { FieldValues, mayListValues } from './field-values'

const TEXTS: readonly string[] = ['string', 'text']
const NUMBERS: readonly string[] = ['int', 'float']

/** The options of a field. What is changed is in the draft at once; what is not touched is not written. */
export function FieldForm({ collection, field }: { readonly collection: Collection; readonly field: Field }) {
  const { model, change, reason } = useSchema()
  const navigate = useNavigate({ from: '/schema/$collection' })
  if (model === null) return null
  const at = { collection: collection.name, field: field.name }
  const edit = (...edits: readonly SchemaEdit[]) =>
    change((draft) => ({ ...draft, edits: edits.reduce((known, one) => addEdit(known, one), draft.edits) }))
  const set = (options: Readonly<Record<string, JsonValue>>) => edit({ type: 'set_field', ...at, options })
  const isOff = reason !== null
  const names = [...collection.fields.keys()]
  const index = names.indexOf(field.name)
  const move = (by: -1 | 1) => {
    const before = names[by === -1 ? index - 1 : index + 2]
    edit({ type: 'move_field', ...at, ...(before !== undefined && { before }) })
  }
  const rename = (to: string) => {
    edit({ type: 'rename_field', collection: collection.name, from: field.name, to })
    void navigate({ search: { field: to }, replace: true })
  }
  const isText = TEXTS.includes(field.type) && field.enumName === undefined
  const builtIn = field.position.line === 1 && collection.name === 'users'
  return (
    <div className="flex flex-col gap-4 border-t border-line bg-surface px-3 py-4">
      <div className="grid grid-cols-3 gap-4 max-lg:grid-cols-2 max-sm:grid-cols-1">
        <CommittedField
          label="Name"
          value={field.name}
          isOff={isOff || builtIn}
          check={(name) =>
            nameProblem(
              name,
              names.filter((other) => other !== field.name),
              'field',
            )
          }
          commit={rename}
        />
        <SelectField
          label="Type"
          value={choiceOf(field)}
          disabled={isOff || field.primary || builtIn}
          options={typeOptions(model)}
          onChange={({ target }) => {
            const options = optionsOfType(model, target.value)
            const goes =
              field.validation.enum !== undefined && field.enumName === undefined && !mayListValues(target.value)
            if (options) set({ references: null, onDelete: null, ...(goes && { enum: null }), ...options })
          }}
        />
        {field.references !== undefined && (
          <SelectField
            label={`When the document of ${field.references.collection} is deleted`}
            value={field.references.onDelete}
            disabled={isOff}
            options={[
              { value: 'restrict', text: 'refuse that' },
              { value: 'cascade', text: 'delete this one too' },
              { value: 'set null', text: 'set this field to null' },
            ]}
            onChange={({ target }) =>
              set({
                onDelete: target.value === 'restrict' ? null : target.value,
                ...(target.value === 'set null' && { nullable: true }),
              })
            }
          />
        )}
        {!field.primary && (
          <CommittedField
            label="Default"
            hint={defaultHint(field)}
            value={field.default === undefined ? '' : defaultText(field.default)}
            isOff={isOff}
            commit={(text) => set({ default: text === '' ? null : typedDefault(field, text) })}
          />
        )}
        {isText && (
          <>
            <NumberOption
              label="At least so many characters"
              value={field.validation.minLength}
              isOff={isOff}
              set={(value) => set({ minLength: value })}
            />
            <NumberOption
              label="At most so many characters"
              value={field.validation.maxLength}
              isOff={isOff}
              set={(value) => set({ maxLength: value })}
            />
            <SelectField
              label="Format"
              value={field.validation.format ?? ''}
              disabled={isOff}
              options={[
                { value: '', text: 'any' },
                { value: 'email', text: 'email address' },
                { value: 'url', text: 'url' },
                { value: 'uuid', text: 'uuid' },
              ]}
              onChange={({ target }) => set({ format: target.value === '' ? null : target.value })}
            />
            <CommittedField
              label="Pattern"
              hint="A regular expression that the whole text has to match."
              value={field.validation.pattern ?? ''}
              isOff={isOff}
              isCode
              commit={(text) => set({ pattern: text === '' ? null : text })}
            />
          </>
        )}
        {NUMBERS.includes(field.type) && !field.primary && (
          <>
            <NumberOption
              label="At least"
              value={field.validation.min}
              isOff={isOff}
              set={(value) => set({ min: value })}
            />
            <NumberOption
              label="At most"
              value={field.validation.max}
              isOff={isOff}
              set={(value) => set({ max: value })}
            />
          </>
        )}
        <CommittedField
          label="Description"
          value={field.description ?? ''}
          isOff={isOff}
          commit={(text) => set({ description: text === '' ? null : text })}
        />
      </div>
      {(field.enumName !== undefined || mayListValues(field.type)) && !field.primary && !builtIn && (
        <FieldValues model={model} collection={collection} field={field} />
      )}
      {!field.primary && (
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Flag
            label="May be null"
            isOn={field.nullable}
            isOff={isOff || builtIn}
            set={(value) => set({ nullable: value })}
          />
          <Flag
            label="Unique"
            isOn={field.unique}
            isOff={isOff || builtIn || field.type === 'json'}
            set={(value) => set({ unique: value })}
          />
          <Flag
            label="Index"
            isOn={field.index}
            isOff={isOff || field.type === 'json'}
            set={(value) => set({ index: value })}
          />
          <Flag
            label="Internal: never leaves the server"
            isOn={field.internal}
            isOff={isOff || builtIn}
            set={(value) => set({ internal: value })}
          />
          {field.type === 'timestamp' && (
            <Flag
              label="Set by each update"
              isOn={field.onUpdateNow}
              isOff={isOff || builtIn}
              set={(value) => set({ onUpdate: value === null ? null : 'now' })}
            />
          )}
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button reason={reason ?? (index <= 0 ? 'It is the first.' : null)} onClick={() => move(-1)}>
          Move up
        </Button>
        <Button reason={reason ?? (index >= names.length - 1 ? 'It is the last.' : null)} onClick={() => move(1)}>
          Move down
        </Button>
        {field.enumName !== undefined && (
          <Link to="/schema/types" className="px-2 text-link hover:underline">
            All types
          </Link>
        )}
        <Link to="/schema/yaml" search={{ line: field.position.line }} className="px-2 text-link hover:underline">
          In the YAML
        </Link>
        <span className="flex-1" />
        <Button
          kind="quiet"
          reason={reason ?? (field.primary ? 'A collection needs its key.' : builtIn ? 'It is built in.' : null)}
          onClick={() => {
            edit({ type: 'drop_field', ...at })
            void navigate({ search: {}, replace: true })
          }}
        >
          Drop field
        </Button>
      </div>
    </div>
  )
}

interface FlagProps {
  readonly label: string
  readonly isOn: boolean
  readonly isOff: boolean
  /** Null takes the option out. */
  readonly set: (value: true | null) => void
}

function Flag({ label, isOn, isOff, set }: FlagProps) {
  return (
    <label className="flex items-center gap-2">
      <input
        type="checkbox"
        checked={isOn}
        disabled={isOff}
        onChange={({ target }) => set(target.checked ? true : null)}
      />
      {label}
    </label>
  )
}

interface NumberOptionProps {
  readonly label: string
  readonly value: number | string | undefined
  readonly isOff: boolean
  readonly set: (value: number | null) => void
}

function NumberOption({ label, value, isOff, set }: NumberOptionProps) {
  return (
    <CommittedField
      label={label}
      value={value === undefined ? '' : String(value)}
      isOff={isOff}
      check={(text) => (text === '' || Number.isFinite(Number(text)) ? null : 'Write a number.')}
      commit={(text) => set(text === '' ? null : Number(text))}
    />
  )
}

function defaultHint({ type }: Field): string | undefined {
  if (type === 'timestamp') return 'now, or a moment'
  if (type === 'date') return 'today, or a day'
  if (type === 'uuid') return 'auto makes one; auth.id is the caller'
  return undefined
}

/** The value as schema.yaml has it: numbers and true as such, everything else as text. */
function typedDefault({ type }: Field, text: string): JsonValue {
  if (NUMBERS.includes(type) && Number.isFinite(Number(text))) return Number(text)
  if (type === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  if (type !== 'json') return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}
