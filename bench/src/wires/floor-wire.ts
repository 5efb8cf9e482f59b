import { emailOf } from './credentials'
import type { Json, Wire } from './wire'

/** No rules, no users who sign in: what others check, the floor leaves out. */
export function floorWire(): Wire {
  return {
    created: 201,
    batched: 201,
    create: (body) => ({ method: 'POST', path: '/messages', body }),
    read: (id) => ({ method: 'GET', path: `/messages/${id}` }),
    update: (id, text) => ({ method: 'PATCH', path: `/messages/${id}`, body: { text } }),
    updateMinimal: () => null,
    newest: (room, total) => ({ method: 'GET', path: `/messages?room=${room}${total ? '&total=1' : ''}` }),
    batch: (body) => ({ method: 'POST', path: '/batch', body }),
    array: (body) => ({ method: 'POST', path: '/batch', body }),
    count: () => ({ method: 'GET', path: '/count' }),
    countOf: (response) => response.total,
    batchIds: (response) => response.map((message: Json) => message.id),
    signUp: (n) => [{ method: 'POST', path: '/users', body: { name: emailOf(n) } }],
    userOf: (response) => ({ id: response.id, token: undefined }),
    login: () => null,
    createRoom: (n) => ({ method: 'POST', path: '/rooms', body: { name: `Room ${n}` } }),
    createMember: (user, room) => ({ method: 'POST', path: '/members', body: { user, room } }),
  }
}
