import { describe, expect, test } from 'bun:test'
import { type ApiResponse, createApi, testScenarios, until, useServer } from '@koyalite/testkit'

// What requests do besides answering: which changes, mails, audit entries and rows of the server's own tables they cause. What a line does not name
// must not happen: a refused request, and one that only reads, cause nothing at all.

const server = useServer({
  command: 'dev',
  args: ['--no-studio'],
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
  schema: `
version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string, minLength: 1, unique: true }
      views: { type: int, default: 0 }
    rules: { read: "true" }
  comments:
    fields:
      id: { type: int, primary: true, default: auto }
      post_id: { type: int, references: posts.id, onDelete: cascade }
      author_id: { type: uuid, nullable: true, references: users.id, onDelete: set null }
    rules: { read: "true", create: "auth.id != null" }
  files:
    audit: true
    fields:
      id: { type: int, primary: true, default: auto }
      name: { type: string }
    rules: { read: "true" }
`,
})

const withKey = () => server
const asNobody = () => ({ api: server.anonymous, effects: server.effects })
const asAnn = () => ({ api: createApi(server.process.url, ann.access_token), effects: server.effects })

let ann = { access_token: '', refresh_token: '', user: { id: '' } }
const remember = ({ body }: ApiResponse) => {
  ann = body
}
const credentials = { email: 'ann@example.com', password: 'correct horse battery' }
const POSTS = '/api/collections/posts'
const COMMENTS = '/api/collections/comments'

describe('documents', () => {
  testScenarios(withKey, [
    {
      name: 'a document',
      request: `POST ${POSTS}`,
      json: { title: 'a' },
      status: 201,
      causes: { changes: ['insert posts'] },
    },
    {
      name: 'several',
      request: `POST ${POSTS}`,
      json: [{ title: 'b' }, { title: 'c' }],
      status: 201,
      causes: { changes: ['insert posts', 'insert posts'] },
    },
    {
      name: 'several, one of them wrong',
      request: `POST ${POSTS}`,
      json: [{ title: 'd' }, { title: '' }],
      status: 422,
      code: 'VALIDATION_ERROR',
    },
    { name: 'a value that is taken', request: `POST ${POSTS}`, json: { title: 'a' }, status: 409, code: 'CONFLICT' },
    {
      name: 'a change',
      request: `PATCH ${POSTS}/1`,
      json: { views: 1 },
      status: 200,
      causes: { changes: ['update posts'] },
    },
    { name: 'a change to what is there', request: `PATCH ${POSTS}/1`, json: { views: 1 }, status: 200 },
    { name: 'a change of nothing', request: `PATCH ${POSTS}/1`, json: {}, status: 200 },
    { name: 'a change of nobody', request: `PATCH ${POSTS}/99`, json: { views: 1 }, status: 404, code: 'NOT_FOUND' },
    {
      name: 'a change on a condition that does not hold',
      request: `PATCH ${POSTS}/1`,
      headers: { 'if-match': '"x"' },
      json: { views: 9 },
      status: 412,
      code: 'PRECONDITION_FAILED',
    },
    {
      name: 'a replacement',
      request: `PUT ${POSTS}/1`,
      json: { title: 'A', views: 1 },
      status: 200,
      causes: { changes: ['update posts'] },
    },
    {
      name: 'a replacement that makes one',
      request: `PUT ${POSTS}/10`,
      json: { title: 'ten' },
      status: 201,
      causes: { changes: ['insert posts'] },
    },
    { name: 'reading one', request: `GET ${POSTS}/1`, status: 200 },
    { name: 'reading a list', request: `GET ${POSTS}?count=true`, status: 200 },
    {
      name: 'the same request twice, the first',
      request: `POST ${POSTS}`,
      headers: { 'idempotency-key': 'once' },
      json: { title: 'once' },
      status: 201,
      // And the row that holds how much is stored, which comes with the first one.
      causes: { changes: ['insert posts'], rows: { idempotency: 2 } },
    },
    {
      name: 'the same request twice, the second',
      request: `POST ${POSTS}`,
      headers: { 'idempotency-key': 'once' },
      json: { title: 'once' },
      status: 201,
    },
    {
      name: 'a batch',
      request: 'POST /api/batch',
      json: {
        operations: [
          { op: 'create', collection: 'posts', data: { title: 'in a batch' } },
          { op: 'create', collection: 'comments', data: { post_id: 1 } },
        ],
      },
      status: 200,
      causes: { changes: ['insert posts', 'insert comments'] },
    },
    {
      name: 'a batch with a mistake',
      request: 'POST /api/batch',
      json: {
        operations: [
          { op: 'create', collection: 'posts', data: { title: 'not stored' } },
          { op: 'create', collection: 'comments', data: { post_id: 999 } },
        ],
      },
      status: 409,
      code: 'CONFLICT',
    },
    {
      name: 'a deletion, with what refers to it',
      request: `DELETE ${POSTS}/1`,
      status: 204,
      causes: { changes: ['delete comments', 'delete posts'] },
    },
    { name: 'a deletion of nobody', request: `DELETE ${POSTS}/1`, status: 404, code: 'NOT_FOUND' },
  ])
})

describe('documents without write access', () => {
  testScenarios(asNobody, [
    { name: 'a document', request: `POST ${POSTS}`, json: { title: 'x' }, status: 401, code: 'UNAUTHENTICATED' },
    { name: 'a change', request: `PATCH ${POSTS}/2`, json: { views: 7 }, status: 401, code: 'UNAUTHENTICATED' },
    { name: 'a deletion', request: `DELETE ${POSTS}/2`, status: 401, code: 'UNAUTHENTICATED' },
    { name: 'a key of somebody else', request: 'GET /api/admin/keys', status: 401, code: 'UNAUTHENTICATED' },
  ])
})

describe('documents of an audited collection', () => {
  testScenarios(withKey, [
    {
      name: 'a document',
      request: 'POST /api/collections/files',
      json: { name: 'a' },
      status: 201,
      causes: { changes: ['insert files'], audit: ['document.created success'] },
    },
    {
      name: 'a change',
      request: 'PATCH /api/collections/files/1',
      json: { name: 'b' },
      status: 200,
      causes: { changes: ['update files'], audit: ['document.updated success'] },
    },
    {
      name: 'a change that is refused',
      request: 'PATCH /api/collections/files/1',
      json: { name: 7 },
      status: 422,
      code: 'VALIDATION_ERROR',
    },
    {
      name: 'reading one',
      request: 'GET /api/collections/files/1',
      status: 200,
      causes: { audit: ['document.read success'] },
    },
    {
      name: 'reading a list',
      request: 'GET /api/collections/files',
      status: 200,
      causes: { audit: ['document.listed success'] },
    },
    {
      name: 'a deletion',
      request: 'DELETE /api/collections/files/1',
      status: 204,
      causes: { changes: ['delete files'], audit: ['document.deleted success'] },
    },
  ])
})

describe('signing in', () => {
  testScenarios(asNobody, [
    {
      name: 'registering',
      request: 'POST /api/auth/register',
      json: credentials,
      status: 201,
      causes: {
        changes: ['insert users'],
        mails: ['verify_email ann@example.com'],
        audit: ['auth.registered success', 'auth.login success'],
        rows: { accounts: 1, account_details: 1, sessions: 1, refresh_tokens: 1, one_time_tokens: 1 },
      },
      after: remember,
    },
    {
      name: 'registering with a weak password',
      request: 'POST /api/auth/register',
      json: { email: 'bob@example.com', password: 'x' },
      status: 422,
      code: 'VALIDATION_ERROR',
    },
    {
      name: 'signing in',
      request: 'POST /api/auth/login',
      json: credentials,
      status: 200,
      causes: { audit: ['auth.login success'], rows: { sessions: 1, refresh_tokens: 1 } },
      after: remember,
    },
    {
      name: 'a wrong password',
      request: 'POST /api/auth/login',
      json: { ...credentials, password: 'wrong password' },
      status: 401,
      code: 'UNAUTHENTICATED',
      causes: { audit: ['auth.login failure'], rows: { login_failures: 1 } },
    },
    {
      name: 'an address that nobody has',
      request: 'POST /api/auth/login',
      json: { ...credentials, email: 'bob@example.com' },
      status: 401,
      code: 'UNAUTHENTICATED',
      causes: { audit: ['auth.login failure'], rows: { login_failures: 1 } },
    },
    {
      name: 'a body that is none',
      request: 'POST /api/auth/login',
      json: { email: 7 },
      status: 422,
      code: 'VALIDATION_ERROR',
    },
    {
      name: 'another pair of tokens',
      with: () => ({
        request: 'POST /api/auth/refresh',
        json: { refresh_token: ann.refresh_token },
        status: 200,
        causes: { rows: { refresh_tokens: 1 } },
        after: remember,
      }),
    },
    {
      name: 'a refresh token that is none',
      request: 'POST /api/auth/refresh',
      json: { refresh_token: 'nothing' },
      status: 401,
      code: 'UNAUTHENTICATED',
    },
    {
      name: 'a mail for a forgotten password',
      request: 'POST /api/auth/password/forgot',
      json: { email: credentials.email },
      status: 200,
      causes: {
        mails: ['reset_password ann@example.com'],
        audit: ['auth.password_reset_requested success'],
        rows: { one_time_tokens: 1 },
      },
    },
    {
      name: 'a link to sign in',
      request: 'POST /api/auth/magic-link',
      json: { email: credentials.email },
      status: 200,
      causes: {
        mails: ['magic_link ann@example.com'],
        audit: ['auth.magic_link_requested success'],
        rows: { one_time_tokens: 1 },
      },
    },
  ])

  testScenarios(asAnn, [
    { name: 'who am I', request: 'GET /api/auth/me', status: 200 },
    { name: 'the sessions', request: 'GET /api/auth/sessions', status: 200 },
    {
      name: 'a comment of hers',
      with: () => ({
        request: `POST ${COMMENTS}`,
        json: { post_id: 2, author_id: ann.user.id },
        status: 201,
        causes: { changes: ['insert comments'] },
      }),
    },
    { name: 'an admin route', request: 'GET /api/admin/users', status: 403, code: 'FORBIDDEN' },
    {
      name: 'signing out',
      request: 'POST /api/auth/logout',
      json: {},
      status: 204,
      causes: { audit: ['auth.logout success'], rows: { sessions: -1, refresh_tokens: -2 } },
    },
    { name: 'signed out', request: 'GET /api/auth/me', status: 401, code: 'UNAUTHENTICATED' },
  ])
})

describe('the admin API', () => {
  testScenarios(withKey, [
    { name: 'the users', request: 'GET /api/admin/users', status: 200 },
    {
      name: 'a user',
      request: 'POST /api/admin/users',
      json: { email: 'carl@example.com' },
      status: 201,
      causes: {
        changes: ['insert users'],
        mails: ['verify_email carl@example.com'],
        audit: ['user.created success'],
        rows: { accounts: 1, one_time_tokens: 1 },
      },
    },
    {
      name: 'a user who is there',
      request: 'POST /api/admin/users',
      json: { email: 'carl@example.com' },
      status: 409,
      code: 'CONFLICT',
    },
    {
      name: 'a blocked user',
      with: () => ({
        request: `POST /api/admin/users/${ann.user.id}/block`,
        status: 200,
        // The links that are on their way to them do not work either.
        causes: {
          audit: ['user.blocked success'],
          rows: { sessions: -1, refresh_tokens: -1, one_time_tokens: -3 },
        },
      }),
    },
    {
      name: 'a blocked user, again',
      with: () => ({
        request: `POST /api/admin/users/${ann.user.id}/block`,
        status: 200,
        causes: { audit: ['user.blocked success'] },
      }),
    },
    {
      name: 'a key',
      request: 'POST /api/admin/keys',
      json: { scopes: [{ scope: 'admin' }] },
      status: 201,
      causes: { audit: ['key.created success'], rows: { keys: 1 } },
    },
    { name: 'the log', request: 'GET /api/admin/audit', status: 200 },
    {
      name: 'a schema with a mistake',
      request: 'POST /api/admin/schema',
      json: { source: 'version: 1\ncollections: 3' },
      status: 422,
      code: 'VALIDATION_ERROR',
    },
  ])

  test('deleting a user deletes what is theirs, and keeps what only refers to them', async () => {
    const { status } = await server.api.delete(`/api/admin/users/${ann.user.id}`)
    expect(status).toBe(204)
    // Who refers to them, and what the server has of them, follows in its own time.
    let changes: readonly string[] = []
    await until(() => {
      changes = [...changes, ...server.effects.take().changes]
      return changes.length >= 2
    })
    expect([...changes].sort()).toEqual(['delete users', 'update comments'])
  })
})
