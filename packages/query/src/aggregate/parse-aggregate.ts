import { AppError } from '@koyalite/contracts'
import { type Collection, didYouMean, type Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { allOf, type Condition } from '../filter/condition'
import type { PathScope, ResolvePath } from '../filter/field-path'
import { parseFilters } from '../filter/parse-filters'
import type { WhereScope } from '../filter/parse-where'
import { shortened } from '../filter/shortened'
import { LIMITS } from '../list/limits'
import { askedWhere, parseCondition } from '../list/parse-list-query'
import { numberParameter, parseParameters, textParameter } from '../list/parse-parameters'
import type { AggregateQuery, Output, OutputOrder } from './aggregate-query'
import { type Outputs, parseOutputs } from './parse-outputs'
import { UTC, type ZoneOffsets, zoneOffsets } from './zone-offsets'

const PARAMETERS = ['values', 'group', 'filter', 'where', 'params', 'having', 'sort', 'limit', 'timezone'] as const

/** Checks the parameters of an aggregate. Throws INVALID_FILTER, INVALID_SORT and INVALID_REQUEST. */
export function parseAggregateQuery(
  schema: Schema,
  collection: Collection,
  params: URLSearchParams,
  access: ReadAccess,
  cel: WhereScope,
): AggregateQuery {
  const given = parseParameters(params, PARAMETERS, ['filter', 'having'])
  const asked = { filters: given.get('filter') ?? [], ...askedWhere(given) }
  const limits = { min: 1, max: LIMITS.aggregateGroups, otherwise: LIMITS.aggregateGroups }
  return aggregateQuery({ schema, access }, collection, {
    condition: parseCondition(schema, collection, asked, access, cel),
    values: textParameter(given, 'values'),
    group: textParameter(given, 'group'),
    having: (resolve) => allOf(parseFilters(resolve, given.get('having') ?? [])),
    sort: textParameter(given, 'sort'),
    limit: given.has('limit') ? numberParameter(given, 'limit', limits) : null,
    timezone: textParameter(given, 'timezone'),
  })
}

/** An aggregate whose filters are parsed, whatever form they had. */
export interface AskedAggregate {
  readonly condition: Condition
  readonly values: string | null
  readonly group: string | null
  readonly having: (resolve: ResolvePath) => Condition
  readonly sort: string | null
  readonly limit: number | null
  readonly timezone: string | null
}

/** Throws INVALID_FILTER, INVALID_SORT and INVALID_REQUEST. */
export function aggregateQuery(
  scope: Omit<PathScope, 'code'>,
  collection: Collection,
  { condition, values, group, having, sort, limit, timezone }: AskedAggregate,
): AggregateQuery {
  const outputs = parseOutputs(scope, collection, { values, group })
  return {
    ...{ collection, condition, ...outputs },
    having: having(resolverOf(collection, outputs)),
    sort: parseOrder(sort, outputs),
    limit: limit ?? LIMITS.aggregateGroups,
    isBounded: limit !== null && sort !== null,
    zone: parseZone(timezone),
  }
}

/** An output as the field of the row that a group is. */
function resolverOf(collection: Collection, outputs: Outputs): ResolvePath {
  return (name) => {
    const { field } = outputNamed(name, outputs, 'INVALID_FILTER')
    return { text: name, root: collection, references: [], collection, field, json: [] }
  }
}

/** The order that `-count,status` states. */
function parseOrder(text: string | null, outputs: Outputs): readonly OutputOrder[] {
  const parts = text === null ? [] : text.split(',')
  if (parts.length > LIMITS.sortKeys) {
    throw new AppError('INVALID_SORT', `A sort has at most ${LIMITS.sortKeys} names.`)
  }
  const names = new Set<string>()
  return parts.map((part) => {
    const descending = part.startsWith('-')
    const name = descending ? part.slice(1) : part
    if (names.has(name)) throw new AppError('INVALID_SORT', `'${shortened(name)}' is listed twice in the sort.`)
    names.add(name)
    return { output: outputNamed(name, outputs, 'INVALID_SORT'), descending }
  })
}

function outputNamed(name: string, { keys, values }: Outputs, code: 'INVALID_FILTER' | 'INVALID_SORT'): Output {
  const outputs = [...keys, ...values].map(({ output }) => output)
  const found = outputs.find((output) => output.name === name)
  if (found !== undefined) return found
  const names = outputs.map((output) => output.name)
  throw new AppError(
    code,
    `'${shortened(name)}' is not in 'group' or 'values'${didYouMean(name, names)}; there are ${names.join(', ')}.`,
  )
}

function parseZone(text: string | null): ZoneOffsets {
  if (text === null) return UTC
  // A plus sign that was not encoded arrives as a space.
  const zone = text.replace(/ (?=\d)/, '+')
  const offsets = zoneOffsets(zone)
  if (offsets !== null) return offsets
  const suggestion = didYouMean(zone, Intl.supportedValuesOf('timeZone'))
  throw new AppError(
    'INVALID_REQUEST',
    `Unknown time zone '${shortened(zone)}'${suggestion}: use a name like Europe/Paris, or an offset like +02:00.`,
  )
}
