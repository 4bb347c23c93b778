import { expect, it, vi } from 'vitest'
import { keepNextAddress, nextAddress, signInFrom, takeNextAddress } from './nextAddress'

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

it('keeps where the latest registration was begun, once, and nothing of one before it', () => {
  keepNextAddress('/my/needs/new')
  expect([takeNextAddress(), takeNextAddress()]).toEqual(['/my/needs/new', undefined])
  keepNextAddress('/my/needs/new')
  keepNextAddress(undefined)
  expect(takeNextAddress()).toBeUndefined()
})

it('lets a registration end well where the browser stores nothing', () => {
  const refuse = () => {
    throw new DOMException('closed', 'SecurityError')
  }
  const closed = (['getItem', 'setItem', 'removeItem'] as const).map((method) => vi.spyOn(Storage.prototype, method).mockImplementation(refuse))
  keepNextAddress('/my/needs/new')
  expect(takeNextAddress()).toBeUndefined()
  closed.forEach((each) => each.mockRestore())
})
