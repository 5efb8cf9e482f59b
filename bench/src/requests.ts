import type { Job } from './job'
import { encode, type Message, WIRES } from './wire'

/** The next request of a job: its bytes, what its answer must be, and how many documents it creates. */
export interface NextRequest {
  readonly bytes: Buffer
  readonly status: number
  readonly write: boolean
  readonly creates: number
  /** Text that must be in the answer's body. */
  readonly expects: string
}

/** Makes the requests of a job one by one. What can be encoded beforehand is. */
export function requestMaker(job: Job): () => NextRequest {
  const wire = WIRES[job.wire]
  let n = 0
  const message = (): Message => {
    n++
    return {
      author: job.authors[n % job.authors.length] ?? '',
      room: job.rooms[n % job.rooms.length] ?? '',
      text: `Message ${n}: the quick brown fox jumps over the lazy dog, and back again.`,
    }
  }
  const create = (): NextRequest => {
    const sent = message()
    const status = job.wire === 'pocketbase' ? 200 : 201
    return { bytes: encode(wire.create(sent)), status, write: true, creates: 1, expects: sent.room }
  }
  const ready = new Map<string, Buffer>()
  const encoded = (key: string, make: () => Buffer) => {
    const bytes = ready.get(key) ?? make()
    ready.set(key, bytes)
    return bytes
  }
  const read = (): NextRequest => {
    const id = job.messages[(n++ * 7919) % job.messages.length] ?? ''
    return { bytes: encoded(id, () => encode(wire.read(id))), status: 200, write: false, creates: 0, expects: id }
  }
  const newest = (total: boolean): NextRequest => {
    const room = job.rooms[0] ?? ''
    return {
      bytes: encoded(room, () => encode(wire.newest(room, total))),
      status: 200,
      write: false,
      creates: 0,
      expects: room,
    }
  }
  const many = (kind: 'batch' | 'array'): NextRequest => {
    const messages = Array.from({ length: job.batchSize }, message)
    const request = wire[kind](messages)
    if (request === null) throw new Error(`${job.wire} has no ${kind}`)
    const status = job.wire === 'floor' || kind === 'array' ? 201 : 200
    return { bytes: encode(request), status, write: true, creates: job.batchSize, expects: messages[0]?.room ?? '' }
  }
  switch (job.operation) {
    case 'create':
      return create
    case 'read':
      return read
    case 'mixed':
      return () => (n % 10 === 0 ? create() : read())
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
        const id = job.messages[(n++ * 7919) % job.messages.length] ?? ''
        return { bytes: encode(wire.update(id, `Edited ${n}`)), status: 200, write: true, creates: 0, expects: id }
      }
  }
}
