/** Not what operators, the command line and those who look after the server ask for. */
export function isOfClients({
  actor,
  route,
}: {
  readonly actor: { readonly kind: string }
  readonly route: string
}): boolean {
  return actor.kind !== 'operator' && actor.kind !== 'system' && !NOT_OF_CLIENTS.test(route)
}

/** `/api/admin` is in use by service keys too; who signs in there, or renews a session, is not yet an operator. */
const NOT_OF_CLIENTS =
  /^\w+ \/(?:_(?:\/.*)?|health(?:\/.*)?|metrics|api\/admin\/(?:login|logout|session|setup|mfa)(?:\/.*)?)$/
