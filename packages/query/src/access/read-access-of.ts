import type { Collection, Field } from '@koyalite/schema'
import type { CelFacts } from '../cel/memory/cel-environment'
import { conjunction, type Guard, judge, type Verdict } from './guard'
import type { FieldAccess, ReadAccess, RowAccess } from './read-access'
import type { SchemaRules } from './schema-rules'

/** What a caller may read of a schema. Callers with the same rule results share one object, and the statements compiled for it. */
export function readAccessOf(
  rules: SchemaRules,
  facts: CelFacts,
  bypasses: (collection: Collection) => boolean,
): ReadAccess {
  const rows = new Map<Collection, Verdict>()
  const fields = new Map<Field, Verdict>()
  const key: string[] = []
  for (const [collection, { operations, fields: fieldRules }] of rules) {
    const bypassed = bypasses(collection)
    const verdict = bypassed ? 'always' : judge(operations.read, facts, 'stored')
    rows.set(collection, verdict)
    key.push(keyOf(verdict))
    for (const [field, { read }] of fieldRules) {
      const fieldVerdict = bypassed || !read ? 'always' : conjunction([read], facts, 'stored')
      fields.set(field, fieldVerdict)
      key.push(keyOf(fieldVerdict))
    }
  }
  return shared(rules, key.join(' '), () => ({
    rows: (collection) => toAccess(rows.get(collection) ?? 'never'),
    field: (_collection, field) => toAccess(fields.get(field) ?? 'always'),
  }))
}

/** Whether what a caller may read, and the statements for it, change with the time of the request. */
export function isReadByTime(rules: SchemaRules): boolean {
  let changes = timeDependent.get(rules)
  if (changes === undefined) {
    const all = [...rules.values()].flatMap(({ operations, fields }) => [
      ...[...operations.read.permits, ...operations.read.restricts].flatMap(({ using, check }) => [using, check]),
      ...[...fields.values()].map(({ read }) => read),
    ])
    changes = all.some((rule) => rule?.byRequest ?? false)
    timeDependent.set(rules, changes)
  }
  return changes
}

const timeDependent = new WeakMap<SchemaRules, boolean>()

const caches = new WeakMap<SchemaRules, Map<string, ReadAccess>>()

function shared(rules: SchemaRules, key: string, create: () => ReadAccess): ReadAccess {
  let cache = caches.get(rules)
  if (!cache) {
    cache = new Map()
    caches.set(rules, cache)
  }
  let access = cache.get(key)
  if (!access) {
    access = create()
    cache.set(key, access)
  }
  return access
}

function keyOf(verdict: Verdict): string {
  return typeof verdict === 'string' ? verdict : verdict.key
}

const ALL = { kind: 'all' } as const
const NONE = { kind: 'none' } as const
const accesses = new WeakMap<Guard, RowAccess & FieldAccess>()

function toAccess(verdict: Verdict): RowAccess & FieldAccess {
  if (verdict === 'always') return ALL
  if (verdict === 'never') return NONE
  let access = accesses.get(verdict)
  if (!access) {
    access = { kind: 'where', sql: (alias) => verdict.sql(alias) }
    accesses.set(verdict, access)
  }
  return access
}
