import { afterAll } from 'bun:test'
import { type Fault, startFaultProxy, useServer } from '@koyalite/testkit'
import { createData, type DataOptions, isKoyaError, type KoyaError } from '../data'
import { BLOG_SCHEMA, metadata } from './blog'

/** A server of the blog, and clients of it, directly or behind a proxy that loses and changes responses. */
export function useData() {
  const server = useServer({ schema: BLOG_SCHEMA })
  const stops: (() => void)[] = []
  afterAll(() => {
    for (const stop of stops) stop()
  })
  const client = (options: Partial<DataOptions> = {}) =>
    createData(metadata, { url: server.process.url, token: server.key, ...options })
  const behind = (fault: Fault, options: Partial<DataOptions> = {}) => {
    const proxy = startFaultProxy(server.process.url, fault)
    stops.push(proxy.stop)
    return { proxy, koya: client({ url: proxy.url, ...options }) }
  }
  return { server, client, behind }
}

/** What a call rejects with. */
export async function failure(call: () => Promise<unknown>): Promise<KoyaError> {
  try {
    await call()
  } catch (error) {
    if (isKoyaError(error)) return error
    throw error
  }
  throw new Error('it was not refused')
}
