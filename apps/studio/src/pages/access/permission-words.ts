/** `posts:write` as a sentence: what a star covers is not obvious. */
export function permissionInWords(permission: string): string {
  if (permission === '*') return 'Everything'
  if (permission.endsWith(':*')) return `Everything that begins with ${permission.slice(0, -1)}`
  const [thing, action] = permission.split(':')
  return action === undefined ? permission : `${capital(action)} ${thing?.replaceAll('_', ' ')}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
