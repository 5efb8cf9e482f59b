import type { AppError } from '@koyalite/contracts'

/** An error as a message: `id` is that of the request that it answers, `subscriptionId` names the subscription that it ends. */
export function errorText(
  error: AppError,
  about: { readonly id?: string | number | undefined; readonly subscriptionId?: string } = {},
): string {
  return JSON.stringify({
    ...(about.id === undefined ? {} : { id: about.id }),
    type: 'error',
    payload: {
      code: error.code,
      message: error.message,
      details: error.details,
      ...(about.subscriptionId === undefined ? {} : { subscription_id: about.subscriptionId }),
      timestamp: new Date().toISOString(),
    },
  })
}
