import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import type { AuthContext, Visit } from '../../auth-context'
import { findOperator } from '../../store/operators'
import { operatorView } from '../operators/operator-view'
import { invalidate } from '../sessions/end-sessions'
import { requireSession, requireUser } from '../sign-in/require-actor'

/** Fields of `users`: they are checked where they are stored. */
export const userFieldsInput = z.looseObject({})

/** The caller's own document as JSON text. */
export async function getOwnProfile(context: AuthContext, visit: Visit): Promise<string> {
  if (visit.actor.kind === 'user') await context.users.wasRead(visit.actor.id, visit)
  return ownProfile(context, visit)
}

/** Changes fields of the caller's own document. The address has its own way: it must be proved. */
export async function changeOwnProfile(context: AuthContext, visit: Visit, input: unknown): Promise<string> {
  const { id } = requireUser(visit.actor)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('VALIDATION_ERROR', 'Send an object with the fields to change.')
  }
  if (Object.hasOwn(input, 'email')) {
    const message = 'use POST /api/auth/email/change to change the email address, which verifies the new one'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'read_only', message }] })
  }
  const update = context.users.update(id, {
    fields: input as Record<string, unknown>,
    by: 'own',
    server: {},
    visit,
  })
  await context.database.write((tx) => {
    update(tx)
    invalidate(context, tx, { kind: 'user', id })
  })
  return ownProfile(context, visit)
}

function ownProfile(context: AuthContext, visit: Visit): string {
  const actor = requireSession(visit.actor)
  if (actor.kind === 'operator') {
    const operator = findOperator(context.database, actor.id)
    if (operator) return JSON.stringify(operatorView(context, operator))
  } else {
    const document = context.users.document(context.database, actor.id, 'own')
    if (document !== null) return document
  }
  throw new AppError('UNAUTHENTICATED', 'The account no longer exists.')
}
