import { admin } from '@koyalite/access'
import { pageLimit } from '@koyalite/contracts'
import { JsonText, queryFlag, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { IMPERSONATION_AREA, ROLES_AREA, SESSIONS_AREA, USERS_AREA } from '../admin-areas'
import type { AuthContext } from '../auth-context'
import { userFieldsInput } from '../operations/inputs'
import { endAnySession, endUserSessions, listAllSessions } from '../operations/sessions/all-sessions'
import { impersonate } from '../operations/users/impersonate'
import { listRoles } from '../operations/users/list-roles'
import {
  blockUser,
  blockUserInput,
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
import { accepted } from './accepted'
import { requestContexts } from './request-context'
import * as response from './response-schemas'

const wholeNumber = z.preprocess(
  (text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text),
  z.int('must be a whole number').min(0),
)

/** The parameters of a list of documents. What the texts mean is checked there. */
const usersQuery = z.strictObject({
  filter: z.array(z.string()).optional(),
  where: z.string().optional(),
  params: z.string().optional(),
  sort: z.string().optional(),
  limit: pageLimit.optional(),
  offset: wholeNumber.optional(),
  cursor: z.string().optional(),
  count: queryFlag.optional(),
  expand: z.string().optional(),
  fields: z.string().optional(),
})

/** What operators do with users, sessions and roles. */
export function adminUserRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'GET',
      path: '/api/admin/users',
      name: 'listUsers',
      summary:
        'List users with their accounts; parameters as for lists of documents, and sort=-last_sign_in_at for who has signed in last',
      access: admin(USERS_AREA, 'read'),
      query: usersQuery,
      responses: { 200: response.accounts },
      handle: async (call) => new JsonText(await listUsers(context, requestOf(call), call.query)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/users',
      name: 'createUser',
      summary: 'Create a user',
      access: admin(USERS_AREA, 'write'),
      body: createUserInput,
      responses: { 201: response.account },
      handle: async (call) => new JsonText(await createUser(context, requestOf(call), call.body)),
    }),
    route({
      method: 'GET',
      path: '/api/admin/users/:id',
      name: 'getUser',
      summary: 'Read a user with their account, by id or email address',
      access: admin(USERS_AREA, 'read'),
      responses: { 200: response.account },
      handle: async (call) => new JsonText(await getUser(context, requestOf(call), call.params.id)),
    }),
    route({
      method: 'PATCH',
      path: '/api/admin/users/:id',
      name: 'updateUser',
      summary: 'Update a user, including role and verified',
      access: admin(USERS_AREA, 'write'),
      body: userFieldsInput,
      responses: { 200: response.account },
      handle: async (call) => new JsonText(await changeUser(context, requestOf(call), call.params.id, call.body)),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/users/:id',
      name: 'deleteUser',
      summary: 'Delete a user',
      access: admin(USERS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => deleteUser(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'POST',
      path: '/api/admin/users/:id/block',
      name: 'blockUser',
      summary: 'Block a user, with a reason and an end where they are given',
      access: admin(USERS_AREA, 'write'),
      body: blockUserInput,
      responses: { 200: response.account },
      handle: async (call) => new JsonText(await blockUser(context, requestOf(call), call.params.id, call.body)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/users/:id/unblock',
      name: 'unblockUser',
      summary: 'Unblock a user',
      access: admin(USERS_AREA, 'write'),
      responses: { 200: response.account },
      handle: async (call) => new JsonText(await unblockUser(context, requestOf(call), call.params.id)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/users/:id/reset-password',
      name: 'resetUserPassword',
      summary: 'Set the password of a user, or email a link to choose one',
      access: admin(USERS_AREA, 'write'),
      body: resetUserPasswordInput,
      responses: { 200: response.accepted },
      handle: (call) => accepted(resetUserPassword(context, requestOf(call), call.params.id, call.body)),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/users/:id/mfa',
      name: 'removeUserMfa',
      summary: 'Remove the second factor of a user',
      access: admin(USERS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => removeUserMfa(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'POST',
      path: '/api/admin/users/:id/impersonate',
      name: 'impersonateUser',
      summary: 'Impersonate a user for 15 minutes',
      access: admin(IMPERSONATION_AREA, 'write'),
      responses: { 201: response.impersonation },
      handle: (call) => impersonate(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/users/:id/sessions',
      name: 'endUserSessions',
      summary: 'End all sessions of a user',
      access: admin(SESSIONS_AREA, 'write'),
      responses: { 200: response.ended },
      handle: async (call) => ({ ended: await endUserSessions(context, requestOf(call), call.params.id) }),
    }),
    route({
      method: 'GET',
      path: '/api/admin/sessions',
      name: 'listSessions',
      summary: 'List open sessions, with ?user= those of one user',
      access: admin(SESSIONS_AREA, 'read'),
      query: response.allSessions.query,
      responses: { 200: response.allSessions.response },
      handle: (call) => listAllSessions(context, requestOf(call), call.query),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/sessions/:id',
      name: 'endSession',
      summary: 'End a session',
      access: admin(SESSIONS_AREA, 'write'),
      responses: { 204: null },
      handle: (call) => endAnySession(context, requestOf(call), call.params.id),
    }),
    route({
      method: 'GET',
      path: '/api/admin/roles',
      name: 'listRoles',
      summary: 'List roles and their permissions',
      access: admin(ROLES_AREA, 'read'),
      responses: { 200: response.roles },
      handle: () => listRoles(context),
    }),
  ]
}
