import type { Report } from '@koyalite/yaml'
import { validationProblem } from './field-validation'
import type { Collection, Field, FieldType, Position } from './model'
import { checkField, type FieldDraft } from './parse-field'

/** The collection that is always there. */
export const USERS = 'users'

/** The field of `users` that the first versions did not have: projects may have one of their own under this name. */
export const CLAIMS = 'claims'

export function isUsers(collection: Pick<Collection, 'name'>): boolean {
  return collection.name === USERS
}

const START: Position = { line: 1, column: 1 }

const PLAIN = {
  primary: false,
  unique: false,
  index: false,
  nullable: false,
  internal: false,
  onUpdateNow: false,
  validation: {},
  position: START,
}

/** Rights are nobody's business but their owner's. */
const OWNER_ONLY = { source: 'auth.id == doc.id', position: START }

/** Never true: for fields that only the server, operators and service keys write. */
const SERVER_ONLY = { source: 'false', position: START }

/** The fields that `users` has whatever the file says. The key is never chosen by clients; an email is normalised before it is stored (normalizeEmail). */
export const USERS_FIELDS: readonly Field[] = [
  { ...PLAIN, name: 'id', column: 'id', type: 'uuid', primary: true, default: { kind: 'auto' } },
  {
    ...PLAIN,
    name: 'email',
    column: 'email',
    type: 'string',
    unique: true,
    validation: { format: 'email', maxLength: 254 },
  },
  {
    ...PLAIN,
    name: 'role',
    column: 'role',
    type: 'string',
    default: { kind: 'literal', value: 'user' },
    write: SERVER_ONLY,
  },
  {
    ...PLAIN,
    name: 'verified',
    column: 'verified',
    type: 'bool',
    default: { kind: 'literal', value: false },
    write: SERVER_ONLY,
  },
  { ...PLAIN, name: 'metadata', column: 'metadata', type: 'json', nullable: true },
  // For rules to grant rights by: `metadata` is the user's own.
  {
    ...PLAIN,
    name: 'claims',
    column: 'claims',
    type: 'json',
    nullable: true,
    read: OWNER_ONLY,
    write: SERVER_ONLY,
  },
  // How old an account is, is for rules to rely on.
  {
    ...PLAIN,
    name: 'created_at',
    column: 'created_at',
    type: 'timestamp',
    default: { kind: 'now' },
    write: SERVER_ONLY,
  },
  {
    ...PLAIN,
    name: 'updated_at',
    column: 'updated_at',
    type: 'timestamp',
    default: { kind: 'now' },
    onUpdateNow: true,
    write: SERVER_ONLY,
  },
]

/** A built-in field's type, and the types that a file may restate it with. */
const COMPATIBLE: Readonly<Record<string, readonly FieldType[]>> = {
  email: ['string', 'text'],
  role: ['string', 'text'],
}

/** The fields of `users`: those of the file, in its order, plus the built-in ones. */
export function withBuiltInFields(drafts: readonly FieldDraft[], report: Report): readonly FieldDraft[] {
  const stated = new Set(drafts.map((draft) => draft.field.name))
  const missing = USERS_FIELDS.filter((field) => !stated.has(field.name)).map(
    (field): FieldDraft => ({ field, broken: false, stated: new Map() }),
  )
  const merged = drafts.map((draft) => {
    const builtIn = USERS_FIELDS.find((field) => field.name === draft.field.name)
    if (builtIn) return mergeField(builtIn, draft, report)
    refuseCallerDefault(draft, report)
    return draft
  })
  const first = missing.filter(({ field }) => field.name === 'id' || field.name === 'email')
  return [...first, ...merged, ...missing.filter((draft) => !first.includes(draft))]
}

/** Nobody is signed in when an account is made. */
function refuseCallerDefault({ field, stated }: FieldDraft, report: Report): void {
  if (field.default?.kind !== 'auth.id') return
  const problem = `users.${field.name} cannot default to auth.id: nobody is signed in when an account is created`
  report(stated.get('default') ?? field.position, problem)
}

function mergeField(builtIn: Field, draft: FieldDraft, report: Report): FieldDraft {
  const { field, stated } = draft
  const at = (key: string) => stated.get(key) ?? field.position
  const types = COMPATIBLE[builtIn.name] ?? [builtIn.type]
  if (!draft.broken && !types.includes(field.type)) {
    const advice = builtIn.name === CLAIMS ? ': choose another name for your own field' : ''
    report(at('type'), `users.${field.name} is built in as ${builtIn.type} and cannot be ${field.type}${advice}`)
    return { ...draft, broken: true }
  }
  refuseOpposites(builtIn, draft, report)
  const { default: _, ...rest } = field
  const fallback = field.default ?? (field.nullable ? undefined : builtIn.default)
  const merged: Field = {
    ...rest,
    type: builtIn.type,
    primary: builtIn.primary,
    unique: builtIn.unique || field.unique,
    nullable: stated.has('nullable') ? field.nullable : builtIn.nullable,
    onUpdateNow: builtIn.onUpdateNow || field.onUpdateNow,
    validation: { ...builtIn.validation, ...field.validation },
    ...(fallback && { default: fallback }),
    ...(builtIn.read && !field.read && { read: builtIn.read }),
    ...(builtIn.write && { write: builtIn.write }),
  }
  checkDefault(merged, at('default'), report)
  if (!draft.broken) checkField(merged, stated, report)
  return { ...draft, field: merged }
}

/** A file may leave a built-in quality unsaid, but not say the opposite. */
function refuseOpposites(builtIn: Field, { field, stated }: FieldDraft, report: Report): void {
  const opposite = (key: 'primary' | 'unique' | 'nullable') =>
    stated.has(key) && field[key] !== builtIn[key] && (key === 'nullable' ? !builtIn.nullable : builtIn[key])
  const name = `users.${field.name}`
  const at = (key: string) => stated.get(key) ?? field.position
  if (opposite('primary')) report(at('primary'), `${name} is always the primary key`)
  if (opposite('unique')) report(at('unique'), `${name} is always unique`)
  if (opposite('nullable')) report(at('nullable'), `${name} is never null`)
  if (builtIn.primary && field.default && field.default.kind !== 'auto')
    report(at('default'), `${name} is always generated by the server (default: auto)`)
  if (builtIn.name === 'verified' && field.default?.kind === 'literal' && field.default.value !== false) {
    report(at('default'), `${name} always starts as false`)
  }
  if (builtIn.write && field.write && field.write.source !== SERVER_ONLY.source) {
    report(at('write'), `${name} can only be written by operators and the server`)
  }
  if (field.references && builtIn.name !== 'metadata')
    report(at('references'), `${name} is built in and cannot be a reference`)
  if (builtIn.validation.format && field.validation.format && field.validation.format !== builtIn.validation.format) {
    report(at('format'), `${name} always has the format ${builtIn.validation.format}`)
  }
}

function checkDefault(field: Field, position: Position, report: Report): void {
  if (field.default?.kind !== 'literal' || typeof field.default.value !== 'string') return
  const problem = validationProblem(field.default.value, field.validation)
  if (problem)
    report(
      position,
      `the default '${field.default.value}' of users.${field.name} ${problem}: give it another 'default'`,
    )
}
