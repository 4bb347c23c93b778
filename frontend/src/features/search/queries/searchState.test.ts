import { describe, expect, it } from 'vitest'
import { counted, countedText, countFilters, emptySearch, readSearch, sameTyping, searchAddress, searchParameters, type SearchState } from './searchState'

const full: SearchState = {
  ...emptySearch(),
  q: '锂电池',
  kind: 'package',
  codes: { ...emptySearch().codes, field: ['new_materials'], region: ['650100', '652300'] },
  publicBenefit: true,
  trlMin: 4,
  trlMax: 8,
  priceMin: '1000',
  priceMax: '2000000.50',
  sort: 'newest',
  page: 3,
}

describe('the address of a search', () => {
  it('holds the whole search', () => {
    expect(readSearch(searchAddress(full) as Record<string, string | string[]>)).toEqual(full)
  })

  it('is empty for the search that finds everything', () => expect(searchAddress(emptySearch())).toEqual({}))

  it('opens although parts of it make no sense', () => {
    const state = readSearch({ q: '玉米', kind: 'x', page: '-2', trl_min: '12', price_min: '1e9', sort: 'cheap', field: ['a', 'a', null] })
    expect(state).toEqual({ ...emptySearch(), q: '玉米', codes: { ...emptySearch().codes, field: ['a'] } })
  })

  it('has ranges between their ends, whichever was given first', () => {
    const { trlMin, trlMax, priceMin, priceMax } = readSearch({ trl_min: '8', trl_max: '3', price_min: '500', price_max: '90.50' })
    expect([trlMin, trlMax, priceMin, priceMax]).toEqual([3, 8, '90.50', '500'])
    expect(readSearch({ trl_min: '8', price_max: '3' })).toMatchObject({ trlMin: 8, trlMax: null, priceMin: '', priceMax: '3' })
  })
})

it('leaves out what is at its default', () => {
  expect(searchParameters({ ...emptySearch(), q: '  电池 ' })).toEqual({ q: '电池' })
})

it('counts what narrows the search', () => expect(countFilters(full)).toBe(8))

it('tells words that are still being typed from others', () => {
  expect([sameTyping('电', '电池'), sameTyping('电池', '电')]).toEqual([true, true])
  expect([sameTyping('电池', '玉米'), sameTyping('电池', '')]).toEqual([false, false])
})

describe('words that are too long', () => {
  it('are cut by characters, not by halves of them', () => {
    expect(counted(`  ${'𠮷'.repeat(countedText + 3)} `)).toBe('𠮷'.repeat(countedText))
    expect(counted(' 电池 ')).toBe('电池')
  })
})
