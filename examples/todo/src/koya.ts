import { createKoyalite } from '../generated/koyalite'

export const koya = createKoyalite({
  // In development Vite passes /api on to KoyaLite; otherwise KoyaLite serves this page.
  url: location.origin,
  // Of this tab alone, so that two tabs can be two people. Leave it out, and all tabs share one session.
  storage: sessionStorage,
})

declare module '@koyalite/client/react' {
  interface Register {
    koya: typeof koya
  }
}
