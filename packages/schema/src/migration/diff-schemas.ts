import { defaultSql } from '../ddl'
import type { Collection, Definition, Field, Index, Schema } from '../model'
import { OPERATIONS } from '../model'
import { signatureOf } from '../parse-definitions'
import { diffField, isSameKind, PRIMARY_KEY_CHANGES } from './diff-field'
import type { Change, Difference, RenameHint } from './difference'

/** How `to` differs from `from`, in the order of the files. Nothing is assumed to be renamed (SPEC.md, D rules). */
export function diffSchemas(from: Schema, to: Schema): readonly Difference[] {
  const renamed = collectionHints(from, to)
  const added = [...to.collections.values()].filter(({ name }) => !from.collections.has(name))
  const removed = [...from.collections.values()].filter(({ name }) => !to.collections.has(name))
  return [
    ...removed.map(({ name }): Difference => {
      const hint = renamed.find((candidate) => candidate.from === name)
      const subject = { of: 'collection', change: 'removed', collection: name } as const
      const reason = hint?.stays === undefined ? 'its documents would be lost' : RENAMED
      return { kind: 'destructive', subject, line: `- ${name}`, reason, ...(hint && { hint }) }
    }),
    ...added.map(({ name }): Difference => {
      const hint = renamed.find((candidate) => candidate.to === name)
      const subject = { of: 'collection', change: 'added', collection: name } as const
      return { kind: 'additive', subject, line: `+ ${name}`, ...(hint && { hint }) }
    }),
    ...[...to.collections.values()].flatMap((collection) => {
      const before = from.collections.get(collection.name)
      return before ? diffCollection(before, collection) : []
    }),
    ...diffRoles(from, to),
    ...diffDefinitions(from, to),
  ]
}

function diffCollection(from: Collection, to: Collection): readonly Difference[] {
  const hints = fieldHints(from, to)
  const removed = [...from.fields.values()].filter((field) => isRemoved(field, to))
  return [
    ...removed.map((field): Difference => {
      const subject = { of: 'field', change: 'removed', collection: to.name, field: field.name } as const
      const hint = hints.find((candidate) => candidate.from === field.name)
      const reason = hint?.stays === undefined ? reasonAgainstRemoving(field) : RENAMED
      return { kind: 'destructive', subject, line: `- ${to.name}.${field.name}`, reason, ...(hint && { hint }) }
    }),
    ...[...to.fields.values()].flatMap((field) => {
      const before = fieldBefore(from, field)
      const hint = hints.find((candidate) => candidate.to === field.name)
      return before ? changedField(to, before, field) : [addedField(to, field, hint)]
    }),
    ...diffIndexes(from, to),
    ...diffRest(from, to),
  ]
}

/** What a project stored under a name of its own never becomes what is built in under that name: it is another field. */
function fieldBefore(from: Collection, to: Field): Field | undefined {
  const before = from.fields.get(to.name)
  return before && isSameField(before, to) ? before : undefined
}

function isSameField(before: Field, to: Field): boolean {
  return before.predatesBuiltIn === to.predatesBuiltIn
}

function isRemoved(field: Field, to: Collection): boolean {
  const after = to.fields.get(field.name)
  return !after || !isSameField(field, after)
}

function reasonAgainstRemoving(field: Field): string {
  if (field.predatesBuiltIn) return PREDATES_BUILT_IN
  return field.primary ? PRIMARY_KEY_CHANGES : 'its values would be lost'
}

/** Why a field that a project had before it was built in cannot stay under its name, and what to do. */
export const PREDATES_BUILT_IN =
  "'claims' is now a built-in field that grants rights, so your own field needs another name: rename it in schema.yaml, and in a migration file with { type: rename_field, collection: users, from: claims, to: <its new name> }, or drop it there with { type: drop_field, collection: users, field: claims }"

/** Nothing is lost, but its clients have to know the new name. */
const RENAMED = 'a rename needs a migration file'

function addedField(collection: Collection, field: Field, hint: RenameHint | undefined): Difference {
  const reason = hint?.stays === undefined ? reasonAgainstAdding(field) : undefined
  return {
    kind: reason === undefined ? 'additive' : 'destructive',
    subject: { of: 'field', change: 'added', collection: collection.name, field: field.name },
    line: `+ ${collection.name}.${field.name}`,
    ...(reason !== undefined && { reason }),
    ...(hint && { hint }),
  }
}

/** Why existing documents cannot simply get a new field, or undefined. */
export function reasonAgainstAdding(field: Field): string | undefined {
  if (field.primary) return PRIMARY_KEY_CHANGES
  const fallback = defaultSql(field)
  if (!field.nullable && fallback === undefined)
    return field.default === undefined
      ? 'it is required and has no default: existing documents need a value'
      : 'it is required, and its default is for new documents only: existing ones need a value'
  if (field.unique && fallback !== undefined) return 'it is unique: existing documents cannot all get the same default'
  return undefined
}

function changedField(collection: Collection, from: Field, to: Field): readonly Difference[] {
  return diffField(from, to).map(({ text, stricter }) => ({
    kind: stricter === undefined ? 'additive' : 'destructive',
    subject: { of: 'field', change: 'changed', collection: collection.name, field: to.name },
    line: `~ ${collection.name}.${to.name}: ${text}`,
    ...(stricter !== undefined && { reason: stricter }),
  }))
}

function diffIndexes(from: Collection, to: Collection): readonly Difference[] {
  const before = new Map(from.indexes.map((index) => [index.name, index]))
  const after = new Set(to.indexes.map((index) => index.name))
  const difference = (change: 'added' | 'removed' | 'changed', sign: string, index: Index): Difference => {
    const old = before.get(index.name)
    const reason = change === 'changed' && old ? reasonAgainstIndex(old, index, from, to) : undefined
    return {
      kind: reason === undefined ? 'additive' : 'destructive',
      subject: { of: 'index', change, collection: to.name, index: index.name },
      line: `${sign} ${to.name} index ${index.name}`,
      ...(reason !== undefined && { reason }),
    }
  }
  return [
    ...from.indexes.filter((index) => !after.has(index.name)).map((index) => difference('removed', '-', index)),
    ...to.indexes.flatMap((index) => {
      const old = before.get(index.name)
      if (!old) return [difference('added', '+', index)]
      return sameIndex(old, index) ? [] : [difference('changed', '~', index)]
    }),
  ]
}

/** An index that becomes unique is stricter, unless it was as strict before, or one of its fields is new and null everywhere. */
function reasonAgainstIndex(old: Index, index: Index, from: Collection, to: Collection): string | undefined {
  if (!index.unique) return undefined
  if (old.unique && old.fields.every((name) => index.fields.includes(name))) return undefined
  const isNullEverywhere = index.fields.some((name) => {
    const added = from.fields.has(name) ? undefined : to.fields.get(name)
    return added !== undefined && defaultSql(added) === undefined
  })
  return isNullEverywhere ? undefined : 'existing documents may have equal values'
}

function sameIndex(a: Index, b: Index): boolean {
  return a.order === b.order && a.unique === b.unique && a.fields.join() === b.fields.join()
}

function diffRest(from: Collection, to: Collection): readonly Difference[] {
  const rule = (what: string): Difference => ({
    kind: 'additive',
    subject: { of: 'rules', change: 'changed', collection: to.name },
    line: `~ ${to.name} ${what}`,
  })
  const other = (what: string): Difference => ({
    kind: 'additive',
    subject: { of: 'collection', change: 'changed', collection: to.name },
    line: `~ ${to.name} ${what}`,
  })
  const rules = OPERATIONS.filter((operation) => from.rules[operation]?.source !== to.rules[operation]?.source)
  return [
    ...rules.map((operation) => rule(`${operation} rule`)),
    ...(policyText(from) === policyText(to) ? [] : [rule('policies')]),
    ...(from.audit === to.audit ? [] : [other(`audit ${to.audit}`)]),
    ...(from.table === to.table ? [] : [other(`table ${from.table} → ${to.table}`)]),
    ...(from.singular === to.singular ? [] : [other('singular')]),
    ...(from.clientName === to.clientName ? [] : [other('name in clients')]),
    ...(from.description === to.description ? [] : [other('description')]),
  ]
}

function policyText(collection: Collection): string {
  return JSON.stringify(
    collection.policies.map(({ name, on, effect, using, check }) => [name, on, effect, using?.source, check?.source]),
  )
}

function diffRoles(from: Schema, to: Schema): readonly Difference[] {
  return diffNamed(from.roles, to.roles, JSON.stringify).map(
    ({ name, change, sign }): Difference => ({
      kind: 'additive',
      subject: { of: 'role', change, role: name },
      line: `${sign} role ${name}`,
    }),
  )
}

function diffDefinitions(from: Schema, to: Schema): readonly Difference[] {
  const text = (definition: Definition) => `${signatureOf(definition)}: ${definition.body.source}`
  return diffNamed(from.definitions, to.definitions, text).map(
    ({ name, change, sign }): Difference => ({
      kind: 'additive',
      subject: { of: 'definition', change, definition: name },
      line: `${sign} definition ${name}`,
    }),
  )
}

interface NamedChange {
  readonly name: string
  readonly change: Change
  readonly sign: string
}

function diffNamed<T>(
  from: ReadonlyMap<string, T>,
  to: ReadonlyMap<string, T>,
  text: (value: T) => string,
): readonly NamedChange[] {
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((name): NamedChange[] => {
    const [before, after] = [from.get(name), to.get(name)]
    if (before && after) return text(before) === text(after) ? [] : [{ name, change: 'changed', sign: '~' }]
    return [after ? { name, change: 'added', sign: '+' } : { name, change: 'removed', sign: '-' }]
  })
}

/** Each field that is gone with the new one that has its column, or else the first of the same kind of value. */
function fieldHints(from: Collection, to: Collection): readonly RenameHint[] {
  const gone = [...from.fields.values()].filter((field) => isRemoved(field, to))
  const added = [...to.fields.values()].filter(({ name }) => !from.fields.has(name))
  const stayed = takePairs(gone, added, (a, b) => a.column === b.column && a.primary === b.primary)
  const alike = takePairs(gone, added, isAlike)
  const names = (a: Field, b: Field) => ({ collection: to.name, from: a.name, to: b.name })
  return [
    ...stayed.map(([a, b]) => ({ ...names(a, b), stays: `column '${a.column}'` })),
    ...alike.map(([a, b]) => names(a, b)),
  ]
}

function isAlike(a: Field, b: Field): boolean {
  const reference = (field: Field) => field.references?.collection
  return isSameKind(a.type, b.type) && a.primary === b.primary && reference(a) === reference(b)
}

/** Each collection that is gone with the new one that has its table, or else the first that has three of four fields in common with it. */
function collectionHints(from: Schema, to: Schema): readonly RenameHint[] {
  const gone = [...from.collections.values()].filter(({ name }) => !to.collections.has(name))
  const added = [...to.collections.values()].filter(({ name }) => !from.collections.has(name))
  const stayed = takePairs(gone, added, (a, b) => a.table === b.table)
  const alike = takePairs(gone, added, hasMostFieldsOf)
  return [
    ...stayed.map(([a, b]) => ({ from: a.name, to: b.name, stays: `table '${a.table}'` })),
    ...alike.map(([a, b]) => ({ from: a.name, to: b.name })),
  ]
}

function hasMostFieldsOf(a: Collection, b: Collection): boolean {
  const common = [...a.fields.values()].filter((field) => b.fields.get(field.name)?.type === field.type)
  return common.length * 4 >= Math.max(a.fields.size, b.fields.size) * 3
}

/** Pairs each of `gone` with the first of `added` that fits, and takes both out of their lists. */
function takePairs<T>(gone: T[], added: T[], fits: (a: T, b: T) => boolean): readonly (readonly [T, T])[] {
  return [...gone].flatMap((item) => {
    const at = added.findIndex((candidate) => fits(item, candidate))
    const [match] = at < 0 ? [] : added.splice(at, 1)
    if (match === undefined) return []
    gone.splice(gone.indexOf(item), 1)
    return [[item, match] as const]
  })
}
