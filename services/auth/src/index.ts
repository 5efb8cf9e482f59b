export { type AuthNeeds, type AuthPort, authService } from './auth-service'
export { HASHING_WORKER } from './passwords/hashing-thread'
export { type RemovedAccess, removeCopiedAccess } from './store/copied-database'
export { SIGNING_KEYS_FILE } from './tokens/signing-keys'
