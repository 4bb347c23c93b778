import { expect, it } from 'vitest'
import { nextAddress, signInFrom } from './nextAddress'

it('goes back to a page of this site', () => expect(nextAddress('/packages/1?x=1')).toBe('/packages/1?x=1'))

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '', undefined, ['/a']])('never leaves the site for %j', (next) =>
  expect(nextAddress(next)).toBe('/dashboard'),
)

it('comes back to the page one signed in from, but for those that only lead there', () => {
  const from = (fullPath: string) => signInFrom({ path: fullPath.split('?')[0] ?? '', fullPath })
  expect(from('/search?q=电池&page=2')).toBe(`/sign-in?next=${encodeURIComponent('/search?q=电池&page=2')}`)
  expect(from('/sign-in?next=%2Fdesk')).toBe('/sign-in?next=%2Fdesk')
  expect([from('/'), from('/register')]).toEqual(['/sign-in', '/sign-in'])
})
