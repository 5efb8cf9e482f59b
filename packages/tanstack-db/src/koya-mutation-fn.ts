import { clientOf, KoyaError } from '@koyalite/client/adapter'
import { sourceOf } from './koya-source'
import { type Mutations, writeMutations } from './write-mutations'

export interface KoyaMutationOptions {
  /** Called when a transaction has failed and is rolled back: with the error that it rejects with. */
  readonly onError?: ((error: KoyaError, transaction: Mutations) => void) | undefined
}

interface Params {
  readonly transaction: unknown
}

/** For `createTransaction`, `createOptimisticAction` and `createPacedMutations`. */
export interface KoyaMutationFn {
  (params: Params): Promise<void>
  (variables: unknown, params: Params): Promise<void>
}

/**
 * The `mutationFn` of transactions over several collections: one batch, all or nothing, confirmed when each of the collections has what the
 * server made of it. The collections are those of `koyaCollectionOptions`, all of this client.
 */
export function koyaMutationFn(koya: object, { onError }: KoyaMutationOptions = {}): KoyaMutationFn {
  return async (first: unknown, second?: Params) => {
    // Types of TanStack DB name the collections; none of it matters here.
    const transaction = (second ?? (first as Params)).transaction as Mutations
    try {
      const strange = transaction.mutations.find(({ collection }) => sourceOf(collection).client !== clientOf(koya))
      if (strange !== undefined) {
        throw new KoyaError('INVALID_REQUEST', `'${strange.collection.id}' is a collection of another client.`)
      }
      await writeMutations(transaction)
    } catch (error) {
      onError?.(error as KoyaError, transaction)
      throw error
    }
  }
}
