import type { Rate } from '@koyalite/kernel'

/** Mails that anybody can have sent to an address by asking for a link or code, per address and per sender. */
export const MAIL_RATE: Rate = { count: 10, per: 3_600_000 }
