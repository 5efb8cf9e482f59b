import { ANONYMOUS } from '@koyalite/contracts'
import { accessOf, rulesOf, ruleWarnings, type UpdateRules } from '@koyalite/query'
import { type Collection, formatProblem, OPERATIONS, type Operation, type Schema, USERS } from '@koyalite/schema'
import { type Finding, note, ok, some } from './finding'

/** Lists every operation that anyone may do with every document. */
export function checkPublicOperations(schema: Schema): Finding {
  const check = 'public operations'
  const access = accessOf(schema, ANONYMOUS, { method: 'GET', ip: '', time: 0, headers: {} })
  const isPublic = (collection: Collection, operation: Operation): boolean => {
    switch (operation) {
      case 'read':
        return access.read.rows(collection).kind === 'all'
      case 'update':
        return isOpen(access.update(collection, {}))
      default:
        return access.verdict(collection, operation, {}) === 'always'
    }
  }
  const open = [...schema.collections.values()].flatMap((collection) => {
    const operations = OPERATIONS.filter((operation) => isPublic(collection, operation))
    return operations.length === 0 ? [] : [`${collection.name} (${operations.join(', ')})`]
  })
  if (open.length === 0) return ok(check, 'none: no operation is open to everyone without a condition')
  return note(check, `everyone may: ${open.join('; ')}`, 'If this is not intended, change these rules in schema.yaml.')
}

/** A rule that lets anyone create users answers what `auth.enumeration: hidden` hides; null where nothing is hidden. */
export function checkHiddenAccounts(
  schema: Schema,
  { hidesAccounts }: { readonly hidesAccounts: boolean },
): Finding | null {
  const check = 'hidden accounts'
  const users = schema.collections.get(USERS)
  if (!hidesAccounts || users === undefined) return null
  const access = accessOf(schema, ANONYMOUS, { method: 'POST', ip: '', time: 0, headers: {} })
  if (access.verdict(users, 'create', {}) === 'never')
    return ok(check, 'registering does not reveal who has an account')
  return note(
    check,
    'auth.enumeration is hidden, but the create rule of users lets anyone find out which addresses have an account',
    'Remove the create rule of users from schema.yaml: POST /api/auth/register creates accounts without it.',
  )
}

function isOpen({ permits, restricts }: UpdateRules): boolean {
  const always = ({ before, after }: UpdateRules['permits'][number]) => before === 'always' && after === 'always'
  return permits.some(always) && restricts.every(always)
}

/** Rules that are valid, and hardly what their author means. */
export function checkRuleWarnings(schema: Schema): Finding {
  const check = 'rules'
  const warnings = ruleWarnings(schema, { file: 'schema.yaml' })
  if (warnings.length === 0) return ok(check, 'no warnings')
  return note(check, some(warnings.map(formatProblem)), 'See docs/rules.md, "The caller".')
}

/** Rules with parts that SQL has to call JavaScript for, row by row. */
export function checkSlowRules(schema: Schema): Finding {
  const check = 'slow rules'
  const slow = new Set<string>()
  for (const [collection, rules] of rulesOf(schema)) {
    for (const operation of OPERATIONS) {
      const { permits, restricts } = rules.operations[operation]
      for (const { using, check } of [...permits, ...restricts]) {
        for (const part of [...(using?.residual ?? []), ...(check?.residual ?? [])])
          slow.add(`${collection.name}.${operation}: ${part}`)
      }
    }
    for (const [field, { read, write }] of rules.fields) {
      for (const part of [...(read?.residual ?? []), ...(write?.residual ?? [])])
        slow.add(`${collection.name}.${field.name}: ${part}`)
    }
  }
  if (slow.size === 0) return ok(check, 'none: every rule is SQL')
  return note(
    check,
    `parts of rules are evaluated outside of SQL, row by row: ${some([...slow])}`,
    'Put conditions that SQL can evaluate (fields, comparisons, startsWith) before them with &&, or store the computed value in a field.',
  )
}

/** Rules of writes that look at documents of the collection that they are about: they see those that were there before the write. */
export function checkRulesAboutThemselves(schema: Schema): Finding {
  const check = 'rules that query their own collection'
  const found: string[] = []
  for (const [collection, { operations, fields }] of rulesOf(schema)) {
    for (const operation of ['create', 'update'] as const) {
      const { permits, restricts } = operations[operation]
      for (const { using, check, policy } of [...permits, ...restricts]) {
        const asksItself = [using, check].some((rule) => rule?.readsCollections.has(collection.name))
        if (asksItself) found.push(`${collection.name}.${operation}${policy ? ` (${policy.name})` : ''}`)
      }
    }
    for (const [field, { write }] of fields) {
      if (write?.readsCollections.has(collection.name)) found.push(`${collection.name}.${field.name} (write)`)
    }
  }
  if (found.length === 0) return ok(check, 'none')
  return note(
    check,
    `these see the state before the write, without the document that is being written: ${some(found)}`,
    'Before 0.1 they also saw the new document: a limit like size(…) <= 5 now allows six; change it to < 5.',
  )
}
