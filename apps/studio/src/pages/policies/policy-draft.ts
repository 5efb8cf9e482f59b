import type { ListCollectionsResponse, PlanSchemaInput } from '@koyalite/client/admin'
import { OPERATIONS, type Operation } from './operations'
import type { CollectionModel } from './rule-templates'

type SchemaEdit = NonNullable<NonNullable<PlanSchemaInput['body']>['edits']>[number]

export interface PolicyDraft {
  readonly name: string
  readonly on: readonly Operation[]
  readonly effect: 'permit' | 'restrict'
  readonly using: string
  readonly check: string
}

/** The rules of a collection as somebody edits them. Empty texts are no rules. */
export interface RulesDraft {
  readonly rules: Readonly<Record<Operation, string>>
  readonly policies: readonly PolicyDraft[]
  /** Of the fields that have one, or are to have one. */
  readonly fields: Readonly<Record<string, { readonly read: string; readonly write: string }>>
  /** By signature; of the whole schema. */
  readonly definitions: Readonly<Record<string, string>>
}

/** The rules as they are served. */
export function draftOf(
  model: CollectionModel,
  { definitions }: Pick<ListCollectionsResponse, 'definitions'>,
): RulesDraft {
  const { rules, policies, fields } = model
  return {
    rules: Object.fromEntries(OPERATIONS.map((operation) => [operation, rules[operation] ?? ''])) as Record<
      Operation,
      string
    >,
    policies: policies.map(({ name, on, effect, using, check }) => ({
      ...{ name, on, effect },
      ...{ using: using ?? '', check: check ?? '' },
    })),
    fields: Object.fromEntries(
      fields
        .filter(({ rules: own }) => own.read !== null || own.write !== null)
        .map(({ name, rules: own }) => [name, { read: own.read ?? '', write: own.write ?? '' }]),
    ),
    definitions: Object.fromEntries(definitions.map(({ signature, expression }) => [signature, expression])),
  }
}

/** What has to be changed in schema.yaml, and nothing else. */
export function editsOf(collection: string, before: RulesDraft, after: RulesDraft): readonly SchemaEdit[] {
  return [
    ...definitionEdits(before, after),
    ...OPERATIONS.filter((operation) => after.rules[operation].trim() !== before.rules[operation].trim()).map(
      (operation): SchemaEdit => ({ type: 'set_rule', collection, operation, rule: ruleOf(after.rules[operation]) }),
    ),
    ...policyEdits(collection, before, after),
    ...fieldEdits(collection, before, after),
  ]
}

function ruleOf(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

function definitionEdits(before: RulesDraft, after: RulesDraft): readonly SchemaEdit[] {
  const signatures = new Set([...Object.keys(before.definitions), ...Object.keys(after.definitions)])
  return [...signatures].flatMap((signature): readonly SchemaEdit[] => {
    const body = ruleOf(after.definitions[signature] ?? '')
    if (body === ruleOf(before.definitions[signature] ?? '')) return []
    return [{ type: 'set_definition', signature, body }]
  })
}

function policyEdits(collection: string, before: RulesDraft, after: RulesDraft): readonly SchemaEdit[] {
  const dropped = before.policies.filter(({ name }) => !after.policies.some((one) => one.name === name))
  const changed = after.policies.filter((policy) => {
    const old = before.policies.find(({ name }) => name === policy.name)
    return old === undefined || JSON.stringify(policyValue(old)) !== JSON.stringify(policyValue(policy))
  })
  return [
    ...dropped.map(({ name }): SchemaEdit => ({ type: 'drop_policy', collection, policy: name })),
    ...changed.map(
      (policy): SchemaEdit => ({ type: 'set_policy', collection, policy: policy.name, value: policyValue(policy) }),
    ),
  ]
}

function policyValue({ on, effect, using, check }: PolicyDraft) {
  const [before, after] = [ruleOf(using), ruleOf(check)]
  return { on: [...on], effect, ...(before !== null && { using: before }), ...(after !== null && { check: after }) }
}

function fieldEdits(collection: string, before: RulesDraft, after: RulesDraft): readonly SchemaEdit[] {
  const names = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])
  return [...names].flatMap((field): readonly SchemaEdit[] => {
    const [old, next] = [before.fields[field] ?? NO_RULES, after.fields[field] ?? NO_RULES]
    const options = Object.fromEntries(
      (['read', 'write'] as const)
        .filter((how) => ruleOf(old[how]) !== ruleOf(next[how]))
        .map((how) => [how, ruleOf(next[how])]),
    )
    return Object.keys(options).length === 0 ? [] : [{ type: 'set_field', collection, field, options }]
  })
}

const NO_RULES = { read: '', write: '' }

/** In which operation's scope a policy is checked: the one that may name the least. */
export function checkedOperation(on: readonly Operation[]): Operation {
  return (['read', 'create', 'delete', 'update'] as const).find((operation) => on.includes(operation)) ?? 'update'
}
