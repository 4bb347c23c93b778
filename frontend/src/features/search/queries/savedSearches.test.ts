import { expect, it } from 'vitest'
import { queryOf, sameQuery } from './savedSearches'
import { emptySearch } from './searchState'

it('takes two searches for the same that ask for the same, in whatever order', () => {
  const search = { ...emptySearch(), q: '电池', codes: { ...emptySearch().codes, region: ['650100', '650200'] } }
  expect(queryOf({ ...search, sort: 'newest', page: 3 })).toEqual({ q: ['电池'], region: ['650100', '650200'] })
  expect(sameQuery({ region: ['650200', '650100'], q: ['电池'] }, queryOf(search))).toBe(true)
  expect(sameQuery({ region: ['650100'], q: ['电池'] }, queryOf(search))).toBe(false)
  expect(sameQuery({ q: ['电池'] }, queryOf(search))).toBe(false)
})
