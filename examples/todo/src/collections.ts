import { koyaCollectionOptions } from '@koyalite/tanstack-db'
import { BasicIndex, createCollection } from '@tanstack/react-db'
import { koya } from './koya'
import { reportError } from './notices'

/** For joins: TanStack DB makes the indexes that it needs. */
const indexed = { autoIndex: 'eager', defaultIndexType: BasicIndex } as const

export const people = createCollection(koyaCollectionOptions({ query: koya.users, ...indexed }))

export const todos = createCollection(
  koyaCollectionOptions({
    query: koya.todos,
    ...indexed,
    // What the server is about to fill in.
    defaults: () => ({ done: false, owner_id: koya.auth.user?.id ?? '', created_at: new Date() }),
    onError: reportError,
  }),
)
