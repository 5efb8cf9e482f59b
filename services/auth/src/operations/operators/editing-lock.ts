import { OPERATORS_DATA } from '@koyalite/access'
import { type Actor, AppError } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { deleteEditingGrant, editingGrantOf, saveEditingGrant } from '../../store/editing-grants'

export type OperatorActor = Actor & { readonly kind: 'operator' }

/** Long enough for a correction, short enough to be over before the next one is a slip. Milliseconds. */
const GRANT_MS = 15 * 60_000

/** Paths of the studio that change documents. */
const DOCUMENTS = new RegExp(
  `^(${OPERATORS_DATA}(collections|batch|bulk|import|functions)|/api/admin/(import|changes))(/|$)`,
)

export interface EditingLock {
  /** Whether documents are locked here until somebody unlocks them: in production. */
  readonly required: boolean
  /** Until when this session may change documents; null where it may not, or nothing is locked. */
  readonly unlocked_until: string | null
}

export function editingLock(context: AuthContext, { actor, time }: RequestContext<OperatorActor>): EditingLock {
  const until = editingGrantOf(context.database, actor.sessionId)
  const isOpen = context.isProduction && until !== null && until > time
  return { required: context.isProduction, unlocked_until: isOpen ? new Date(until).toISOString() : null }
}

/** Lets this session change documents for a quarter of an hour. Throws FORBIDDEN for viewers. */
export async function unlockEditing(
  context: AuthContext,
  request: RequestContext<OperatorActor>,
): Promise<EditingLock> {
  const { actor, time } = request
  if (actor.role === 'viewer') throw new AppError('FORBIDDEN', 'Viewers change no documents.')
  if (context.isProduction) {
    await context.database.write((tx) => {
      saveEditingGrant(tx, actor.sessionId, time + GRANT_MS)
      const details = { session_id: actor.sessionId, until: new Date(time + GRANT_MS).toISOString() }
      audit(context, tx, request, { event: 'admin.editing_unlocked', details })
    })
  }
  return editingLock(context, request)
}

export async function lockEditing(context: AuthContext, request: RequestContext<OperatorActor>): Promise<EditingLock> {
  const { actor } = request
  await context.database.write((tx) => {
    if (deleteEditingGrant(tx, actor.sessionId))
      audit(context, tx, request, { event: 'admin.editing_locked', details: { session_id: actor.sessionId } })
  })
  return editingLock(context, request)
}

/**
 * In production, a browser in which an operator is signed in changes documents only while its session is unlocked: so
 * the lock holds whatever a page does. Programs send tokens and keys, and are not asked. Throws FORBIDDEN with the
 * detail `editing_locked`.
 */
export function requireUnlocked(
  context: AuthContext,
  actor: OperatorActor,
  request: { readonly path: string; readonly time: number },
): void {
  if (DOCUMENTS.test(request.path)) requireGrant(context, actor, request.time)
}

/** The same where the path does not tell whether documents are changed. */
export function requireGrant(context: AuthContext, actor: OperatorActor, time: number): void {
  if (!context.isProduction) return
  if ((editingGrantOf(context.database, actor.sessionId) ?? 0) > time) return
  const message = 'Documents of production are locked in the studio: unlock editing for 15 minutes, then try again.'
  throw new AppError('FORBIDDEN', message, { details: [{ field: 'session', code: 'editing_locked', message }] })
}
