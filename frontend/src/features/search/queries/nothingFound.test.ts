import { describe, expect, it } from 'vitest'
import { needFrom, withoutFilter } from './nothingFound'
import { emptySearch } from './searchState'

const state = { ...emptySearch(), q: '电池', kind: 'need' as const, trlMin: 4, codes: { ...emptySearch().codes, region: ['650000'], field: ['new_energy'] } }

describe('a filter that is left out', () => {
  it('takes its own choice along and no other', () => {
    expect({ ...state, ...withoutFilter(state, 'region') }.codes).toEqual({ ...emptySearch().codes, field: ['new_energy'] })
    expect(withoutFilter(state, 'kind')).toEqual({ kind: '' })
    expect(withoutFilter(state, 'trl')).toEqual({ trlMin: null, trlMax: null })
    expect(withoutFilter(state, 'price_band')).toEqual({ priceMin: '', priceMax: '' })
  })

  it('may be every one, and keeps the words', () => expect({ ...state, ...withoutFilter(state, 'all') }).toEqual({ ...emptySearch(), q: '电池' }))

  it('changes nothing where it is unknown', () => expect(withoutFilter(state, 'colour')).toEqual({}))
})

it('a need begins with what was searched for', () => {
  expect(needFrom(state)).toEqual({ path: '/my/needs/new', query: { title: '电池' } })
  for (const q of ['退役动力电池正负极材料回收', 'a sensor for soil moisture in fields']) {
    expect(needFrom({ ...state, q })).toEqual({ path: '/my/needs/new', query: { text: q } })
  }
  for (const q of ['退役动力电池回收', 'soil moisture sensor']) expect(needFrom({ ...state, q })).toEqual({ path: '/my/needs/new', query: { title: q } })
  expect(needFrom(emptySearch())).toEqual({ path: '/my/needs/new', query: {} })
})
