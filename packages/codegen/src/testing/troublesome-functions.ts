import type { JsonValue } from '@koyalite/contracts'
import type { ClientFunction } from '../client-function'

const TIME: JsonValue = { type: 'string', format: 'date-time' }
const TEXT: JsonValue = { type: 'string' }
const NOTHING: JsonValue = { type: 'object', properties: {}, additionalProperties: false }

/** Functions with everything that could be written wrongly. */
export const TROUBLESOME_FUNCTIONS: readonly ClientFunction[] = [
  { name: 'call', hasDoor: true, input: null, output: null },
  { name: 'send-digest', hasDoor: true, input: NOTHING, output: TIME },
  { name: 'class', hasDoor: true, input: { type: 'array', items: TIME }, output: { type: ['integer', 'null'] } },
  { name: 'getURLOf_ID', hasDoor: true, input: { anyOf: [TEXT, { type: 'integer' }] }, output: TEXT },
  { name: 'internal', hasDoor: false, input: NOTHING, output: { type: 'object', properties: { secret: TEXT } } },
  {
    name: 'publish',
    hasDoor: true,
    input: {
      type: 'object',
      properties: {
        title: { type: 'string', description: 'At any time. In any context. """ */ ` \u202e' },
        at: { ...TIME, default: '2026-01-01T00:00:00Z' },
        day: { type: 'string', format: 'date' },
        class: TEXT,
        self: TEXT,
        options: TEXT,
        note: { type: ['string', 'null'] },
        must: { type: ['string', 'null'] },
        lines: {
          type: 'array',
          items: { type: 'object', properties: { pieces: { type: 'integer' }, at: TIME }, required: ['pieces'] },
        },
        'odd name': TEXT,
      },
      required: ['title', 'must'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        slug: TEXT,
        made_at: TIME,
        ended_at: { type: ['string', 'null'], format: 'date-time' },
        days: { type: 'array', items: { type: 'string', format: 'date' } },
        versions: { type: 'object', additionalProperties: { type: 'array', items: TIME } },
        either: { anyOf: [TIME, { type: 'integer' }] },
        parts: { type: 'array', items: { type: 'object', properties: { made_at: TIME }, required: ['made_at'] } },
        class: TEXT,
        state: { enum: ['open', 'closed', null] },
      },
      required: ['slug', 'made_at', 'parts'],
    },
  },
]
