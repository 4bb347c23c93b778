import { expect, it } from 'vitest'
import { shorten } from './shorten'

it('leaves alone what is short enough', () => expect(shorten('电池', 2)).toBe('电池'))

it('says where something is left out, and cuts no character in two', () => {
  expect(shorten('𠮷野家的电池', 4)).toBe('𠮷野家…')
  expect(shorten('battery recycling', 9)).toBe('battery…')
})
