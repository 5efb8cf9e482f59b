import { AppError } from '@koyalite/contracts'

const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0)

/**
 * The whole body, never holding more than `limit` bytes of it, whether its length was announced or not.
 * @throws AppError PAYLOAD_TOO_LARGE; INVALID_REQUEST where the client broke off
 */
export function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = announcedLength(request)
  if (length === null) return readPieces(request.body, limit).catch(brokenOff)
  if (length > limit) return Promise.reject(tooLarge(limit))
  // The server's HTTP parser holds the client to the length it announced.
  return length === 0 ? Promise.resolve(EMPTY) : request.arrayBuffer().then(bytesOf, brokenOff)
}

const bytesOf = (buffer: ArrayBuffer) => new Uint8Array(buffer)

async function readPieces(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return EMPTY
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.byteLength
    if (size > limit) throw tooLarge(limit)
    pieces.push(piece)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}

/** The body in pieces, erring with PAYLOAD_TOO_LARGE as soon as there are more than `limit` bytes. */
export function limitedStream(request: Request, limit: number): ReadableStream<Uint8Array> | null {
  const length = announcedLength(request)
  if (length !== null && length > limit) throw tooLarge(limit)
  let size = 0
  return (
    request.body?.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          size += piece.byteLength
          if (size > limit) controller.error(tooLarge(limit))
          else controller.enqueue(piece)
        },
      }),
    ) ?? null
  )
}

function announcedLength(request: Request): number | null {
  const header = request.headers.get('content-length')
  if (header === null || request.headers.has('transfer-encoding')) return null
  const length = Number(header)
  return Number.isSafeInteger(length) && length >= 0 ? length : null
}

function brokenOff(cause: unknown): never {
  if (cause instanceof AppError) throw cause
  throw new AppError('INVALID_REQUEST', 'the request body ended unexpectedly', { cause })
}

function tooLarge(limit: number): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `the body is larger than the allowed ${limit} bytes`)
}
