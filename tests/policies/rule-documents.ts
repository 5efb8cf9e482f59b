/** Who asks. `$ann` in documents stands for the id of ann. */
export const PEOPLE = {
  ann: {
    role: 'user',
    verified: true,
    metadata: { team: 'red', level: 3, orgs: ['red', 'lost'], flags: { beta: true }, nothing: null },
  },
  ben: { role: 'user', verified: false, metadata: { team: 'blue' } },
  mod: { role: 'moderator', verified: true, metadata: { level: '3' } },
  adm: { role: 'admin', verified: true, metadata: null },
} as const

export const ROLES = `
roles:
  reader: { permissions: ["things:read"] }
  moderator: { inherits: [reader], permissions: ["comments:*", "things:delete"] }
  admin: { inherits: [moderator], permissions: ["*"] }
`

/** What the documents below refer to, and rules look into. */
export const RELATED = {
  orgs: [
    { id: 'root', name: 'Root', owner_id: '$adm', level: 9, data: [1], parent_id: null },
    { id: 'red', name: 'Red', owner_id: '$ann', level: 3, data: { open: true }, parent_id: 'root' },
    { id: 'blue', name: 'Blue', owner_id: '$ben', level: null, data: null, parent_id: null },
    { id: 'lost', name: null, owner_id: null, level: 0, data: {}, parent_id: 'red' },
  ],
  memberships: [
    { id: 'm1', org: 'red', user: '$ann', role: 'lead', active: true },
    { id: 'm2', org: 'red', user: '$ben', role: null, active: false },
    { id: 'm3', org: 'blue', user: '$ben', role: 'member', active: null },
    { id: 'm4', org: null, user: '$ann', role: 'lead', active: true },
  ],
}

export const RELATED_SCHEMA = `
  users:
    rules: { read: "true" }
  orgs:
    fields:
      id:        { type: string, primary: true }
      name:      { type: string, nullable: true }
      owner_id:  { type: uuid, nullable: true, references: users.id, onDelete: set null }
      level:     { type: int, nullable: true }
      data:      { type: json, nullable: true }
      parent_id: { type: string, nullable: true, references: orgs.id }
    rules: { read: "true" }
  memberships:
    fields:
      id:     { type: string, primary: true }
      org:    { type: string, nullable: true, references: orgs.id }
      user:   { type: uuid, nullable: true, references: users.id, onDelete: cascade }
      role:   { type: string, nullable: true }
      active: { type: bool, nullable: true }
`

export const FIELDS = `
      id:       { type: string, primary: true }
      title:    { type: string, nullable: true }
      status:   { type: status, nullable: true }
      owner_id: { type: uuid, nullable: true, references: users.id, onDelete: cascade }
      org_id:   { type: string, nullable: true, references: orgs.id }
      n:        { type: int, nullable: true }
      f:        { type: float, nullable: true }
      b:        { type: bool, nullable: true }
      at:       { type: timestamp, nullable: true }
      day:      { type: date, nullable: true }
      meta:     { type: json, nullable: true }
      tags:     { type: json, nullable: true }`

/** Five documents: a complete one, one that differs from it everywhere, one of nulls, and two whose json is not what one would think. */
export const DOCUMENTS = {
  full: {
    title: 'Full',
    status: 'published',
    owner_id: '$ann',
    org_id: 'red',
    n: 5,
    f: 0.5,
    b: true,
    at: '2024-05-06T07:08:09.010Z',
    day: '2024-05-06',
    meta: { color: 'red', size: 5, ok: true, nothing: null, deep: { list: [1, 'x', null, { k: 'v' }] } },
    tags: ['a', 'b', 'c'],
  },
  bens: {
    title: 'full',
    status: 'draft',
    owner_id: '$ben',
    org_id: 'blue',
    n: -1,
    f: -2.5,
    b: false,
    at: '2999-01-01T00:00:00.000Z',
    day: '2999-01-01',
    meta: { color: 'blue', size: '5', ok: 1, deep: {} },
    tags: [],
  },
  none: {
    title: null,
    status: null,
    owner_id: null,
    org_id: null,
    n: null,
    f: null,
    b: null,
    at: null,
    day: null,
    meta: null,
    tags: null,
  },
  odd: {
    title: '',
    status: 'archived',
    owner_id: '$ann',
    org_id: 'lost',
    n: 9007199254740991,
    f: 1e300,
    b: null,
    at: '1970-01-01T00:00:00.000Z',
    day: '2024-02-29',
    meta: [1, 2, 'red'],
    tags: { a: 1 },
  },
  text: {
    title: 'é😀',
    status: 'published',
    owner_id: '$adm',
    org_id: 'red',
    n: 0,
    f: 0,
    b: true,
    at: null,
    day: null,
    meta: 'red',
    tags: 'abc',
  },
} as const

export type DocumentName = keyof typeof DOCUMENTS
export const DOCUMENT_NAMES = Object.keys(DOCUMENTS) as readonly DocumentName[]
