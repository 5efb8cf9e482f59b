import type { Job } from './job'
import { emailOf } from './wires/credentials'
import { encode, type Message } from './wires/wire'
import { wireOf } from './wires/wire-of'

/** The next request of a job: its bytes, what its response must be, and how many documents it creates. */
export interface NextRequest {
  readonly bytes: Buffer
  readonly status: number
  readonly write: boolean
  readonly creates: number
  /** Text that must be in the response's body. */
  readonly expects: string
}

/** Makes the requests of a job one by one, each in the name of its message's author where there are tokens. What can be encoded beforehand is. */
export function requestMaker(job: Job): () => NextRequest {
  const wire = wireOf(job.wire, job.collection)
  const tokenOf = (author: number) => job.tokens[author % job.tokens.length]
  let n = 0
  let written = 0
  let turn = 0
  const message = (): Message => {
    written++
    return {
      author: job.authors[written % job.authors.length] ?? '',
      room: job.rooms[written % job.rooms.length] ?? '',
      text: `Message ${written}: the quick brown fox jumps over the lazy dog, and back again.`,
    }
  }
  const create = (): NextRequest => {
    const sent = message()
    const bytes = encode(wire.create(sent), tokenOf(written))
    return { bytes, status: wire.created, write: true, creates: 1, expects: sent.room }
  }
  const ready = new Map<string, Buffer>()
  const encoded = (key: string, make: () => Buffer) => {
    const bytes = ready.get(key) ?? make()
    ready.set(key, bytes)
    return bytes
  }
  const pick = () => {
    const index = (n++ * 7919) % job.messages.length
    return { id: job.messages[index] ?? '', token: tokenOf(index) }
  }
  const read = (): NextRequest => {
    const { id, token } = pick()
    const bytes = encoded(id, () => encode(wire.read(id), token))
    return { bytes, status: 200, write: false, creates: 0, expects: id }
  }
  const newest = (total: boolean): NextRequest => {
    const room = job.rooms[0] ?? ''
    const bytes = encoded(room, () => encode(wire.newest(room, total), tokenOf(0)))
    return { bytes, status: 200, write: false, creates: 0, expects: room }
  }
  const many = (kind: 'batch' | 'array'): NextRequest => {
    const messages = Array.from({ length: job.batchSize }, message)
    const request = wire[kind](messages)
    if (request === null) throw new Error(`${job.wire} has no ${kind}`)
    const status = kind === 'array' ? wire.created : wire.batched
    const bytes = encode(request, tokenOf(0))
    return { bytes, status, write: true, creates: job.batchSize, expects: messages[0]?.room ?? '' }
  }
  switch (job.operation) {
    case 'create':
      return create
    case 'read':
      return read
    case 'mixed':
      return () => (turn++ % 10 === 0 ? create() : read())
    case 'newest':
      return () => newest(false)
    case 'newest-total':
      return () => newest(true)
    case 'batch':
      return () => many('batch')
    case 'array':
      return () => many('array')
    case 'update':
      return () => {
        const { id, token } = pick()
        const bytes = encode(wire.update(id, `Edited ${n}`), token)
        return { bytes, status: 200, write: true, creates: 0, expects: id }
      }
    case 'update-minimal':
      return () => {
        const { id, token } = pick()
        const request = wire.updateMinimal(id, `Edited ${n}`)
        if (request === null) throw new Error(`${job.wire} always returns the document`)
        return { bytes: encode(request, token), status: 204, write: true, creates: 0, expects: '' }
      }
    case 'login':
      return () => {
        const user = n++ % job.authors.length
        const request = wire.login(user)
        if (request === null) throw new Error(`${job.wire} has no users`)
        return { bytes: encode(request), status: 200, write: true, creates: 0, expects: emailOf(user) }
      }
  }
}
