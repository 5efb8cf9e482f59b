import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import { KEYWORDS, type KeywordKind, SCHEMA_TYPES } from './json-schema-keywords'
import { patternProblem } from './pattern'
import { describe } from './shape'
import { didYouMean } from './suggest'

type Check = (entry: YamlEntry, report: Report) => void

const CHECKS: Readonly<Record<KeywordKind, Check>> = {
  reference: localReference,
  schema,
  schemas: listOfSchemas,
  'schemas by name': mapOfSchemas,
  'schemas by pattern': patternsOfSchemas,
  types: typeNames,
  text,
  texts: listOfTexts,
  number,
  count,
  flag,
  pattern,
  values: nonEmptyList,
  anything,
}

/** Checks the shape of a JSON Schema: known keywords with the right kind of value, no references out of it. Whether it compiles is the validator's to say. */
export function checkJsonSchema(node: YamlNode, report: Report): void {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return
  if (node.kind !== 'map') {
    report(node.position, `a JSON Schema must be a map, true or false, not ${describe(node)}`)
    return
  }
  for (const entry of node.entries) {
    const kind = Object.hasOwn(KEYWORDS, entry.key) ? KEYWORDS[entry.key] : undefined
    if (kind) CHECKS[kind](entry, report)
    else
      report(
        entry.keyPosition,
        `unknown JSON Schema keyword '${entry.key}'${didYouMean(entry.key, Object.keys(KEYWORDS))}`,
      )
  }
}

function schema(entry: YamlEntry, report: Report): void {
  checkJsonSchema(entry.value, report)
}

function mapOfSchemas({ key, value }: YamlEntry, report: Report): void {
  if (value.kind === 'map')
    for (const entry of value.entries) {
      // The validator passes over it.
      if (entry.key === '__proto__') report(entry.keyPosition, `'${key}' cannot have the name '__proto__'`)
      checkJsonSchema(entry.value, report)
    }
  else report(value.position, `'${key}' must be a map of schemas, not ${describe(value)}`)
}

function patternsOfSchemas(entry: YamlEntry, report: Report): void {
  mapOfSchemas(entry, report)
  if (entry.value.kind !== 'map') return
  for (const { key, keyPosition } of entry.value.entries) {
    const problem = patternProblem(key)
    if (problem) report(keyPosition, `pattern '${key}' cannot be used: ${problem}`)
  }
}

function listOfSchemas({ key, value }: YamlEntry, report: Report): void {
  if (value.kind === 'list' && value.items.length > 0) for (const item of value.items) checkJsonSchema(item, report)
  else report(value.position, `'${key}' must be a list of at least one schema`)
}

function typeNames({ value }: YamlEntry, report: Report): void {
  const items = value.kind === 'list' ? value.items : [value]
  if (items.length === 0) report(value.position, "'type' must name at least one type")
  for (const item of items) {
    // `type: null` is the YAML null, but can only mean the type.
    const name = item.kind === 'scalar' && item.value !== null ? item.source : 'a list or map'
    if (!SCHEMA_TYPES.some((type) => type === name)) {
      const advice =
        item.kind === 'scalar' && item.value === null ? ' (write "null" in quotes)' : didYouMean(name, SCHEMA_TYPES)
      report(item.position, `unknown JSON Schema type ${describe(item)}${advice}`)
    }
  }
}

function localReference({ value }: YamlEntry, report: Report): void {
  if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.startsWith('#')) return
  report(value.position, "'$ref' must point into the same schema: '#/$defs/…'")
}

function pattern({ value }: YamlEntry, report: Report): void {
  const problem =
    value.kind === 'scalar' && typeof value.value === 'string' ? patternProblem(value.value) : 'it must be text'
  if (problem) report(value.position, `pattern ${describe(value)} cannot be used: ${problem}`)
}

function listOfTexts({ key, value }: YamlEntry, report: Report): void {
  const isRight =
    value.kind === 'list' && value.items.every((item) => item.kind === 'scalar' && typeof item.value === 'string')
  if (!isRight) report(value.position, `'${key}' must be a list of texts`)
}

function nonEmptyList(entry: YamlEntry, report: Report): void {
  const { key, value } = entry
  anything(entry, report)
  if (value.kind !== 'list' || value.items.length === 0)
    report(value.position, `'${key}' must be a list of at least one value`)
}

function text({ key, value }: YamlEntry, report: Report): void {
  if (value.kind !== 'scalar' || typeof value.value !== 'string')
    report(value.position, `'${key}' must be text, not ${describe(value)}`)
}

function number({ key, value }: YamlEntry, report: Report): void {
  const isRight = value.kind === 'scalar' && typeof value.value === 'number' && Number.isFinite(value.value)
  if (!isRight) report(value.position, `'${key}' must be a number, not ${describe(value)}`)
  else if (key === 'multipleOf' && Number(value.value) <= 0) report(value.position, "'multipleOf' must be more than 0")
}

function count({ key, value }: YamlEntry, report: Report): void {
  const isRight = value.kind === 'scalar' && Number.isSafeInteger(value.value) && Number(value.value) >= 0
  if (!isRight) report(value.position, `'${key}' must be a whole number, not ${describe(value)}`)
}

function flag({ key, value }: YamlEntry, report: Report): void {
  if (value.kind !== 'scalar' || typeof value.value !== 'boolean') {
    report(value.position, `'${key}' must be true or false, not ${describe(value)}`)
  }
}

function anything({ key, value }: YamlEntry, report: Report): void {
  if (hasNoNumber(value)) report(value.position, `'${key}' has a number that JSON cannot hold`)
}

/** Whether there is infinity in it, or a number that would become another one. */
function hasNoNumber(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.some(hasNoNumber)
  if (node.kind === 'map') return node.entries.some(({ value }) => hasNoNumber(value))
  return typeof node.value === 'number' && !Number.isFinite(node.value)
}
