const SORTS = ['-created_at', '-last_sign_in_at', 'email'] as const
export type UserSort = (typeof SORTS)[number]

/** What the address says, where that is one; undefined for the usual order, newest first. */
export function userSort(text: unknown): UserSort | undefined {
  return text === '-created_at' ? undefined : SORTS.find((one) => one === text)
}
