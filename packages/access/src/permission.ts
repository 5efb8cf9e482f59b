/** Whether permissions include one: `*` grants everything, `comments:*` everything that begins with `comments:`. */
export function isGranted(permission: string, permissions: readonly string[]): boolean {
  return permissions.some(
    (granted) =>
      granted === permission ||
      granted === '*' ||
      (granted.endsWith(':*') && permission.startsWith(granted.slice(0, -1))),
  )
}
