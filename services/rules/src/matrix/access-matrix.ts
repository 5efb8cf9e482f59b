import type { Actor } from '@koyalite/contracts'
import { type Access, ownerFields } from '@koyalite/query'
import { type Collection, OPERATIONS, type Schema } from '@koyalite/schema'
import { type ActorClass, actorClasses } from './actor-classes'
import { decideField, decideOperation } from './decide-cell'
import type { Matrix, MatrixCell, MatrixCollection } from './matrix'

export interface MatrixOptions {
  /** Somebody in particular, for a column of their own; null: nobody. */
  readonly asked: Actor | null
  /** Milliseconds since 1970. */
  readonly time: number
  /** Only this collection; null: all. */
  readonly collection: string | null
}

/** Who may do what with the collections of a schema: decided by the code that decides on requests, for classes of callers. */
export function accessMatrix(schema: Schema, { asked, time, collection: only }: MatrixOptions): Matrix {
  const classes = actorClasses(schema, asked, time)
  const collections = [...schema.collections.values()].filter(({ name }) => only === null || name === only)
  return {
    actors: classes.map(({ id, name, about }) => ({ id, name, about })),
    collections: collections.map((collection) => rowsOf(schema, collection, classes)),
  }
}

function rowsOf(schema: Schema, collection: Collection, classes: readonly ActorClass[]): MatrixCollection {
  const present = classes.map(({ id, access }) => [id, access(collection)] as const)
  const cells = (decide: (access: Access) => Omit<MatrixCell, 'actor'>): readonly MatrixCell[] =>
    present.map(([actor, access]) => ({ actor, ...(access === null ? NOBODY : decide(access)) }))
  const fields = [...collection.fields.values()].map((field) => ({
    field: field.name,
    read: cells((access) => decideField({ schema, access, collection }, field, 'read')),
    write: cells((access) => decideField({ schema, access, collection }, field, 'write')),
  }))
  return {
    collection: collection.name,
    owner: ownerFields(schema, collection)[0]?.name ?? null,
    operations: OPERATIONS.map((operation) => ({
      operation,
      cells: cells((access) => decideOperation({ schema, access, collection }, operation)),
    })),
    fields: fields.filter(({ read, write }) => [...read, ...write].some(isRestricted)),
  }
}

const NOBODY = { comes_to: 'none', conditions: [] } as const

function isRestricted({ comes_to }: MatrixCell): boolean {
  return comes_to === 'never' || comes_to === 'depends'
}
