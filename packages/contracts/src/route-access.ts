import type { Actor } from './actor'

/**
 * Who may use a route. Every route says it, and it is checked as soon as the actor is known: before the body is read.
 * `packages/access` makes them; a service may make one of its own.
 */
export interface RouteAccess<A extends Actor = Actor> {
  /**
   * `anyone`: a credential makes no difference. `rules`: anonymous callers are welcome, and what each may do is decided with the data.
   * `signed_in`: an actor of some kind. `admin`: an area of the admin API.
   */
  readonly kind: 'anyone' | 'rules' | 'signed_in' | 'admin'
  /** One sentence for the reference. */
  readonly description: string
  /** Returns the actor, known to be one who may. @throws AppError UNAUTHENTICATED, FORBIDDEN */
  check(actor: Actor): A
}

/** For public routes. Here, since the kernel's own routes need it. */
export const ANYONE: RouteAccess = { kind: 'anyone', description: 'Anyone.', check: (actor) => actor }
