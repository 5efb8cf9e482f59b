/** Requests to the server, over its socket. */
export type ServerFetch = (path: string, init: RequestInit) => Promise<Response>

export const SERVER_URL = 'http://koyalite'
