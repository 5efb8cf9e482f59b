/** How a state of a migration is shown. */
export const STATES = {
  applied: ['success', 'applied'],
  pending: ['warning', 'pending'],
  draft: ['warning', 'draft, waits'],
  changed: ['danger', 'file changed since'],
  missing: ['warning', 'file is gone'],
  invalid: ['danger', 'has errors'],
} as const
