/** Where to go after signing in: an address of this site, else the dashboard. */
export function nextAddress(next: unknown): string {
  // "//evil.example" and "/\evil.example" leave the site although they begin with a slash.
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/dashboard'
}
