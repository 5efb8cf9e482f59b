/** What the template `saas` promises about workspaces, written down apart from its rules. */

export interface WorkspaceState {
  readonly workspaces: readonly Workspace[]
  readonly members: readonly Member[]
  readonly codes: readonly { readonly id: string; readonly user_id: string; readonly code: string }[]
}

interface Workspace {
  readonly id: string
  readonly name: string
  readonly owner_id: string
  readonly plan_id: string
}

export interface Member {
  readonly id: string
  readonly workspace_id: string
  readonly user_id: string | null
  readonly role: 'admin' | 'member'
  readonly email: string | null
  readonly code: string | null
  readonly invited_by: string | null
  readonly created_at: string
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly verified: boolean
}

/** What is wrong with what a request of a person changed; null if nothing is. */
export function wrongChange(
  person: Person,
  before: WorkspaceState,
  after: WorkspaceState,
  seats: number,
): string | null {
  for (const workspace of after.workspaces) {
    const old = before.workspaces.find(({ id }) => id === workspace.id)
    const problem = old ? wrongWorkspace(person, before, [old, workspace]) : wrongFounding(person, workspace)
    if (problem !== null) return problem
    const count = membersOf(after, workspace.id).length
    if (count > seats && count > membersOf(before, workspace.id).length) return 'there are more members than seats'
  }
  for (const member of after.members) {
    const old = before.members.find(({ id }) => id === member.id)
    const problem = old
      ? wrongMember(person, before, [old, member])
      : wrongNewMember(person, member, { ...before, workspaces: after.workspaces })
    if (problem !== null) return problem
  }
  const remaining = new Set(after.members.map(({ id }) => id))
  for (const member of before.members) {
    const problem = remaining.has(member.id) ? null : wrongRemoval(person, before, member)
    if (problem !== null) return problem
  }
  const entered = after.codes.filter(({ id }) => !before.codes.some((old) => old.id === id))
  const isOpen = (code: string) => before.members.some((member) => member.user_id === null && member.code === code)
  if (entered.some(({ user_id, code }) => user_id !== person.id || !isOpen(code))) return 'a wrong code was entered'
  return null
}

function wrongFounding(person: Person, workspace: Workspace): string | null {
  if (workspace.owner_id !== person.id) return 'a workspace was founded for somebody else'
  return workspace.plan_id === 'free' ? null : 'a plan was chosen'
}

function wrongWorkspace(
  person: Person,
  before: WorkspaceState,
  [old, now]: readonly [Workspace, Workspace],
): string | null {
  if (old.plan_id !== now.plan_id) return 'a plan was changed'
  if (old.owner_id !== now.owner_id) {
    if (old.owner_id !== person.id) return 'the ownership was taken'
    if (!isMember(before, old.id, now.owner_id)) return 'the ownership was given to somebody who is not a member'
  }
  const mayRename = old.owner_id === person.id || isAdmin(before, old.id, person.id)
  return old.name === now.name || mayRename ? null : 'a workspace was renamed'
}

/** @param state with the workspaces that the same request founded */
function wrongNewMember(person: Person, member: Member, state: WorkspaceState): string | null {
  if (member.invited_by !== person.id) return 'somebody was invited in the name of somebody else'
  if (member.user_id === null) {
    if ((member.email === null) === (member.code === null)) return 'an invitation has not one address or code'
    return mayManage(state, person.id, member) ? null : 'somebody was invited by somebody who may not'
  }
  const isFounder = member.user_id === person.id && ownerOf(state, member.workspace_id) === person.id
  return isFounder && member.role === 'admin' ? null : 'somebody was admitted'
}

function wrongMember(person: Person, before: WorkspaceState, [old, now]: readonly [Member, Member]): string | null {
  const fixed = ['workspace_id', 'email', 'code', 'invited_by', 'created_at'] as const
  if (fixed.some((field) => old[field] !== now[field])) return 'what stays was changed'
  if (old.user_id === now.user_id) {
    return old.role === now.role || ownerOf(before, old.workspace_id) === person.id ? null : 'a role was changed'
  }
  if (old.user_id !== null || now.user_id !== person.id) return 'a membership went to somebody else'
  if (old.role !== now.role) return 'the invited chose a role'
  if (!isInvited(before, person, old)) return 'somebody accepted who was not invited'
  return mayManage(before, old.invited_by, old) ? null : 'somebody accepted whose inviter may not invite any more'
}

function wrongRemoval(person: Person, before: WorkspaceState, member: Member): string | null {
  if (member.user_id === ownerOf(before, member.workspace_id)) return 'the owner is no longer a member'
  const isOwn = member.user_id === person.id || isInvited(before, person, member)
  return isOwn || mayManage(before, person.id, member) ? null : 'somebody was removed'
}

/** The memberships and invitations that somebody may read. */
export function visibleMembers(state: WorkspaceState, person: Person): readonly Member[] {
  return state.members.filter((member) =>
    member.user_id === null
      ? isAdmin(state, member.workspace_id, person.id) || isInvited(state, person, member)
      : isMember(state, member.workspace_id, person.id),
  )
}

function isInvited({ codes }: WorkspaceState, person: Person, member: Member): boolean {
  if (member.user_id !== null) return false
  if (person.verified && member.email === person.email) return true
  return codes.some(({ user_id, code }) => user_id === person.id && code === member.code)
}

function mayManage(state: WorkspaceState, user: string | null, { workspace_id, role }: Member): boolean {
  if (user === null) return false
  return ownerOf(state, workspace_id) === user || (role === 'member' && isAdmin(state, workspace_id, user))
}

function isMember(state: WorkspaceState, workspace: string, user: string): boolean {
  return membersOf(state, workspace).some(({ user_id }) => user_id === user)
}

function isAdmin(state: WorkspaceState, workspace: string, user: string): boolean {
  return membersOf(state, workspace).some(({ user_id, role }) => user_id === user && role === 'admin')
}

function membersOf({ members }: WorkspaceState, workspace: string): readonly Member[] {
  return members.filter(({ workspace_id }) => workspace_id === workspace)
}

function ownerOf({ workspaces }: WorkspaceState, workspace: string): string | undefined {
  return workspaces.find(({ id }) => id === workspace)?.owner_id
}
