import type { Ctx } from '../../ctx'
import { currentCall } from '../call'
import { logUncaught } from '../late-errors'
import type { RawHandler } from '../load-function'
import { type DenoAddress, type DenoHandler, type DenoServeOptions, deno } from './deno-globals'

/** What it listens on, as the code of a function is told: the server is what listens. */
const ADDRESS: DenoAddress = { transport: 'tcp', hostname: '0.0.0.0', port: 8000 }

/**
 * A file that serves by itself, as edge functions of other platforms do, is a function over HTTP: what it gives to `Deno.serve` answers its calls.
 * @returns what it has given
 */
export function takeServed(): () => RawHandler | undefined {
  let served: RawHandler | undefined
  const serve = (first: DenoServeOptions | DenoHandler, second?: DenoHandler) => {
    const options = typeof first === 'function' ? {} : first
    const handler = typeof first === 'function' ? first : (second ?? first.handler)
    if (typeof handler !== 'function') throw new TypeError('Deno.serve needs a handler')
    if (served !== undefined) throw new Error('Deno.serve is called twice: a function has one handler')
    served = (request, ctx) => answer(request, ctx, { ...options, handler })
    options.onListen?.(ADDRESS)
    return { addr: ADDRESS, finished: new Promise(() => {}), ref() {}, unref() {}, shutdown: async () => {} }
  }
  Object.defineProperty(deno, 'serve', { value: serve, configurable: true })
  Object.assign(globalThis, { EdgeRuntime: { waitUntil } })
  return () => served
}

async function answer(
  request: Request,
  ctx: Ctx,
  { handler, onError }: Pick<DenoServeOptions, 'onError'> & { readonly handler: DenoHandler },
): Promise<Response> {
  const remoteAddr = { ...ADDRESS, hostname: ctx.request.ip, port: 0 }
  const info = { remoteAddr, completed: Promise.resolve() }
  if (onError === undefined) return handler(request, info)
  try {
    return await handler(request, info)
  } catch (error) {
    return onError(error)
  }
}

/** What goes on after the answer: where it fails, the log of its call has it. */
function waitUntil(work: Promise<unknown>): void {
  const call = currentCall()
  Promise.resolve(work).catch((error: unknown) => {
    if (call === undefined) throw error
    logUncaught(error, call)
  })
}
