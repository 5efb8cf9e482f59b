import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import type { HashingReply, HashingRequest } from './hashing-thread'

declare const self: Worker

const LOWEST = 19

giveWay()

self.onmessage = ({ data }: MessageEvent<HashingRequest>) => {
  try {
    self.postMessage({ ok: true, value: resultOf(data) } satisfies HashingReply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    self.postMessage({ ok: false, message } satisfies HashingReply)
  }
}

function resultOf(request: HashingRequest): string | boolean {
  switch (request.type) {
    case 'ready':
      return true
    case 'hash':
      return Bun.password.hashSync(request.password, { algorithm: 'argon2id', ...request.cost })
    case 'verify':
      return Bun.password.verifySync(request.password, request.hash)
  }
}

/** Where all processors are busy, requests come before hashes. Only Linux lets a thread do so for itself alone. */
function giveWay(): void {
  if (process.platform !== 'linux') return
  // Threads that the collector starts have the priority of the one that needs them first, and all threads share them:
  // not this one.
  Bun.gc(true)
  try {
    // `4711/task/4712`: the process and this thread of it.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, LOWEST)
  } catch {
    // Without /proc, or not allowed: hashes then count as much as requests do.
  }
}
