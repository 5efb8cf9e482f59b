import {
  type Collection,
  type Expression,
  type Field,
  isUsers,
  OPERATIONS,
  type Operation,
  type Policy,
  type Schema,
  type SchemaProblem,
} from '@koyalite/schema'
import type { CelScope } from '../cel/check/cel-scope'
import { ruleScope } from '../cel/check/cel-scope'
import { checkCondition } from '../cel/check/check-cel'
import { CelError } from '../cel/syntax/cel-error'
import { definitionNameProblems, definitionProblems } from './check-definitions'
import { defaultWarnings } from './default-warnings'
import { compileRule, type Rule } from './rule'
import { inFileOrder, problemsInFile, type RuleProblem } from './rule-problems'

/**
 * What a rule or policy grants or demands. `using` is about the stored document (of a create: about the new one), `check` about the
 * resulting one. Null where it says nothing.
 */
export interface Clause {
  readonly using: Rule | null
  readonly check: Rule | null
  /** The policy that it stands in; null for the short form. */
  readonly policy: Policy | null
}

/** One of the permits must hold, and all of the restrictions. */
export interface OperationRules {
  readonly permits: readonly Clause[]
  readonly restricts: readonly Clause[]
  /** Their results may change from one operation to the next of the same request. */
  readonly readsInput: boolean
  /** Their results may change from one request of a caller to the next. */
  readonly byRequest: boolean
}

export interface FieldRules {
  readonly read: Rule | null
  readonly write: Rule | null
  /** Further conditions, whatever the schema says. */
  readonly builtIn: Rule | null
}

/**
 * Of the address of a user, whatever the schema says: what is written is what is there. So a new user has any address, but users cannot give
 * themselves another one that they have not proved, and keep what the old one has earned them.
 */
const ADDRESS_STAYS: Expression = {
  source: 'doc.email == request.body.email.trim().lowerAscii()',
  position: { line: 0, column: 0 },
}

export interface CollectionRules {
  readonly operations: Readonly<Record<Operation, OperationRules>>
  /** Of the fields that have any. */
  readonly fields: ReadonlyMap<Field, FieldRules>
}

export type SchemaRules = ReadonlyMap<Collection, CollectionRules>

interface CompiledSchema {
  readonly rules: SchemaRules
  /** Every rule with the text that it was made from. */
  readonly written: readonly (readonly [Expression, Rule])[]
}

const cache = new WeakMap<Schema, CompiledSchema>()

/** The compiled rules of a schema. Throws a RangeError for one that `checkRules` would have found: such a schema must not be served. */
export function rulesOf(schema: Schema): SchemaRules {
  return compiledOf(schema).rules
}

function compiledOf(schema: Schema): CompiledSchema {
  const known = cache.get(schema)
  if (known) return known
  const { compiled, wrong } = tryToCompile(schema)
  const [first] = wrong
  if (first) throw new RangeError(`invalid rule: ${first.expression.source}: ${first.message}`)
  return compiled
}

/** Everything that is wrong with the rules of a schema, in the order of the file. `file` is the name that problems carry. */
export function checkRules(schema: Schema, { file }: { readonly file: string }): readonly SchemaProblem[] {
  const { wrong } = tryToCompile(schema)
  const named = definitionNameProblems(schema, file)
  const problems = [...named, ...problemsInFile([...definitionProblems(schema), ...wrong], file)]
  return problems.sort(inFileOrder)
}

/** Whether every rule of a schema compiles; definitions that no rule calls may be invalid. */
export function hasUsableRules(schema: Schema): boolean {
  return tryToCompile(schema).wrong.length === 0
}

function tryToCompile(schema: Schema): {
  readonly compiled: CompiledSchema
  readonly wrong: readonly RuleProblem[]
} {
  const wrong: RuleProblem[] = []
  const compiled = compileSchema(schema, (problem) => wrong.push(problem))
  if (wrong.length === 0) cache.set(schema, compiled)
  return { compiled, wrong }
}

/** What the author of a schema with valid rules should know of it, in the order of the file. */
export function ruleWarnings(schema: Schema, { file }: { readonly file: string }): readonly SchemaProblem[] {
  const { rules, written } = compiledOf(schema)
  const ofRules = written.flatMap(([expression, rule]) =>
    rule.warnings.map(({ message, range }) => ({ expression, message, range, calls: [] })),
  )
  const ofDefaults = defaultWarnings(rules).map(({ message, position }) => ({ file, ...position, message }))
  return [...problemsInFile(ofRules, file), ...ofDefaults].sort(inFileOrder)
}

type Report = (problem: RuleProblem) => void

function compileSchema(schema: Schema, report: Report): CompiledSchema {
  const rules = new Map<Collection, CollectionRules>()
  const written: [Expression, Rule][] = []
  const note: Note = (expression, rule) => written.push([expression, rule])
  const compiling = { schema, report, note, expanded: { nodes: 0 } }
  for (const collection of schema.collections.values()) rules.set(collection, compileCollection(collection, compiling))
  return { rules, written }
}

type Note = (expression: Expression, rule: Rule) => void

interface Compiling {
  readonly schema: Schema
  readonly report: Report
  readonly note: Note
  readonly expanded: { nodes: number }
}

function compileCollection(collection: Collection, compiling: Compiling): CollectionRules {
  // A short rule and a policy may be the same text, and an update uses one twice: each is compiled once per scope.
  const compiled = new Map<string, Rule | null>()
  const compile = (operation: Operation, expression: Expression | undefined): Rule | null => {
    if (!expression) return null
    const { line, column } = expression.position
    // By the text too: in a schema that was stored, or given to a worker, all positions are the same.
    const key = `${operation} ${line}:${column} ${expression.source}`
    const known = compiled.get(key)
    if (known !== undefined) return known
    const rule = compileOne(expression, scopeOf(compiling, collection, operation), compiling.report)
    if (rule) compiling.note(expression, rule)
    compiled.set(key, rule)
    return rule
  }
  const operations = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, operationRules(collection, operation, compile)]),
  ) as Record<Operation, OperationRules>
  const fields = new Map<Field, FieldRules>()
  for (const field of collection.fields.values()) {
    const builtIn = isUsers(collection) && field.name === 'email' ? compile('create', ADDRESS_STAYS) : null
    if (!field.read && !field.write && !builtIn) continue
    // Without `old`: a field's rule is the same for new documents.
    fields.set(field, { read: compile('read', field.read), write: compile('create', field.write), builtIn })
  }
  return { operations, fields }
}

function operationRules(
  collection: Collection,
  operation: Operation,
  compile: (operation: Operation, expression: Expression | undefined) => Rule | null,
): OperationRules {
  const short = compile(operation, collection.rules[operation])
  const permits: Clause[] = short ? [clause(operation, { using: short, check: null, policy: null })] : []
  const restricts: Clause[] = []
  for (const policy of collection.policies) {
    if (!policy.on.includes(operation)) continue
    const [using, check] = [compile(operation, policy.using), compile(operation, policy.check)]
    const made = clause(operation, { using, check, policy })
    if (policy.effect === 'permit') permits.push(made)
    else restricts.push(made)
  }
  const all = [...permits, ...restricts].flatMap(({ using, check }) => [using, check])
  return { permits, restricts, readsInput: all.some(readsInput), byRequest: all.some(isByRequest) }
}

/** A guard of a rule that looks at what was sent is never shared, though it may be the same SQL: what it is bound to differs. */
export function isByRequest(rule: Rule | null): boolean {
  return (rule?.byRequest ?? false) || readsInput(rule)
}

export function readsInput(rule: Rule | null): boolean {
  return rule?.dependencies.request.has('body') ?? false
}

/** Who updates a document must be allowed to do so before and after, unless `check` says otherwise. */
function clause(operation: Operation, { using, check, policy }: Clause): Clause {
  return { using, check: operation === 'update' ? (check ?? using) : check, policy }
}

function scopeOf({ schema, expanded }: Compiling, collection: Collection, operation: Operation): CelScope {
  return operationScope(schema, collection, { operation, expanded })
}

/** What a rule for an operation may name. Rules of fields have the scope of `read` and, without `old`, of `create`. */
export function operationScope(
  schema: Schema,
  collection: Collection,
  { operation, expanded }: { readonly operation: Operation; readonly expanded: NonNullable<CelScope['expanded']> },
): CelScope {
  return ruleScope(schema, collection, {
    expanded,
    old: operation === 'update',
    requestParts: operation === 'read' ? ['time'] : ['method', 'ip', 'time', 'body', 'headers'],
  })
}

function compileOne(expression: Expression, scope: CelScope, report: Report): Rule | null {
  try {
    return compileRule(checkCondition(expression.source, scope))
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    report({ expression, message: error.message, range: error, calls: error.calls })
    return null
  }
}
