import { AppError, type UserFields } from '@koyalite/contracts'
import type { SessionActor, UserActor } from '../../actors'
import type { AuthContext, RequestContext } from '../../auth-context'
import { findOperator } from '../../store/operators'
import { operatorView } from '../operators/operator-view'
import { invalidate } from '../sessions/end-sessions'

/** The caller's own document as JSON text. */
export async function getOwnProfile(context: AuthContext, request: RequestContext<SessionActor>): Promise<string> {
  if (request.actor.kind === 'user') await context.users.wasRead(request.actor.id, request)
  return ownProfile(context, request.actor)
}

/** Changes fields of the caller's own document. The address has its own way: it must be proved. */
export async function changeOwnProfile(
  context: AuthContext,
  request: RequestContext<UserActor>,
  fields: UserFields,
): Promise<string> {
  const { id } = request.actor
  if (Object.hasOwn(fields, 'email')) {
    const message = 'use POST /api/auth/email/change to change the email address, which verifies the new one'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'read_only', message }] })
  }
  const update = context.users.update(id, {
    fields,
    by: 'own',
    server: {},
    request,
  })
  await context.database.write((tx) => {
    update(tx)
    invalidate(context, tx, { kind: 'user', id })
  })
  return ownProfile(context, request.actor)
}

function ownProfile(context: AuthContext, actor: SessionActor): string {
  if (actor.kind === 'operator') {
    const operator = findOperator(context.database, actor.id)
    if (operator) return JSON.stringify(operatorView(context, operator))
  } else {
    const document = context.users.document(context.database, actor.id, 'own')
    if (document !== null) return document
  }
  throw new AppError('UNAUTHENTICATED', 'The account no longer exists.')
}
