import type { Route } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { userFieldsInput } from '../operations/accounts/own-profile'
import { endAnySession, endUserSessions, listAllSessions, sessionsQuery } from '../operations/sessions/all-sessions'
import { impersonate } from '../operations/users/impersonate'
import { listRoles } from '../operations/users/list-roles'
import {
  blockUser,
  changeUser,
  createUser,
  createUserInput,
  deleteUser,
  getUser,
  listUsers,
  unblockUser,
} from '../operations/users/manage-users'
import { removeUserMfa } from '../operations/users/remove-user-mfa'
import { resetUserPassword, resetUserPasswordInput } from '../operations/users/reset-user-password'
import { named, withBody, withId, withIdAndBody, withIdAndOptionalBody, withQuery } from './operation'
import * as answer from './response-schemas'
import { createAnswers } from './responses'
import { impersonationAnswer } from './session-response'

/** What operators do with users, sessions and roles. Who may is decided in the operations. */
export function adminUserRoutes(context: AuthContext): readonly Route[] {
  const { accepted, empty, json, text } = createAnswers(context)
  return [
    {
      method: 'GET',
      path: '/api/admin/users',
      summary: 'Users with their accounts; parameters as in lists of collections',
      responses: { 200: answer.accountsAnswer },
      handle: text(200, withQuery(listUsers)),
    },
    {
      method: 'POST',
      path: '/api/admin/users',
      summary: 'Make a user',
      body: createUserInput,
      responses: { 201: answer.accountAnswer },
      handle: text(201, withBody(createUser)),
    },
    {
      method: 'GET',
      path: '/api/admin/users/:id',
      summary: 'A user with their account; id or e-mail address',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(getUser)),
    },
    {
      method: 'PATCH',
      path: '/api/admin/users/:id',
      summary: 'Change fields of a user, role and verified too',
      body: userFieldsInput,
      responses: { 200: answer.accountAnswer },
      handle: text(200, withIdAndBody(changeUser)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id',
      summary: 'Delete a user',
      responses: { 204: null },
      handle: empty(withId(deleteUser)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/block',
      summary: 'Keep a user out',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(blockUser)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/unblock',
      summary: 'Let a user in again',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(unblockUser)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/reset-password',
      summary: 'A new password for a user: the one given, or a mail with a link to choose it',
      body: resetUserPasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withIdAndOptionalBody(resetUserPassword)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id/mfa',
      summary: 'Ask a user for no second factor any more',
      responses: { 204: null },
      handle: empty(withId(removeUserMfa)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/impersonate',
      summary: 'Act as a user for a quarter of an hour',
      responses: { 201: answer.impersonationAnswer },
      handle: json(201, async (...asked) => impersonationAnswer(context, await withId(impersonate)(...asked))),
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id/sessions',
      summary: 'End all sessions of a user',
      responses: { 200: answer.endedAnswer },
      handle: json(200, named('ended', withId(endUserSessions))),
    },
    {
      method: 'GET',
      path: '/api/admin/sessions',
      summary: 'Open sessions; of one user with ?user=',
      query: sessionsQuery,
      responses: { 200: answer.allSessionsAnswer },
      handle: json(200, withQuery(listAllSessions)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/sessions/:id',
      summary: 'End a session',
      responses: { 204: null },
      handle: empty(withId(endAnySession)),
    },
    {
      method: 'GET',
      path: '/api/admin/roles',
      summary: 'Roles and their permissions',
      responses: { 200: answer.rolesAnswer },
      handle: json(200, listRoles),
    },
  ]
}
