import type { RouteLocationRaw } from 'vue-router'
import { codeFacets, emptySearch, type SearchState } from './searchState'

/** What leaves out one filter, by the name that the server gives it; "all" leaves out every one. */
export function withoutFilter(state: SearchState, filter: string): Partial<SearchState> {
  switch (filter) {
    case 'all': {
      const { q, sort } = state
      return { ...emptySearch(), q, sort }
    }
    case 'kind':
      return { kind: '' }
    case 'trl':
      return { trlMin: null, trlMax: null }
    case 'price_band':
      return { priceMin: '', priceMax: '' }
    case 'public_benefit':
      return { publicBenefit: false }
  }
  const facet = codeFacets.find((name) => name === filter)
  return facet ? { codes: { ...state.codes, [facet]: [] } } : {}
}

/** The form of a need that begins with what was searched for. */
export function needFrom(state: SearchState): RouteLocationRaw {
  return { path: '/my/needs/new', query: state.q ? { title: state.q.slice(0, 200) } : {} }
}
