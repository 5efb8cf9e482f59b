import { AppError } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'
import { type AuthContext, visitOf } from '../auth-context'
import type { OpenSession } from '../operations/sessions/begin-session'
import type { SignIn } from '../operations/sign-in/sign-in-user'
import type { SubjectKind } from '../store/sessions'
import { isPageOf } from './authenticate'
import { ACCEPTED, jsonAnswer, NO_CONTENT, textAnswer } from './json-response'
import type { Operation } from './operation'
import { sessionAnswer, signInAnswer, wantsCookies } from './session-response'

type Handle = Route['handle']

/** How what an operation gives is answered. */
export interface Answers {
  /** As JSON. */
  json(status: number, operation: Operation<unknown>): Handle
  /** It is JSON text already. */
  text(status: number, operation: Operation<string>): Handle
  /** Nothing: 204. */
  empty(operation: Operation<void>): Handle
  /** Only that it was taken up. */
  accepted(operation: Operation<void>): Handle
  /** A session, or the question for a second factor. Null, where nobody signs in yet: only that it was taken up. */
  signIn(status: number, operation: Operation<SignIn | null>): Handle
  session(status: number, operation: Operation<OpenSession>): Handle
}

export function createAnswers(context: AuthContext): Answers {
  const run = <T>(operation: Operation<T>, request: Parameters<Handle>[0]): T | Promise<T> =>
    operation(context, visitOf(context, request), request)
  return {
    json: (status, operation) => async (request) => jsonAnswer(status, await run(operation, request)),
    text: (status, operation) => async (request) => textAnswer(status, await run(operation, request)),
    empty: (operation) => async (request) => {
      await run(operation, request)
      return NO_CONTENT
    },
    accepted: (operation) => async (request) => {
      await run(operation, request)
      return ACCEPTED
    },
    signIn: (status, operation) => async (request) => {
      const cookies = wantsCookies(request)
      if (cookies) requirePage(context, request, 'user')
      const signIn = await run(operation, request)
      if (signIn === null) return ACCEPTED
      if (cookies && signIn.kind === 'signed_in') requirePage(context, request, signIn.open.session.kind)
      return signInAnswer(context, status, signIn, cookies)
    },
    session: (status, operation) => async (request) => {
      const cookies = wantsCookies(request)
      if (cookies) requirePage(context, request, 'operator')
      return sessionAnswer(context, status, await run(operation, request), cookies)
    },
  }
}

/** Only pages that may use the cookies of a session are given any. Throws FORBIDDEN. */
export function requirePage(context: AuthContext, request: ApiRequest, kind: SubjectKind): void {
  if (isPageOf(context, request, kind)) return
  const whose =
    kind === 'operator'
      ? 'Only pages of this server may sign in operators with cookies'
      : 'Cookies are available only to pages of this server and of origins in server.cors with credentials'
  throw new AppError('FORBIDDEN', `${whose}; sign in without ?cookies=true, and send the token as a header.`)
}
