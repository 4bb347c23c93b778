/** Where to go after signing in: an address of this site, else the dashboard. */
export function nextAddress(next: unknown): string {
  // "//evil.example" and "/\evil.example" leave the site although they begin with a slash.
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/dashboard'
}

const storageKey = 'chengqiao.next'

/** Keeps where a registration was begun from, until the letter's link has been followed in the same browser. Of an earlier one it is forgotten. */
export function keepNextAddress(next: unknown): void {
  try {
    if (typeof next === 'string') localStorage.setItem(storageKey, next)
    else localStorage.removeItem(storageKey)
  } catch {
    // Without storage the registration ends on the dashboard.
  }
}

/** The address that was kept, once. */
export function takeNextAddress(): string | undefined {
  try {
    const next = localStorage.getItem(storageKey) ?? undefined
    localStorage.removeItem(storageKey)
    return next
  } catch {
    return undefined
  }
}

/** Pages that nobody wants to come back to from signing in; the dashboard shows what waits. */
const passing = ['/', '/register', '/reset-password', '/verify-email']

/** The way to the sign-in and back to a page. */
export function signInFrom({ path, fullPath }: { path: string; fullPath: string }): string {
  if (path === '/sign-in') return fullPath
  return passing.includes(path) ? '/sign-in' : `/sign-in?next=${encodeURIComponent(fullPath)}`
}
