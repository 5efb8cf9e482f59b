/** What somebody typed where a code of their app or a recovery code is asked for. */
export function factorOf(typed: string): { readonly code: string } | { readonly recovery_code: string } {
  const code = typed.replaceAll(' ', '')
  return /^\d{6}$/.test(code) ? { code } : { recovery_code: typed.trim() }
}
