import { type AuthStorage, memoryStorage } from '../auth-storage'

/** Storage that takes its time, and not always the same, as between processes. @param milliseconds at most */
export function slowStorage(memory: AuthStorage = memoryStorage(), milliseconds = 3): AuthStorage {
  const later = <T>(value: () => T) => Bun.sleep(Math.random() * milliseconds).then(value)
  return {
    getItem: (key) => later(() => memory.getItem(key) as string | null),
    setItem: (key, value) => later(() => memory.setItem(key, value)),
    removeItem: (key) => later(() => memory.removeItem(key)),
  }
}
