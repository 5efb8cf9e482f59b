export type Role = 'owner' | 'admin' | 'editor' | 'viewer'

export const ROLES: readonly { readonly value: Role; readonly text: string }[] = [
  { value: 'viewer', text: 'viewer: sees everything' },
  { value: 'editor', text: 'editor: changes documents too' },
  { value: 'admin', text: 'admin: also users, keys, the schema' },
  { value: 'owner', text: 'owner: everything, also operators' },
]
