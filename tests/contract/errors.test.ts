import { describe, expect, test } from 'bun:test'
import {
  createApi,
  errorProblem,
  expectError,
  expectStatus,
  rawRequest,
  testScenarios,
  useServer,
} from '@koyalite/testkit'
import { NOTES } from '../fixtures/schemas'

const server = useServer({ schema: NOTES, settings: 'server: { max_body: 64kb }\n' })
const NOTES_URL = '/api/collections/notes'
const MISSING = `${NOTES_URL}/0190a5f0-7b1c-7def-8abc-0123456789ab`
const json = { 'content-type': 'application/json' }

describe('each kind of invalid request has its error', () => {
  testScenarios(
    () => server,
    [
      { name: 'an unknown route', request: 'GET /nothing/here', status: 404, code: 'NOT_FOUND' },
      { name: 'an unknown API route', request: 'GET /api/nothing', status: 404, code: 'NOT_FOUND' },
      { name: 'a route too deep', request: `GET ${MISSING}/more`, status: 404, code: 'NOT_FOUND' },
      {
        name: 'an unknown collection, list',
        request: 'GET /api/collections/nots',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: 'an unknown collection, get',
        request: 'GET /api/collections/nots/1',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: 'an unknown collection, create',
        request: 'POST /api/collections/nots',
        json: {},
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: 'a system table',
        request: 'GET /api/collections/_koyalite_changes',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: "SQLite's own table",
        request: 'GET /api/collections/sqlite_master',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: 'a name of the language',
        request: 'GET /api/collections/__proto__',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      {
        name: 'another name of the language',
        request: 'GET /api/collections/constructor',
        status: 404,
        code: 'COLLECTION_NOT_FOUND',
      },
      { name: 'a missing document', request: `GET ${MISSING}`, status: 404, code: 'NOT_FOUND' },
      {
        name: 'a wrong method on a collection',
        request: `DELETE ${NOTES_URL}`,
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
      },
      {
        name: 'a wrong method on a document',
        request: `POST ${MISSING}`,
        json: {},
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
      },
      { name: 'a wrong method on the batch', request: 'GET /api/batch', status: 405, code: 'METHOD_NOT_ALLOWED' },
      { name: 'a wrong method on health', request: 'POST /health', json: {}, status: 405, code: 'METHOD_NOT_ALLOWED' },
      { name: 'no body', request: `POST ${NOTES_URL}`, headers: json, status: 400, code: 'INVALID_JSON' },
      {
        name: 'half a body',
        request: `POST ${NOTES_URL}`,
        raw: '{"text":"x"',
        headers: json,
        status: 400,
        code: 'INVALID_JSON',
      },
      {
        name: 'two bodies',
        request: `POST ${NOTES_URL}`,
        raw: '{"text":"x"}{"text":"y"}',
        headers: json,
        status: 400,
        code: 'INVALID_JSON',
      },
      {
        name: 'not JSON',
        request: `POST ${NOTES_URL}`,
        raw: "{text:'x'}",
        headers: json,
        status: 400,
        code: 'INVALID_JSON',
      },
      {
        name: 'not UTF-8',
        request: `POST ${NOTES_URL}`,
        raw: new Uint8Array([123, 34, 255, 34, 58, 49, 125]),
        headers: json,
        status: 400,
        code: 'INVALID_JSON',
      },
      {
        name: 'a form',
        request: `POST ${NOTES_URL}`,
        raw: 'text=x',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      },
      {
        name: 'plain text',
        request: `POST ${NOTES_URL}`,
        raw: '{"text":"x"}',
        headers: { 'content-type': 'text/plain' },
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      },
      {
        name: 'a content type that only looks like JSON',
        request: `POST ${NOTES_URL}`,
        raw: '{"text":"x"}',
        headers: { 'content-type': 'application/jsonx' },
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      },
      {
        name: 'plain text as a batch',
        request: 'POST /api/batch',
        raw: '{"operations":[]}',
        headers: { 'content-type': 'text/plain' },
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      },
      {
        name: 'too large a body',
        request: `POST ${NOTES_URL}`,
        json: { text: 'x'.repeat(70_000) },
        status: 413,
        code: 'PAYLOAD_TOO_LARGE',
      },
      {
        name: 'an invalid document',
        request: `POST ${NOTES_URL}`,
        json: { text: 7 },
        status: 422,
        code: 'VALIDATION_ERROR',
      },
      {
        name: 'deep JSON',
        request: `POST ${NOTES_URL}`,
        raw: `{"text":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
        headers: json,
        status: 400,
      },
      {
        name: 'JSON with a charset',
        request: `POST ${NOTES_URL}`,
        raw: '{"text":"x"}',
        headers: { 'content-type': 'Application/JSON; charset=utf-8' },
        status: 201,
        causes: { changes: ['insert notes'] },
      },
      {
        name: 'an unknown parameter of a get',
        request: `GET ${MISSING}?expnd=x`,
        status: 400,
        code: 'INVALID_REQUEST',
      },
    ],
  )
})

describe('a body of the wrong form is a clear 4xx, and nothing is written', () => {
  const BODIES = [
    [`POST ${NOTES_URL}`, '"x"', 'VALIDATION_ERROR'],
    [`POST ${NOTES_URL}`, 'null', 'VALIDATION_ERROR'],
    [`POST ${NOTES_URL}`, '7', 'VALIDATION_ERROR'],
    [`POST ${NOTES_URL}`, 'true', 'VALIDATION_ERROR'],
    [`POST ${NOTES_URL}`, '[[{"text":"x"}]]', 'VALIDATION_ERROR'],
    [`POST ${NOTES_URL}`, '[null]', 'VALIDATION_ERROR'],
    [`PUT ${MISSING}`, '[{"text":"x"}]', 'VALIDATION_ERROR'],
    [`PUT ${MISSING}`, '7', 'VALIDATION_ERROR'],
    [`PATCH ${MISSING}`, '[]', 'VALIDATION_ERROR'],
    [`PATCH ${MISSING}`, 'null', 'VALIDATION_ERROR'],
    ['POST /api/batch', '"operations"', 'INVALID_REQUEST'],
    [`POST ${NOTES_URL}`, '{"text":"x","__proto__":{"n":1}}', 'INVALID_JSON'],
    [`POST ${NOTES_URL}`, '{"text":"x","constructor":{"prototype":{"n":1}}}', 'INVALID_JSON'],
  ] as const
  for (const [request, raw, code] of BODIES) {
    test(`${request}: ${raw}: ${code}`, async () => {
      const before = (await server.api.list('notes', { limit: 1 })).headers.get('koyalite-seq')
      const [method = '', path = ''] = request.split(' ')
      const response = await server.api.request(method, path, { raw, headers: json })
      expectError(response, code)
      expect((await server.api.list('notes', { limit: 1 })).headers.get('koyalite-seq')).toBe(before)
    })
  }
})

test('405 lists the allowed methods', async () => {
  const response = await server.api.delete(NOTES_URL)
  const allowed = (response.headers.get('allow') ?? '').split(/\s*,\s*/)
  expect(allowed).toContain('GET')
  expect(allowed).toContain('POST')
  expect(allowed).not.toContain('DELETE')
})

test('a chunked body that is too large is refused too, and nothing is written', async () => {
  const before = (await server.api.list('notes', { count: true, limit: 1 })).body.total
  const chunk = 'x'.repeat(16_384)
  const outcome = await rawRequest(
    server.process.port,
    `POST ${NOTES_URL} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `9\r\n{"text":"\r\n${`4000\r\n${chunk}\r\n`.repeat(8)}2\r\n"}\r\n0\r\n\r\n`,
  )
  if (outcome.kind !== 'response') throw new Error(outcome.kind)
  expectError(outcome.response, 'PAYLOAD_TOO_LARGE')
  expect((await server.api.list('notes', { count: true, limit: 1 })).body.total).toBe(before)
})

test('a chunked body is read like any other', async () => {
  const outcome = await rawRequest(
    server.process.port,
    `POST ${NOTES_URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"text":\r\n5\r\n"in "\r\n1\r\n}\r\n0\r\n\r\n`,
  )
  expect(outcome.kind === 'response' && outcome.response.status).toBe(201)
})

describe('a broken path or query', () => {
  for (const path of [
    '/%',
    '/%zz',
    '/api/collections/%E0%A4%A',
    '/api/collections/notes/%ff',
    '/api/collections/notes/%00',
    '/api//collections/notes',
    '/../etc/passwd',
    '/api/collections/notes?filter=%',
    '/api/collections/notes?filter=%ff:eq:%00',
    `/${'a'.repeat(10_000)}`,
  ]) {
    test(path.slice(0, 60), async () => {
      const outcome = await rawRequest(server.process.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      if (outcome.kind !== 'response') throw new Error(outcome.kind)
      expect(outcome.response.status).toBeGreaterThanOrEqual(400)
      expect(outcome.response.status).toBeLessThan(500)
      expect(errorProblem(outcome.response)).toBeUndefined()
    })
  }
})

describe('invalid credentials', () => {
  for (const authorization of [
    'Bearer kl_unknown',
    'Bearer ',
    'Bearer',
    'Basic YTpi',
    'Bearer a.b.c',
    'kl_unknown',
    `Bearer ${'x'.repeat(5000)}`,
  ]) {
    test(`${authorization.slice(0, 30)} is a 401, also where anonymous would be allowed`, async () => {
      const response = await createApi(server.process.url).get(NOTES_URL, { headers: { authorization } })
      expectError(response, 'UNAUTHENTICATED')
    })
  }
})

test('request ids differ, and the error has that of its response', async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => server.api.get(MISSING)))
  for (const response of responses) expectError(response, 'NOT_FOUND')
  expect(new Set(responses.map((response) => response.headers.get('x-request-id'))).size).toBe(20)
  expectStatus(await server.api.get(NOTES_URL), 200)
})
