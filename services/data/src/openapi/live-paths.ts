import { LIMITS } from '@koyalite/query'
import type { Collection, JsonSchema, Schema } from '@koyalite/schema'
import { errorsOf } from './error-responses'
import { aggregateParameters, listParameters } from './parameters'

/** A list and the groups of a collection as server-sent events. */
export function livePaths(schema: Schema, collection: Collection): Readonly<Record<string, JsonSchema>> {
  const { name } = collection
  const path = `/api/collections/${name}`
  return {
    [`${path}/live`]: {
      get: {
        operationId: `follow_${name}`,
        tags: [name],
        summary: `Follow a list of ${name} as server-sent events`,
        parameters: [...followedListParameters(schema, collection), ...CONTINUING],
        responses: {
          200: events(
            'Events named after the type of their data: `subscribed`, then `snapshot` (in parts if it is large: all but the last have `more`), `delta` for every change, `progress` every 25 seconds, `error` at the end.',
          ),
          ...errorsOf(404, 409),
        },
      },
    },
    [`${path}/aggregate/live`]: {
      get: {
        operationId: `follow_aggregate_${name}`,
        tags: [name],
        summary: `Follow the groups of ${name} as server-sent events`,
        parameters: [...aggregateParameters(schema, collection), ...CONTINUING],
        responses: {
          200: events(
            'Events named after the type of their data: `subscribed`, then `snapshot` with all groups whenever they are different, at most once a second, `progress` every 25 seconds, `error` at the end.',
          ),
          ...errorsOf(404, 422),
        },
      },
    },
  }
}

function followedListParameters(schema: Schema, collection: Collection): readonly JsonSchema[] {
  return listParameters(schema, collection)
    .filter(({ name }) => name !== 'resume')
    .map((parameter) => (parameter.name === 'limit' ? LIMIT : parameter))
}

const LIMIT: JsonSchema = {
  name: 'limit',
  in: 'query',
  description:
    'Documents of the list; `all` follows all of them, up to `realtime.max_documents`. Cannot be combined with offset and cursor then.',
  schema: {
    anyOf: [{ type: 'integer', minimum: 1, maximum: LIMITS.pageMax }, { const: 'all' }],
    default: LIMITS.pageDefault,
  },
}

const CONTINUING: readonly JsonSchema[] = [
  {
    name: 'since',
    in: 'query',
    description: 'A resume token, to receive what was missed since.',
    schema: { type: 'string' },
  },
  {
    name: 'ticket',
    in: 'query',
    description: 'A one-time ticket, for clients that cannot send headers.',
    schema: { type: 'string' },
  },
  {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event, in place of since: an EventSource sends it when it reconnects.',
    schema: { type: 'string' },
  },
]

function events(description: string): JsonSchema {
  return {
    description,
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  }
}
