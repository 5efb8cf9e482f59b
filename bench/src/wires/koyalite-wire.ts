import { emailOf, PASSWORD } from './credentials'
import type { ChatCollection, Json, Wire } from './wire'

export function koyaliteWire(collection: ChatCollection): Wire {
  const documents = `/api/collections/${collection}`
  return {
    created: 201,
    batched: 200,
    create: (body) => ({ method: 'POST', path: documents, body }),
    read: (id) => ({ method: 'GET', path: `${documents}/${id}` }),
    update: (id, text) => ({ method: 'PATCH', path: `${documents}/${id}`, body: { text } }),
    updateMinimal: (id, text) => ({
      method: 'PATCH',
      path: `${documents}/${id}`,
      headers: { Prefer: 'return=minimal' },
      body: { text },
    }),
    newest: (room, total) => ({
      method: 'GET',
      path: `${documents}?filter=room:eq:${room}&sort=-created_at&limit=20${total ? '&count=true' : ''}`,
    }),
    batch: (messages) => ({
      method: 'POST',
      path: '/api/batch',
      body: { operations: messages.map((data) => ({ op: 'create', collection, data })) },
    }),
    array: (body) => ({ method: 'POST', path: documents, body }),
    count: () => ({ method: 'GET', path: `${documents}?limit=1&count=true` }),
    countOf: (response) => response.total,
    batchIds: (response) => response.results.map((result: Json) => result.id),
    signUp: (n) => [{ method: 'POST', path: '/api/auth/register', body: { email: emailOf(n), password: PASSWORD } }],
    userOf: (response) => ({ id: response.user.id, token: response.access_token }),
    login: (n) => ({ method: 'POST', path: '/api/auth/login', body: { email: emailOf(n), password: PASSWORD } }),
    createRoom: (n) => ({ method: 'POST', path: '/api/collections/rooms', body: { name: `Room ${n}` } }),
    createMember: (user, room) => ({ method: 'POST', path: '/api/collections/members', body: { user, room } }),
  }
}
