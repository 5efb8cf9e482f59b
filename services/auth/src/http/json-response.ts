import type { ApiResponse } from '@koyalite/kernel'

/** An answer that no cache may keep. */
export function jsonAnswer(status: number, value: unknown): ApiResponse {
  return textAnswer(status, JSON.stringify(value))
}

/** The same for what is JSON text already. */
export function textAnswer(status: number, text: string): ApiResponse {
  return { status, body: text, headers: { 'cache-control': 'no-store' } }
}

export const NO_CONTENT: ApiResponse = { status: 204, body: null, headers: { 'cache-control': 'no-store' } }

/** Where the answer must not tell what was done. */
export const ACCEPTED = jsonAnswer(200, { ok: true })
