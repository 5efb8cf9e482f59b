/** An object with some members, in which every other name is that of a collection. */
export function namedCollections<M extends object>(members: M, collection: (name: string) => object): M {
  return new Proxy(members, {
    get(target, name) {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name)
      // Whatever is awaited, or returned by an async function, is asked whether it is a promise.
      if (typeof name === 'symbol' || name === 'then') return undefined
      return collection(name)
    },
    has: (target, name) => Object.hasOwn(target, name) || (typeof name === 'string' && name !== 'then'),
  })
}
