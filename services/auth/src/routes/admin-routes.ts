import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import { type AuthContext, type Visit, visitOf } from '../auth-context'
import { ACCEPTED, jsonAnswer, NO_CONTENT } from '../json-answer'
import { impersonate } from '../operations/impersonate'
import { listRoles } from '../operations/list-roles'
import { endAnySession, endUserSessions, listAllSessions } from '../operations/manage-all-sessions'
import { changeOperator, createOperator, deleteOperator, listOperators } from '../operations/manage-operators'
import { rotateSigningKey } from '../operations/manage-signing-keys'
import {
  blockUser,
  changeUser,
  createUser,
  deleteUser,
  getUser,
  listUsers,
  resetUserPassword,
} from '../operations/manage-users'
import { operatorLogin } from '../operations/operator-login'
import {
  changeOperatorPassword,
  chooseOperatorPassword,
  resetOperatorPassword,
  setUpFirstOperator,
} from '../operations/operator-password'
import { bodyOr } from './body-or'
import { issueAccessToken, sessionAnswer, wantsCookies } from './sign-in-answer'

/** Operators, and what they do with users, sessions and roles. Who may is decided in the operations. */
export function adminRoutes(context: AuthContext): readonly Route[] {
  const visit = (request: ApiRequest): Visit => visitOf(context, request)
  const id = (request: ApiRequest): string => request.params.id ?? ''
  return [
    {
      method: 'POST',
      path: '/api/admin/login',
      summary: 'Sign in as an operator',
      handle: async (request) =>
        sessionAnswer(
          context,
          200,
          await operatorLogin(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
    {
      method: 'POST',
      path: '/api/admin/setup',
      summary: 'Become the first operator',
      handle: async (request) =>
        sessionAnswer(
          context,
          201,
          await setUpFirstOperator(context, visit(request), await request.json()),
          wantsCookies(request),
        ),
    },
    {
      method: 'POST',
      path: '/api/admin/password',
      summary: 'Choose a password as an operator, under a link',
      handle: async (request) => {
        await chooseOperatorPassword(context, visit(request), await request.json())
        return ACCEPTED
      },
    },
    {
      method: 'POST',
      path: '/api/admin/password/change',
      summary: 'Change the password of the operator who is signed in',
      handle: async (request) => {
        await changeOperatorPassword(context, visit(request), await request.json())
        return ACCEPTED
      },
    },
    {
      method: 'GET',
      path: '/api/admin/operators',
      summary: 'Operators',
      handle: (request) => jsonAnswer(200, { operators: listOperators(context, visit(request)) }),
    },
    {
      method: 'POST',
      path: '/api/admin/operators',
      summary: 'Make an operator',
      handle: async (request) => jsonAnswer(201, await createOperator(context, visit(request), await request.json())),
    },
    {
      method: 'PATCH',
      path: '/api/admin/operators/:id',
      summary: 'Change role or standing of an operator',
      handle: async (request) =>
        jsonAnswer(200, await changeOperator(context, visit(request), id(request), await request.json())),
    },
    {
      method: 'DELETE',
      path: '/api/admin/operators/:id',
      summary: 'Remove an operator',
      handle: async (request) => {
        await deleteOperator(context, visit(request), id(request))
        return NO_CONTENT
      },
    },
    {
      method: 'POST',
      path: '/api/admin/operators/:id/reset-password',
      summary: 'A new password for an operator',
      handle: async (request) =>
        jsonAnswer(200, await resetOperatorPassword(context, visit(request), id(request), await bodyOr(request, {}))),
    },
    {
      method: 'GET',
      path: '/api/admin/users',
      summary: 'Users with their accounts; parameters as in lists of collections',
      handle: async (request) => textAnswer(200, await listUsers(context, visit(request), request.query)),
    },
    {
      method: 'POST',
      path: '/api/admin/users',
      summary: 'Make a user',
      handle: async (request) => textAnswer(201, await createUser(context, visit(request), await request.json())),
    },
    {
      method: 'GET',
      path: '/api/admin/users/:id',
      summary: 'A user with their account; id or e-mail address',
      handle: (request) => textAnswer(200, getUser(context, visit(request), id(request))),
    },
    {
      method: 'PATCH',
      path: '/api/admin/users/:id',
      summary: 'Change fields of a user, role and verified too',
      handle: async (request) =>
        textAnswer(200, await changeUser(context, visit(request), id(request), await request.json())),
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id',
      summary: 'Delete a user',
      handle: async (request) => {
        await deleteUser(context, visit(request), id(request))
        return NO_CONTENT
      },
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/block',
      summary: 'Keep a user out',
      handle: async (request) => textAnswer(200, await blockUser(context, visit(request), id(request), true)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/unblock',
      summary: 'Let a user in again',
      handle: async (request) => textAnswer(200, await blockUser(context, visit(request), id(request), false)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/reset-password',
      summary: 'Send a user the mail to choose a new password',
      handle: async (request) => {
        await resetUserPassword(context, visit(request), id(request))
        return ACCEPTED
      },
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/impersonate',
      summary: 'Act as a user for a quarter of an hour',
      handle: async (request) => {
        const session = await impersonate(context, visit(request), id(request))
        const { accessToken, expiresIn } = await issueAccessToken(context, session)
        return jsonAnswer(201, {
          access_token: accessToken,
          token_type: 'Bearer',
          expires_in: expiresIn,
          user_id: session.subject,
        })
      },
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id/sessions',
      summary: 'End all sessions of a user',
      handle: async (request) =>
        jsonAnswer(200, { ended: await endUserSessions(context, visit(request), id(request)) }),
    },
    {
      method: 'GET',
      path: '/api/admin/sessions',
      summary: 'Open sessions; of one user with ?user=',
      handle: (request) => jsonAnswer(200, listAllSessions(context, visit(request), request.query)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/sessions/:id',
      summary: 'End a session',
      handle: async (request) => {
        await endAnySession(context, visit(request), id(request))
        return NO_CONTENT
      },
    },
    {
      method: 'GET',
      path: '/api/admin/roles',
      summary: 'Roles and their permissions',
      handle: (request) => jsonAnswer(200, listRoles(context, visit(request))),
    },
    {
      method: 'POST',
      path: '/api/admin/signing-keys/rotate',
      summary: 'Sign access tokens with a new key',
      handle: async (request) => jsonAnswer(201, await rotateSigningKey(context, visit(request))),
    },
  ]
}

function textAnswer(status: number, body: string): ApiResponse {
  return { status, body, headers: { 'cache-control': 'no-store' } }
}
