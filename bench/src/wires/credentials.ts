/** Of the n-th user of a chat. */
export const emailOf = (n: number) => `user${n}@example.com`
/** Everybody's. */
export const PASSWORD = 'a long password'
