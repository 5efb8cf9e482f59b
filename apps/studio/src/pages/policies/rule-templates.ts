import type { ListCollectionsResponse } from '@koyalite/client/admin'
import type { Operation } from './operations'

export type CollectionModel = ListCollectionsResponse['collections'][number]
type FieldModel = CollectionModel['fields'][number]

export interface RuleTemplate {
  readonly name: string
  readonly rule: string
}

/** As many of one kind: a collection may have dozens of enums. */
const MAX_OF_A_KIND = 3

/** Common rules, made of the fields that a collection has: each of them is valid as it stands. */
export function ruleTemplates(
  model: CollectionModel,
  { collections, roles }: Pick<ListCollectionsResponse, 'collections' | 'roles'>,
  operation: Operation,
): readonly RuleTemplate[] {
  const owners = ownersOf(model)
  const states = operation === 'create' ? [] : statesOf(model)
  const ofOwners = owners.map((field) => ({ name: `Owner: ${field}`, rule: `auth.id == doc.${field}` }))
  return [
    { name: 'Everyone', rule: 'true' },
    { name: 'Nobody', rule: 'false' },
    { name: 'Signed in', rule: 'auth.id != null' },
    { name: 'With a verified address', rule: 'auth.verified' },
    ...ofOwners,
    ...(operation === 'update'
      ? owners.map((field) => ({
          name: `Owner, who stays so: ${field}`,
          rule: `auth.id == old.${field} && doc.${field} == old.${field}`,
        }))
      : []),
    ...states.map(({ name, rule }) => ({ name, rule })),
    ...states.flatMap(({ name, rule }) =>
      ofOwners
        .slice(0, 1)
        .map((owner) => ({ name: `${name}, or ${lower(owner.name)}`, rule: `${rule} || ${owner.rule}` })),
    ),
    ...membersOf(model, collections),
    ...roles.slice(0, MAX_OF_A_KIND).map((role) => ({ name: `Role: ${role}`, rule: `auth.role == '${role}'` })),
    ...(roles.length === 0 ? [] : [{ name: 'Permission of the role', rule: `auth.can('${model.name}:${operation}')` }]),
    ...timesOf(model, operation),
  ]
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Of users, the document is the user. */
function ownersOf({ name, key, fields }: CollectionModel): readonly string[] {
  if (name === USERS) return [key]
  return fields.filter(isUserReference).map((field) => field.name)
}

const USERS = 'users'

function isUserReference({ references, internal }: FieldModel): boolean {
  return references?.collection === USERS && references.field === 'id' && !internal
}

/** Documents of some states are open: `published`, `status == 'published'`. */
function statesOf({ name, fields }: CollectionModel): readonly RuleTemplate[] {
  const flags = fields
    .filter((field) => field.type === 'bool' && !field.internal && name !== USERS)
    .slice(0, MAX_OF_A_KIND)
    .map((field) => ({ name: `Where ${field.name}`, rule: `doc.${field.name} == true` }))
  const enums = fields
    .filter((field) => field.enum !== null && field.type !== 'int' && !field.internal)
    .slice(0, MAX_OF_A_KIND)
    .flatMap((field) => {
      const value = field.enum?.values.at(-1)
      if (typeof value !== 'string' || /['\\\n]/.test(value)) return []
      return [{ name: `Where ${field.name} is ${value}`, rule: `doc.${field.name} == '${value}'` }]
    })
  return [...flags, ...enums]
}

/** Collections that connect users with what this one is of: `members.exists(m, m.user_id == auth.id && m.team_id == doc.team_id)`. */
function membersOf(model: CollectionModel, collections: readonly CollectionModel[]): readonly RuleTemplate[] {
  const found = collections.flatMap((members) => {
    const user = members.fields.find(isUserReference)
    if (user === undefined || members.name === USERS) return []
    return members.fields.flatMap(({ name: to, references, internal }) => {
      if (references === null || references.collection === USERS || internal) return []
      const own = sharedWith(model, references)
      if (own === undefined || members.name === model.name) return []
      const rule = `${members.name}.exists(m, m.${user.name} == auth.id && m.${to} == doc.${own})`
      return [{ name: `Members by ${members.name}`, rule: `auth.id != null && ${rule}` }]
    })
  })
  return found.slice(0, MAX_OF_A_KIND)
}

type Reference = NonNullable<FieldModel['references']>

/** The field of a document that says which one of `collection` it is, or is of. */
function sharedWith({ name, key, fields }: CollectionModel, { collection, field }: Reference): string | undefined {
  if (name === collection && key === field) return key
  return fields.find(
    ({ references, internal }) => !internal && references?.collection === collection && references.field === field,
  )?.name
}

function timesOf({ fields }: CollectionModel, operation: Operation): readonly RuleTemplate[] {
  if (operation === 'create') return []
  return fields
    .filter(
      ({ type, updates, default: value, internal }) => type === 'timestamp' && !updates && value === null && !internal,
    )
    .slice(0, MAX_OF_A_KIND)
    .map(({ name }) => ({ name: `Once ${name} has passed`, rule: `doc.${name} <= request.time` }))
}

/** What there is then. A part that is added lets more through; parentheses keep what was there together. */
export function withTemplate(rule: string, template: string): string {
  if (rule.trim() === '') return template
  const own = /&&|\?/.test(rule) ? `(${rule.trim()})` : rule.trim()
  return `${own} || ${template.includes('&&') ? `(${template})` : template}`
}
