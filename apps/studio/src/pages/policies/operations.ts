/** What rules are asked about, in the order in which people ask. */
export const OPERATIONS = ['read', 'create', 'update', 'delete'] as const
export type Operation = (typeof OPERATIONS)[number]

export function isOperation(value: unknown): value is Operation {
  return OPERATIONS.some((operation) => operation === value)
}

/** Pages of the area that a collection could be called like. */
const TAKEN = new Set(['test', 'tests'])

/** The parameter of the path of a collection's page. A name that is another page's has a tilde. */
export function policyParam(collection: string): string {
  return TAKEN.has(collection) ? `~${collection}` : collection
}

export function collectionOf(param: string): string {
  return param.startsWith('~') ? param.slice(1) : param
}
