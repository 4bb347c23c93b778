import { expect, it } from 'vitest'
import { nextAddress } from './nextAddress'

it('goes back to a page of this site', () => expect(nextAddress('/packages/1?x=1')).toBe('/packages/1?x=1'))

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '', undefined, ['/a']])('never leaves the site for %j', (next) =>
  expect(nextAddress(next)).toBe('/dashboard'),
)
