import { AppError, type UserFields } from '@koyalite/contracts'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { insertAccount } from '../../store/accounts'
import { type SignIn, signInUser } from '../sign-in/sign-in-user'
import { registeredUser } from './new-account'
import { placeholderEmail } from './placeholder-email'
import { requireOpenRegistration } from './require-open-registration'

/**
 * Makes a user without credentials, for as long as the session lasts or until they register. Throws FORBIDDEN,
 * VALIDATION_ERROR, RATE_LIMITED.
 */
export async function registerAnonymous(
  context: AuthContext,
  request: RequestContext,
  fields: UserFields,
): Promise<SignIn> {
  requireOpenRegistration(context)
  charge(context, request, { name: 'register', rate: context.settings.auth.rate_limit.register })
  if (Object.hasOwn(fields, 'email')) {
    const message = 'an anonymous user has no email; register instead'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'read_only', message }] })
  }
  const create = registeredUser(context, {
    ...{ method: 'anonymous', promoted: null, fields, request },
    server: { email: placeholderEmail() },
  })
  const { value } = await context.database.write((tx) => {
    const userId = create(tx)
    insertAccount(tx, { userId, password: null, anonymous: true, at: request.time })
    audit(context, tx, request, {
      event: 'auth.registered',
      target: { kind: 'user', id: userId },
      details: { anonymous: true },
    })
    return signInUser(context, tx, { userId, method: 'anonymous', request })
  })
  return value
}
