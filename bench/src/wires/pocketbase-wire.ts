import { emailOf, PASSWORD } from './credentials'
import type { ChatCollection, Json, Wire, WireRequest } from './wire'

export function pocketbaseWire(collection: ChatCollection): Wire {
  const records = recordsOf(collection)
  const login = (n: number): WireRequest => ({
    method: 'POST',
    path: '/api/collections/users/auth-with-password',
    body: { identity: emailOf(n), password: PASSWORD },
  })
  return {
    created: 200,
    batched: 200,
    create: (body) => ({ method: 'POST', path: records, body }),
    read: (id) => ({ method: 'GET', path: `${records}/${id}` }),
    update: (id, text) => ({ method: 'PATCH', path: `${records}/${id}`, body: { text } }),
    updateMinimal: () => null,
    newest: (room, total) => ({
      method: 'GET',
      path: `${records}?filter=${encodeURIComponent(`room='${room}'`)}&sort=-created_at,-id&perPage=20${total ? '' : '&skipTotal=1'}`,
    }),
    batch: (messages) => ({
      method: 'POST',
      path: '/api/batch',
      body: { requests: messages.map((body) => ({ method: 'POST', url: records, body })) },
    }),
    array: () => null,
    count: () => ({ method: 'GET', path: `${records}?perPage=1` }),
    countOf: (response) => response.totalItems,
    batchIds: (response) => response.map((one: Json) => one.body.id),
    signUp: (n) => [
      {
        method: 'POST',
        path: recordsOf('users'),
        body: { email: emailOf(n), password: PASSWORD, passwordConfirm: PASSWORD },
      },
      login(n),
    ],
    userOf: (response) => ({ id: response.record.id, token: response.token }),
    login,
    createRoom: (n) => ({ method: 'POST', path: recordsOf('rooms'), body: { name: `Room ${n}` } }),
    createMember: (user, room) => ({ method: 'POST', path: recordsOf('members'), body: { user, room } }),
  }
}

const recordsOf = (collection: string) => `/api/collections/${collection}/records`
