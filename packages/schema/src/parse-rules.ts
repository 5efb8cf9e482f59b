import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import { EFFECTS, POLICY_KEYS, RULE_KEYS } from './file/collection-keys'
import { keysOf } from './file/file-key'
import { type Collection, type Expression, OPERATIONS, type Operation, type Policy } from './model'
import { nameProblem } from './names'
import { describe, type Options, readChoice, readExpression, readList, readOptions, readText } from './shape'
import { didYouMean } from './suggest'

const OPERATION_SYNONYMS: Readonly<Record<string, string>> = {
  insert: 'create',
  add: 'create',
  list: 'read',
  get: 'read',
  view: 'read',
  select: 'read',
  write: 'update',
  edit: 'update',
  patch: 'update',
  remove: 'delete',
}

/** The short form: one expression for each operation. */
export function parseRules(entry: YamlEntry | undefined, report: Report): Collection['rules'] {
  if (!entry) return {}
  const options = readOptions(
    entry.value,
    { what: "'rules'", keys: keysOf(RULE_KEYS), synonyms: OPERATION_SYNONYMS },
    report,
  )
  const rules: Partial<Record<Operation, Expression>> = {}
  for (const operation of OPERATIONS) {
    const rule = readExpression(options?.get(operation), report)
    if (rule) rules[operation] = rule
  }
  return rules
}

/** The long form: named policies. */
export function parsePolicies(entry: YamlEntry | undefined, report: Report): readonly Policy[] {
  const policies: Policy[] = []
  for (const node of readList(entry, report) ?? []) {
    const policy = parsePolicy(node, report)
    if (!policy) continue
    const earlier = policies.find((other) => other.name === policy.name)
    if (earlier)
      report(policy.position, `policy '${policy.name}' is given twice (first in line ${earlier.position.line})`)
    policies.push(policy)
  }
  return policies
}

function parsePolicy(node: YamlNode, report: Report): Policy | undefined {
  const options = readOptions(node, { what: 'a policy', keys: keysOf(POLICY_KEYS) }, report)
  if (!options) return undefined
  const name = readText(options.get('name'), report)
  if (!options.has('name')) report(node.position, 'a policy must have a name')
  const problem = name === undefined ? undefined : nameProblem(name, 'policy')
  if (problem) report(options.get('name')?.value.position ?? node.position, problem)
  const on = readOperations(options, node, report)
  const effect = readChoice(options.get('effect'), keysOf(EFFECTS), report) ?? 'permit'
  const using = readExpression(options.get('using'), report)
  const check = readExpression(options.get('check'), report)
  const checkEntry = options.get('check')
  if (!options.has('using') && !checkEntry) report(node.position, "a policy must have 'using' or 'check'")
  if (checkEntry && on.length > 0 && !on.includes('create') && !on.includes('update')) {
    report(checkEntry.keyPosition, "'check' is for create and update only: read and delete have no resulting document")
  }
  return { name: name ?? '', on, effect, ...(using && { using }), ...(check && { check }), position: node.position }
}

function readOperations(options: Options, policy: YamlNode, report: Report): readonly Operation[] {
  const entry = options.get('on')
  if (!entry) {
    report(policy.position, `a policy must have 'on': a list of ${OPERATIONS.join(', ')}`)
    return []
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value]
  if (nodes.length === 0) report(entry.value.position, "'on' must name at least one operation")
  const operations = new Set<Operation>()
  for (const node of nodes) {
    const word = node.kind === 'scalar' ? node.source : ''
    const operation = OPERATIONS.find((candidate) => candidate === word)
    if (operation) operations.add(operation)
    else report(node.position, `unknown operation ${describe(node)}${didYouMean(word, OPERATIONS, OPERATION_SYNONYMS)}`)
  }
  return [...operations]
}
