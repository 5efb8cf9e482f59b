import { type Actor, AppError, type JsonValue, type Transactions, type Tx } from '@koyalite/contracts'
import {
  errorBody,
  type HttpApp,
  parseJsonInTurns,
  readBody,
  toAppError,
  type UnidentifiedRequest,
} from '@koyalite/kernel'
import type { DoorContext } from '../http/function-door'
import { requireInput, sentInput } from '../http/function-door'
import type { Instance } from '../pool/instance'
import type { LoadedFunction } from '../versions/loaded-function'
import { callerKey } from '../versions/split-calls'
import { callFunction, EXECUTION_HEADER } from './call-function'
import { functionNotFound, mayInvoke } from './may-call'
import type { LogLine, RunningCall, RunningCalls } from './running-calls'

/** What the code of functions asks of the server: PROTOCOL.md, "What the code may ask for". */
export interface InternalDoor {
  answer(request: Request, instance: Instance): Promise<Response>
  /** As whom a request for documents is made that has come through `answer`. Throws UNAUTHENTICATED, FORBIDDEN, NO_CALLER. */
  authenticate(request: UnidentifiedRequest): Actor | Promise<Actor>
}

export interface InternalDoorOptions {
  readonly running: RunningCalls
  readonly transactions: Pick<Transactions, 'requireNone'>
  /** The routes of documents and transactions, below /internal/v1. */
  readonly app: () => HttpApp
  readonly door: DoorContext
  readonly find: (name: string) => LoadedFunction | undefined
  /** An event that is to be published, checked. */
  readonly publish: (call: RunningCall, sent: unknown) => { run(tx: Tx): JsonValue }
  /** What a push asks for, checked. */
  readonly push: (call: RunningCall, sent: unknown) => { run(tx: Tx, newId: () => string): JsonValue }
  /** An email that is to be sent, checked. */
  readonly send: (call: RunningCall, sent: unknown) => { run(tx: Tx, newId: () => string): JsonValue }
  readonly write: (run: (tx: Tx) => JsonValue) => Promise<{ readonly value: JsonValue }>
  /** Somebody has used a token that is not theirs, or not any more. */
  onForeignToken(instance: Instance): void
}

const PREFIX = '/internal/v1'
/** Documents outside of a transaction. */
const DOCUMENTS = /^\/internal\/v1\/(db|admin)\//
const MAX_LOG_BYTES = 2 * 1024 * 1024
/** More than an event has, so that it is said what is too large. */
const MAX_EVENT_BYTES = 1024 * 1024
/** The same of an email. */
const MAX_MAIL_BYTES = 2 * 1024 * 1024
const MAX_PUSH_BYTES = 16 * 1024 * 1024
const MAX_PROGRESS_BYTES = 1_024

export function createInternalDoor(options: InternalDoorOptions): InternalDoor {
  const { running, transactions, app, door, find, push, publish, send, write, onForeignToken } = options

  async function respond(request: Request, instance: Instance): Promise<Response> {
    const { pathname } = new URL(request.url)
    const authorization = request.headers.get('authorization')
    const isLog = pathname === `${PREFIX}/logs` && request.method === 'POST'
    const call = isLog ? running.findLogged(authorization, instance) : running.find(authorization, instance)
    if (call === null) {
      // Lines of a call that has ended long ago do no harm.
      if (authorization !== null && !isLog) onForeignToken(instance)
      throw new AppError('UNAUTHENTICATED', 'This token is not one of a call that runs in this instance.')
    }
    if (isLog) return takeLogs(request, call)
    const name = calledName(pathname)
    if (name !== null && request.method === 'POST') return callAnother(request, call, name)
    if (pathname === `${PREFIX}/jobs` && request.method === 'POST') return pushJobs(request, call)
    if (pathname === `${PREFIX}/events` && request.method === 'POST') return publishEvent(request, call)
    if (pathname === `${PREFIX}/mails` && request.method === 'POST') return sendMail(request, call)
    if (pathname === `${PREFIX}/job/progress` && request.method === 'POST') return takeProgress(request, call)
    if (DOCUMENTS.test(pathname)) transactions.requireNone(call)
    return app().fetch(request, { ip: '127.0.0.1' })
  }

  async function callAnother(request: Request, call: RunningCall, name: string): Promise<Response> {
    if (!call.calls.includes(name)) {
      const advice = `add it to its manifest: calls: [${[...call.calls, name].join(', ')}]`
      // A fault of the code, for whoever wrote it: its caller learns nothing of it.
      throw new AppError('FUNCTION_ERROR', `${call.function} may not call the function ${name}: ${advice}`)
    }
    const serving = find(name)
    if (serving === undefined || serving.kind !== 'typed')
      throw new AppError(
        'FUNCTION_ERROR',
        `${call.function} calls ${name}, and there is no such function that takes an input`,
      )
    const input = await bodyOf(request, serving.maxBody)
    const actor = call.enqueuer === null ? null : await call.actor()
    const fn = door.runs(serving, actor && callerKey(actor, call.ip))
    const facts = { method: 'POST', ip: call.ip, time: Date.now(), headers: {} }
    // Where nobody called, the server itself does.
    const isRefused = actor !== null && !mayInvoke(actor, serving)
    if (isRefused && serving.access !== null && !serving.access(actor, facts, input)) {
      throw new AppError('FORBIDDEN', `The caller of ${call.function} may not call ${name}.`)
    }
    requireInput(fn, input)
    const result = await callFunction(door, fn, {
      ...{ actor, actorNow: () => call.actor(), requestId: call.requestId, ip: call.ip, signal: request.signal },
      ...{
        chain: call.chain,
        isTrial: call.isTrial,
        url: `${door.publicUrl()}/api/functions/${name}`,
        headers: new Headers(),
      },
      sent: sentInput(input),
    })
    const headers = { 'content-type': 'application/json', [EXECUTION_HEADER]: result.execution }
    if (result.kind === 'output') return new Response(result.json, { headers })
    if (result.kind === 'answer') throw functionNotFound(name)
    const { code, message, details, status } = result.error
    return new Response(JSON.stringify({ error: { code, message, details } }), { status, headers })
  }

  /** Code may take its time to send it. What its call might, nothing may once that has ended. */
  async function bodyOf(request: Request, maxBytes: number): Promise<unknown> {
    const body = await parseJsonInTurns(await readBody(request, maxBytes))
    running.required(request.headers)
    return body
  }

  /** As somebody who still may: their jobs run as them. */
  async function pushJobs(request: Request, call: RunningCall): Promise<Response> {
    const sent = await bodyOf(request, MAX_PUSH_BYTES)
    transactions.requireNone(call)
    if (call.enqueuer !== null) await call.actor()
    const { run } = push(call, sent)
    const { value } = await write((tx) => run(tx, Bun.randomUUIDv7))
    return Response.json(value, { status: 201 })
  }

  async function publishEvent(request: Request, call: RunningCall): Promise<Response> {
    const sent = await bodyOf(request, MAX_EVENT_BYTES)
    transactions.requireNone(call)
    const { run } = publish(call, sent)
    const { value } = await write((tx) => run(tx))
    return Response.json(value, { status: 201 })
  }

  async function sendMail(request: Request, call: RunningCall): Promise<Response> {
    transactions.requireNone(call)
    const { run } = send(call, await parseJsonInTurns(await readBody(request, MAX_MAIL_BYTES)))
    const { value } = await write((tx) => run(tx, Bun.randomUUIDv7))
    return Response.json(value, { status: 201 })
  }

  return {
    async answer(request, instance) {
      try {
        return await respond(request, instance)
      } catch (thrown) {
        const error = toAppError(thrown)
        return Response.json(errorBody(error, '', Date.now()), { status: error.status, headers: error.headers })
      }
    },
    authenticate(request) {
      const call = running.required(request.headers)
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (call.readsOnly && !isRead)
        throw new AppError('FORBIDDEN', `${call.function} only reads: its manifest says read: true.`)
      if (call.isTrial && !isRead)
        throw new AppError('FORBIDDEN', `As somebody else, operators only read: call ${call.function} as yourself.`)
      if (!request.path.startsWith(`${PREFIX}/admin/`)) return call.actor()
      if (call.isAdmin) return { kind: 'system', function: call.function }
      throw new AppError(
        'FORBIDDEN',
        `ctx.admin is for functions whose manifest says admin: true; ${call.function} does not.`,
      )
    },
  }
}

/** `report` of `/internal/v1/functions/report`; null for other paths. */
function calledName(path: string): string | null {
  const beginning = `${PREFIX}/functions/`
  if (!path.startsWith(beginning)) return null
  return decodeURIComponent(path.slice(beginning.length))
}

async function takeLogs(request: Request, call: RunningCall): Promise<Response> {
  const bytes = await readBody(request, MAX_LOG_BYTES)
  for (const text of new TextDecoder().decode(bytes).split('\n')) {
    const line = text === '' ? null : readLine(text)
    if (line !== null) call.log(line)
  }
  return new Response(null, { status: 204 })
}

async function takeProgress(request: Request, { function: name, job }: RunningCall): Promise<Response> {
  if (job === null) throw new AppError('INVALID_REQUEST', `This call of ${name} runs no job: it has no progress.`)
  const sent = await parseJsonInTurns(await readBody(request, MAX_PROGRESS_BYTES))
  const { progress } = (sent ?? {}) as { readonly progress?: unknown }
  if (typeof progress !== 'number' || !(progress >= 0 && progress <= 1))
    throw new AppError('VALIDATION_ERROR', "'progress' must be a number from 0 to 1.")
  await job.progress(progress)
  return new Response(null, { status: 204 })
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** A line as an instance has written it, which may be anything. */
function readLine(text: string): LogLine | null {
  try {
    const { level, message, fields, at, truncated } = JSON.parse(text) as Record<string, unknown>
    return {
      level: LEVELS.find((known) => known === level) ?? 'info',
      message: typeof message === 'string' ? message : JSON.stringify(message),
      ...(typeof fields === 'object' && fields !== null ? { fields: fields as Record<string, unknown> } : {}),
      at: typeof at === 'number' && Number.isFinite(at) ? at : Date.now(),
      ...(truncated === true && { truncated }),
    }
  } catch {
    return null
  }
}
