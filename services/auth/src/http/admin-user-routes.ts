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
      summary: 'List users with their accounts; parameters as for lists of documents',
      responses: { 200: answer.accountsAnswer },
      handle: text(200, withQuery(listUsers)),
    },
    {
      method: 'POST',
      path: '/api/admin/users',
      summary: 'Create a user',
      body: createUserInput,
      responses: { 201: answer.accountAnswer },
      handle: text(201, withBody(createUser)),
    },
    {
      method: 'GET',
      path: '/api/admin/users/:id',
      summary: 'Read a user with their account, by id or email address',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(getUser)),
    },
    {
      method: 'PATCH',
      path: '/api/admin/users/:id',
      summary: 'Update a user, including role and verified',
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
      summary: 'Block a user',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(blockUser)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/unblock',
      summary: 'Unblock a user',
      responses: { 200: answer.accountAnswer },
      handle: text(200, withId(unblockUser)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/reset-password',
      summary: 'Set the password of a user, or email a link to choose one',
      body: resetUserPasswordInput,
      responses: { 200: answer.acceptedAnswer },
      handle: accepted(withIdAndOptionalBody(resetUserPassword)),
    },
    {
      method: 'DELETE',
      path: '/api/admin/users/:id/mfa',
      summary: 'Remove the second factor of a user',
      responses: { 204: null },
      handle: empty(withId(removeUserMfa)),
    },
    {
      method: 'POST',
      path: '/api/admin/users/:id/impersonate',
      summary: 'Impersonate a user for 15 minutes',
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
      summary: 'List open sessions, with ?user= those of one user',
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
      summary: 'List roles and their permissions',
      responses: { 200: answer.rolesAnswer },
      handle: json(200, listRoles),
    },
  ]
}
