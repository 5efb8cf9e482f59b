import { spendWork } from '@koyalite/contracts'
import { scalarType } from '../check/cel-type'
import { CelDate, CelDuration, CelTimestamp, FAILED } from '../memory/cel-value'
import { dateOf, durationField, midnightOf, type TimeField, timestampField } from './cel-time'
import type { FunctionDefinition, Overload } from './function-definition'

const INT = scalarType('int')
const OF_TIMESTAMP: readonly Overload[] = [
  { params: ['timestamp'], result: INT },
  { params: ['timestamp', 'string'], result: INT },
]
const OF_DAY: readonly Overload[] = [...OF_TIMESTAMP, { params: ['date'], result: INT }]
const OF_CLOCK: readonly Overload[] = [...OF_TIMESTAMP, { params: ['duration'], result: INT }]

/** The parts of timestamps, dates and durations, and the day of the request. */
export const TIME_FUNCTIONS = {
  // The checker gives it the time of the request: see `checkToday`.
  today: {
    call: 'global',
    overloads: [{ params: ['timestamp'], result: scalarType('date') }],
    evaluate: ([time]) => (time instanceof CelTimestamp ? dateOf(time) : FAILED),
  },
  getFullYear: part('getFullYear', OF_DAY),
  getMonth: part('getMonth', OF_DAY),
  getDate: part('getDate', OF_DAY),
  getDayOfMonth: part('getDayOfMonth', OF_DAY),
  getDayOfWeek: part('getDayOfWeek', OF_DAY),
  getDayOfYear: part('getDayOfYear', OF_DAY),
  getHours: part('getHours', OF_CLOCK),
  getMinutes: part('getMinutes', OF_CLOCK),
  getSeconds: part('getSeconds', OF_CLOCK),
  getMilliseconds: part('getMilliseconds', OF_CLOCK),
} as const satisfies Record<TimeField | 'today', FunctionDefinition>

function part(field: TimeField, overloads: readonly Overload[]): FunctionDefinition {
  return {
    call: 'method',
    overloads,
    evaluate([time, zone]) {
      if (time instanceof CelDuration) return zone === undefined ? durationField(time, field) : FAILED
      if (time instanceof CelDate)
        return zone === undefined && overloads === OF_DAY ? timestampField(midnightOf(time), field) : FAILED
      if (!(time instanceof CelTimestamp)) return FAILED
      if (zone === undefined) return timestampField(time, field)
      if (typeof zone !== 'string') return FAILED
      // Tables of zones are looked up by the engine; one that it has not seen costs much more.
      spendWork(zone.length <= 6 ? 20 : 1_000)
      return timestampField(time, field, zone)
    },
  }
}
