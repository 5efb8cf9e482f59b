import { spendWork } from '@koyalite/contracts'
import { scalarType } from '../check/cel-type'
import { CelDuration, CelTimestamp, FAILED } from '../memory/cel-value'
import { durationField, type TimeField, timestampField } from './cel-time'
import type { FunctionDefinition, Overload } from './function-definition'

const INT = scalarType('int')
const OF_TIMESTAMP: readonly Overload[] = [
  { params: ['timestamp'], result: INT },
  { params: ['timestamp', 'string'], result: INT },
]
const OF_BOTH: readonly Overload[] = [...OF_TIMESTAMP, { params: ['duration'], result: INT }]

/** The parts of timestamps and durations. */
export const TIME_FUNCTIONS = {
  getFullYear: part('getFullYear', OF_TIMESTAMP),
  getMonth: part('getMonth', OF_TIMESTAMP),
  getDate: part('getDate', OF_TIMESTAMP),
  getDayOfMonth: part('getDayOfMonth', OF_TIMESTAMP),
  getDayOfWeek: part('getDayOfWeek', OF_TIMESTAMP),
  getDayOfYear: part('getDayOfYear', OF_TIMESTAMP),
  getHours: part('getHours', OF_BOTH),
  getMinutes: part('getMinutes', OF_BOTH),
  getSeconds: part('getSeconds', OF_BOTH),
  getMilliseconds: part('getMilliseconds', OF_BOTH),
} as const satisfies Record<TimeField, FunctionDefinition>

function part(field: TimeField, overloads: readonly Overload[]): FunctionDefinition {
  return {
    call: 'method',
    overloads,
    evaluate([time, zone]) {
      if (time instanceof CelDuration) return zone === undefined ? durationField(time, field) : FAILED
      if (!(time instanceof CelTimestamp)) return FAILED
      if (zone === undefined) return timestampField(time, field)
      if (typeof zone !== 'string') return FAILED
      // Tables of zones are looked up by the engine; one that it has not seen costs much more.
      spendWork(zone.length <= 6 ? 20 : 1_000)
      return timestampField(time, field, zone)
    },
  }
}
