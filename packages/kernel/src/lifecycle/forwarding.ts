import { chmodSync } from 'node:fs'
import { AppError } from '@koyalite/contracts'
import type { HttpApp } from '../http/http-app'
import { limitedStream, readBody } from '../http/read-body'
import { requestTarget } from '../http/request-target'
import { closeServer, type Listening, NEVER_IDLE, privately } from './serve'

/** What the process that took a request knows of it. */
export interface KnownRequest {
  readonly id: string
  /** Of the socket, before any proxy is believed. */
  readonly ip: string
  /** Bytes. */
  readonly bodyLimit: number
}

/** The way from a process that only reads to the one that writes. */
export interface Forwarder {
  /** Returns the response of the other process unchanged. @throws AppError UNAVAILABLE if it does not respond */
  send(request: Request, known: KnownRequest): Promise<Response>
}

/** Always set by the sender, and believed on the socket only that it can open. */
const IP_HEADER = 'koyalite-client-ip'
/** They are about one connection, not about the request. */
const PER_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade', 'te', 'expect']
/** Bodies up to this size are sent at once; larger ones flow through. */
const SMALL_BODY = 256 * 1024
/** Just before the client's connection is closed as idle. */
const ANSWER_TIMEOUT = 110_000

/** @param path of the socket that the other process serves by `serveForwarded` */
export function createForwarder(path: string): Forwarder {
  return {
    async send(request, known) {
      const headers = new Headers(request.headers)
      for (const name of PER_CONNECTION) headers.delete(name)
      headers.set('x-request-id', known.id)
      headers.set(IP_HEADER, known.ip)
      const body = await bodyOf(request, known.bodyLimit)
      const { authority, path: target, query } = requestTarget(request.url)
      const url = `http://${authority || 'localhost'}${target}${query === null ? '' : `?${query}`}`
      const patience = new AbortController()
      // An upload takes as long as it takes; its connection is watched for idleness by the server.
      const timer =
        body instanceof ReadableStream ? undefined : setTimeout(() => patience.abort(new Late()), ANSWER_TIMEOUT)
      try {
        return await fetch(url, {
          unix: path,
          method: request.method,
          headers,
          body,
          redirect: 'manual',
          decompress: false,
          // Who goes away here is gone there: what is read for them ends.
          signal: AbortSignal.any([patience.signal, request.signal]),
        })
      } catch (cause) {
        throw request.signal.aborted
          ? new AppError('INVALID_REQUEST', 'the caller has gone away', { cause })
          : unreachable(cause)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Serves what other processes of this user have forwarded, on a socket that only they can open. */
export function serveForwarded(options: { readonly path: string; readonly app: () => HttpApp }): Listening {
  const { path, app } = options
  const server = privately(() =>
    Bun.serve({
      unix: path,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // The senders keep their connections: one that is closed from here just as it is used again would lose a write.
      ...NEVER_IDLE,
      fetch(request) {
        const ip = request.headers.get(IP_HEADER) ?? ''
        request.headers.delete(IP_HEADER)
        return app().fetch(request, { ip })
      },
    }),
  )
  chmodSync(path, 0o600)
  return { url: `unix:${path}`, port: 0, close: (timeout) => closeServer(server, timeout) }
}

class Late extends Error {}

/** A body whose length is not announced is small or large; it flows. */
async function bodyOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer> | ReadableStream | null> {
  if (request.body === null) return null
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  return length <= SMALL_BODY ? readBody(request, limit) : limitedStream(request, limit)
}

function unreachable(cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const message =
    cause instanceof Late
      ? 'the server took too long to respond; the operation may or may not have completed'
      : 'the primary process is temporarily unreachable; try again in a second'
  return new AppError('UNAVAILABLE', message, { cause, headers: { 'retry-after': '1' } })
}
