/** `002_rename_user_name` */
export function nameOf({ version, name }: { readonly version: number; readonly name: string }): string {
  return `${String(version).padStart(3, '0')}_${name}`
}
