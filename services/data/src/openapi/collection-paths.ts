import { LIMITS } from '@koyalite/query'
import type { Collection, JsonSchema, JsonValue, Schema } from '@koyalite/schema'
import { componentName, writtenDocument } from './document-components'
import { errorsOf } from './error-responses'
import { exampleDocument, examplePatch } from './example-document'
import { aggregateParameters, headerParameter, keyParameter, listParameters, projectionParameters } from './parameters'

/** Documents that one request creates at most. */
const MAX_DOCUMENTS = 1000

/** The paths of one collection. */
export function collectionPaths(schema: Schema, collection: Collection): Readonly<Record<string, JsonSchema>> {
  const { name } = collection
  const component = `#/components/schemas/${componentName(collection)}`
  const document = { $ref: component }
  const written = writtenDocument(collection)
  const about = (verb: string, summary: string) => ({ operationId: `${verb}_${name}`, tags: [name], summary })
  const idempotency = headerParameter('Idempotency-Key')
  const prefer = headerParameter('Prefer')
  const writeHeaders = [headerParameter('If-Match'), idempotency]
  return {
    [`/api/collections/${name}`]: {
      get: {
        ...about('list', `List documents of ${name}`),
        parameters: listParameters(schema, collection),
        responses: {
          200: response('A page of documents.', pageSchema(document), { 'Koyalite-Resume': RESUME }),
          ...errorsOf(404),
        },
      },
      post: {
        ...about('create', `Create a document of ${name}, or several at once`),
        parameters: [idempotency, prefer],
        requestBody: body(
          {
            anyOf: [
              { $ref: `${component}.create` },
              {
                type: 'array',
                minItems: 1,
                maxItems: MAX_DOCUMENTS,
                items: { $ref: `${component}.create` },
                description: 'All or nothing.',
              },
            ],
          },
          exampleDocument(collection, 'create'),
        ),
        responses: {
          201: response(
            'The created document, with the fields that the caller may read; or the documents. With `Prefer: return=minimal`, one document without a body.',
            { anyOf: [written, documentsSchema(written)] },
            { ETag: { ...ETAG, description: 'For a single document.' }, Location: LOCATION },
          ),
          ...errorsOf(404, 409, 413, 415, 422),
        },
      },
    },
    [`/api/collections/${name}/aggregate`]: {
      get: {
        ...about('aggregate', `Count documents of ${name}, or compute values of them, in groups`),
        parameters: aggregateParameters(schema, collection),
        responses: { 200: response('The groups.', GROUPS), ...errorsOf(404, 422) },
      },
    },
    [`/api/collections/${name}/{id}`]: {
      parameters: [keyParameter(collection)],
      get: {
        ...about('get', `Read a document of ${name}`),
        parameters: [...projectionParameters(schema, collection), headerParameter('If-None-Match')],
        responses: {
          200: response('The document.', document, { ETag: REQUIRED_ETAG }),
          304: withoutBody('The version that the caller has is current.', { ETag: REQUIRED_ETAG }),
          ...errorsOf(404),
        },
      },
      patch: {
        ...about('update', `Update fields of a document of ${name}`),
        parameters: [...writeHeaders, prefer],
        requestBody: body({ $ref: `${component}.update` }, examplePatch(collection)),
        responses: {
          200: response('The updated document.', written, { ETag: REQUIRED_ETAG }),
          204: MINIMAL,
          ...errorsOf(404, 409, 412, 413, 415, 422),
        },
      },
      put: {
        ...about('put', `Create or replace the document of ${name} with this key`),
        parameters: [...writeHeaders, headerParameter('If-None-Match'), prefer],
        requestBody: body({ $ref: `${component}.replace` }, exampleDocument(collection, 'replace')),
        responses: {
          200: response('The document was replaced.', written, { ETag: REQUIRED_ETAG }),
          201: response('The document was created. With `Prefer: return=minimal`, without a body.', written, {
            ETag: ETAG,
            Location: LOCATION,
          }),
          204: MINIMAL,
          ...errorsOf(404, 409, 412, 413, 415, 422),
        },
      },
      delete: {
        ...about('delete', `Delete a document of ${name}`),
        parameters: writeHeaders,
        responses: { 204: withoutBody('The document was deleted.'), ...errorsOf(404, 409, 412) },
      },
    },
  }
}

/** Several writes at once, of any collections. */
export function batchPath(schema: Schema): JsonSchema {
  const collections = [...schema.collections.values()]
  const collection = { type: 'string', enum: collections.map(({ name }) => name) }
  const id = { anyOf: [{ type: ['string', 'integer'] }, EARLIER_KEY] }
  const data = {
    type: 'object',
    description: 'A field that refers to documents may be `{"$result": n}`, as `id` may.',
  }
  const operation = (op: string, properties: JsonSchema, required: readonly string[]): JsonSchema => ({
    type: 'object',
    properties: { op: { const: op }, collection, ...properties },
    required: ['op', 'collection', ...required],
    additionalProperties: false,
  })
  return {
    post: {
      operationId: 'batch',
      tags: ['batch'],
      summary: 'Run several writes in one transaction, in order, if all assertions hold; each sees the earlier ones',
      parameters: [headerParameter('Idempotency-Key')],
      requestBody: body({
        type: 'object',
        required: ['operations'],
        additionalProperties: false,
        properties: {
          operations: {
            type: 'array',
            minItems: 1,
            maxItems: MAX_DOCUMENTS,
            items: {
              oneOf: [
                operation('create', { id, data }, []),
                operation('update', { id, data }, ['id']),
                operation('upsert', { id, data }, []),
                operation('delete', { id }, ['id']),
                operation('assert', { id, data: ASSERTED }, ['id', 'data']),
                operation('assert', { id, where: WHERE, params: { type: 'array' } }, ['id', 'where']),
              ],
            },
          },
        },
      }),
      responses: {
        200: response('The documents, with the fields that the caller may read; null for a delete or an assertion.', {
          type: 'object',
          required: ['results'],
          additionalProperties: false,
          properties: {
            results: { type: 'array', items: { anyOf: [{ type: 'null' }, ...collections.map(writtenDocument)] } },
          },
        }),
        ...errorsOf(404, 409, 412, 413, 415, 422),
      },
    },
  }
}

const EARLIER_KEY: JsonSchema = {
  type: 'object',
  properties: { $result: { type: 'integer', minimum: 0 } },
  required: ['$result'],
  additionalProperties: false,
  description: 'The key of the document of an earlier operation, by the index of this operation.',
}
const ASSERTED: JsonSchema = {
  type: 'object',
  description: 'Values that fields have: the operation fails with PRECONDITION_FAILED where one has another.',
}
const WHERE: JsonSchema = {
  type: 'string',
  description: 'An expression as in the `where` of a list, `params` being its values; else PRECONDITION_FAILED.',
}

const RESUME: JsonSchema = {
  schema: { type: 'string' },
  description: 'With `resume=true`: pass it as `since` to continue this list as a live query.',
}

function pageSchema(document: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required: ['docs', 'next_cursor'],
    additionalProperties: false,
    properties: {
      docs: { type: 'array', maxItems: 500, items: document },
      etags: {
        type: 'array',
        maxItems: LIMITS.pageMax,
        items: { type: 'string' },
        description: 'With `etags=true`: the ETag of each document, as If-Match takes it.',
      },
      total: { type: 'integer', minimum: 0, description: 'With `count=true`: the total number of matches.' },
      next_cursor: { type: ['string', 'null'], description: 'Cursor of the next page; null on the last page.' },
    },
  }
}

const GROUPS: JsonSchema = {
  type: 'object',
  required: ['groups'],
  additionalProperties: false,
  properties: {
    groups: {
      type: 'array',
      maxItems: LIMITS.aggregateGroups,
      items: { type: 'object', description: 'By name, what `group` and `values` ask for.' },
    },
  },
}

function documentsSchema(document: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required: ['docs'],
    additionalProperties: false,
    properties: { docs: { type: 'array', minItems: 1, maxItems: MAX_DOCUMENTS, items: document } },
  }
}

const ETAG: JsonSchema = { schema: { type: 'string' }, description: 'Changes whenever the document does.' }
const REQUIRED_ETAG: JsonSchema = { ...ETAG, required: true }
const LOCATION: JsonSchema = {
  schema: { type: 'string' },
  description: 'With `Prefer: return=minimal`: the path of the new document.',
}
const MINIMAL = withoutBody('The document was updated, with `Prefer: return=minimal`.', {
  ETag: { ...ETAG, description: 'If the caller may read the document.' },
})

function response(description: string, schema: JsonValue, headers: JsonSchema = {}): JsonSchema {
  return { ...withoutBody(description, headers), content: { 'application/json': { schema } } }
}

function withoutBody(description: string, headers: JsonSchema = {}): JsonSchema {
  const always = ['X-Request-Id', 'Koyalite-Seq'].map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return { description, headers: { ...(Object.fromEntries(always) as JsonSchema), ...headers } }
}

function body(schema: JsonSchema, example?: JsonValue): JsonSchema {
  const content = { schema, ...(example === undefined ? {} : { example }) }
  return { required: true, content: { 'application/json': content } }
}
