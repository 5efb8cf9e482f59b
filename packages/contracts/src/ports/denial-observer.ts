import type { Actor } from '../actor'
import type { AppError } from '../errors'

/** Explains to the developer of a project why rules denied something. There is none under `start`. */
export interface DenialObserver {
  /** Resolves to the error that is sent: to a caller on this machine with the reason in its details. Never rejects. */
  refused(error: AppError, call: DeniedCall): Promise<AppError>
  /** A list was empty, though documents match it: the one with this key does. */
  hidden(collection: string, id: string, call: DeniedCall): void
}

/** The request, or message of a connection, that rules denied. */
export interface DeniedCall {
  /** `GET /api/collections/posts`, `subscribe` */
  readonly what: string
  readonly actor: Actor
  readonly method: string
  readonly ip: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
  /** Only callers on this machine are shown why. */
  readonly isLocal: boolean
}
